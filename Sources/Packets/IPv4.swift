import Bytes

/// IPv4 (RFC 791, section 3.1).
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-------+-------+---------------+-------------------------------+
///     |Version|  IHL  |Type of Service|          Total Length         |
///     +-------+-------+---------------+-----+-------------------------+
///     |         Identification        |Flags|      Fragment Offset    |
///     +---------------+---------------+-----+-------------------------+
///     |  Time to Live |    Protocol   |         Header Checksum       |
///     +---------------+---------------+-------------------------------+
///     |                       Source Address                          |
///     |                    Destination Address                        |
///     |                    Options, padded to 32 bits                 |
///     +---------------------------------------------------------------+
enum IPv4 {
  static let minimumLength = 20

  @inline(__always)
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(minimumLength, .ipv4, &layers) else { return }
    let at = walk.offset
    let first = frame.long(at)
    let second = frame.long(at &+ 8)
    let headerLength = Int(first >> 56 & 15) &* 4
    let totalLength = Int(first >> 32 & 0xffff)
    let left = walk.left
    // Version 4, the header's length within the total: the rule. Anything else is looked at once more.
    if first >> 60 != 4 || headerLength < minimumLength || totalLength < headerLength || totalLength > left {
      guard accept(first, left: left, &walk, &layers) else { return }
    }
    layers.enter(.ipv4, at: at)
    walk.enterIP()
    layers.ipLength = Int32(truncatingIfNeeded: totalLength == 0 ? left : totalLength)
    if totalLength != 0 { walk.narrow(to: at &+ totalLength) }
    layers.source = IPAddress(v4: UInt32(truncatingIfNeeded: second))
    layers.destination = IPAddress(v4: frame.word(at &+ 16))
    layers.timeToLive = UInt8(truncatingIfNeeded: second >> 56)
    layers.identification = UInt32(truncatingIfNeeded: first >> 16 & 0xffff)
    walk.number = UInt8(truncatingIfNeeded: second >> 48)
    layers.ipProtocol = walk.number
    walk.advance(headerLength, to: .ipProtocol)
    // More fragments, or an offset other than 0.
    if first & 0x3fff != 0 {
      Fragment.note(frame, &walk, offset: Int(first & 0x1fff) &* 8, more: first & 0x2000 != 0, &layers)
    }
  }

  /// Whether a header that breaks the rule is usable all the same; notes the fault.
  @inline(never)
  private static func accept(
    _ first: UInt64, left: Int, _ walk: inout Walk, _ layers: inout PacketLayers
  ) -> Bool {
    let version = Int(first >> 60)
    let headerLength = Int(first >> 56 & 15) &* 4
    let totalLength = Int(first >> 32 & 0xffff)
    if version == 6 {
      // An IPv6 packet under IPv4's number.
      walk.next = .ipv6
      return false
    }
    guard version == 4 else {
      walk.fail(.ipv4, .malformed, .version, found: version, expected: 4, &layers)
      return false
    }
    guard headerLength >= minimumLength else {
      walk.fail(.ipv4, .malformed, .headerLength, found: headerLength, expected: minimumLength, &layers)
      return false
    }
    // No total length: the sender left segmentation to the network card, and the packet fills the frame.
    if totalLength == 0 { return true }
    guard totalLength >= headerLength else {
      walk.fail(.ipv4, .malformed, .totalLength, found: totalLength, expected: headerLength, &layers)
      return false
    }
    layers.note(
      PacketFault(.ipv4, .truncated, .lengthBeyondPacket, at: walk.offset, found: totalLength, expected: left))
    return true
  }
}

import Bytes

/// GRE (RFC 2784, RFC 2890) and its version 1, which PPTP uses (RFC 2637, section 4.1).
///
///      0                   1                   2                   3
///     +-+-+-+-+-+-----+-+---------+-----+-----------------------------+
///     |C|R|K|S|s|Recur|A|  Flags  | Ver |         Protocol Type       |
///     +-+-+-+-+-+-----+-+---------+-----+-----------------------------+
///     |      Checksum (if C or R)     |       Offset (if C or R)      |
///     |      Key (if K); in version 1: payload length and call        |
///     |      Sequence Number (if S)                                   |
///     |      Acknowledgment Number (if A, version 1)                  |
///     +---------------------------------------------------------------+
enum GRE {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(4, .gre, &layers) else { return }
    let at = walk.offset
    let header = frame.word(at)
    let flags = header >> 16
    let version = flags & 7
    guard version <= 1 else {
      return walk.fail(.gre, .unsupported, .version, found: Int(version), expected: 0, &layers)
    }
    let hasChecksum = flags & 0xc000 != 0
    let hasKey = flags & 0x2000 != 0
    let hasSequence = flags & 0x1000 != 0
    let hasAcknowledgment = version == 1 && flags & 0x0080 != 0
    let length =
      4 &+ (hasChecksum ? 4 : 0) &+ (hasKey ? 4 : 0) &+ (hasSequence ? 4 : 0) &+ (hasAcknowledgment ? 4 : 0)
    guard walk.require(length, .gre, &layers) else { return }
    if flags & 0x4000 != 0, version == 0 {
      // Source routes, which RFC 2784 took away again.
      return walk.fail(.gre, .unsupported, .value, found: Int(flags), &layers)
    }
    let type = UInt16(truncatingIfNeeded: header)
    if version == 1 {
      guard hasKey, type == EtherType.ppp else {
        return walk.fail(.gre, .malformed, .value, found: Int(type), &layers)
      }
      let payload = Int(frame.half(at &+ (hasChecksum ? 8 : 4)))
      walk.narrow(to: at &+ length &+ payload)
      // Without a sequence number it only acknowledges.
      guard hasSequence, payload > 0 else {
        walk.next = .done
        return
      }
      return walk.tunnel(length, to: .ppp, .pptp, Int64(frame.half(at &+ (hasChecksum ? 10 : 6))), &layers)
    }
    if type == EtherType.webCacheRedirect {
      // WCCP 2 puts 4 bytes before the packet, WCCP 1 none; these never look like an IP version.
      let skipped = frame.byte(at &+ length) >> 4 == 4 ? length : length &+ 4
      return InnerIP.begin(frame, &walk, skipped, .wccp, Encapsulation.none, &layers)
    }
    let key = hasKey ? Int64(frame.word(at &+ (hasChecksum ? 8 : 4))) : Encapsulation.none
    choose(type, hasSequence: hasSequence, length, key, &walk, &layers)
  }

  private static func choose(
    _ type: UInt16, hasSequence: Bool, _ length: Int, _ key: Int64, _ walk: inout Walk, _ layers: inout PacketLayers
  ) {
    switch type {
    case EtherType.transparentBridging: walk.tunnel(length, to: .ethernet, .gre, key, &layers)
    // Type I has no header of its own, nor a sequence number.
    case EtherType.erspan2 where !hasSequence: walk.tunnel(length, to: .ethernet, .erspan, Encapsulation.none, &layers)
    case EtherType.erspan2: walk.tunnel(length, to: .erspan2, &layers)
    case EtherType.erspan3: walk.tunnel(length, to: .erspan3, &layers)
    case EtherType.ppp: walk.tunnel(length, to: .ppp, .gre, key, &layers)
    case 0x0000...EtherType.maximumLength:
      // Not an EtherType: 0 is a keep-alive.
      walk.next = .done
    default:
      walk.type = type
      walk.tunnel(length, to: .etherType, .gre, key, &layers)
    }
  }
}

import Bytes

/// IPv6 (RFC 8200, section 3).
///
///     +-------+---------------+---------------------------------------+
///     |Version| Traffic Class |              Flow Label               |
///     +-------+---------------+-------+---------------+---------------+
///     |         Payload Length        |  Next Header  |   Hop Limit   |
///     +-------------------------------+---------------+---------------+
///     |                 Source Address (16 bytes)                     |
///     |               Destination Address (16 bytes)                  |
///     +---------------------------------------------------------------+
enum IPv6 {
  static let headerLength = 40
  static let noNextHeader: UInt8 = 59

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(headerLength, .ipv6, &layers) else { return }
    let at = walk.offset
    let first = frame.long(at)
    guard first >> 60 == 6 else {
      return walk.fail(.ipv6, .malformed, .version, found: Int(first >> 60), expected: 6, &layers)
    }
    layers.enter(.ipv6, at: at)
    walk.enterIP()
    layers.source = IPAddress(high: frame.long(at &+ 8), low: frame.long(at &+ 16))
    layers.destination = IPAddress(high: frame.long(at &+ 24), low: frame.long(at &+ 32))
    layers.timeToLive = UInt8(truncatingIfNeeded: first)
    let number = UInt8(truncatingIfNeeded: first >> 8)
    layers.ipProtocol = number
    layers.identification = 0
    var length = headerLength &+ Int(first >> 16 & 0xffff)
    if length == headerLength, number != noNextHeader {
      // A jumbogram, or segmentation left to the network card: then the packet fills the frame.
      length = IPv6Extension.jumboLength(frame, walk, number) ?? walk.left
    }
    layers.ipLength = Int32(clamping: length)
    if length > walk.left {
      layers.note(
        PacketFault(.ipv6, .truncated, .lengthBeyondPacket, at: at, found: length, expected: walk.left))
    }
    walk.narrow(to: at &+ length)
    walk.number = number
    walk.advance(headerLength, to: .ipProtocol)
  }
}

import Bytes

/// Teredo (RFC 4380, section 5.1.1): an IPv6 packet behind optional indications.
///
///     00 01 | client id length (1) | authentication length (1) | both values | nonce (8) | confirmation (1)
///     00 00 | port (2) | address (4)
enum Teredo {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    var count = 0
    if walk.available >= 4, frame.half(walk.offset) == 1 {
      count = 13 &+ Int(frame.byte(walk.offset &+ 2)) &+ Int(frame.byte(walk.offset &+ 3))
    }
    if walk.available >= count &+ 8, frame.half(walk.offset &+ count) == 0 { count &+= 8 }
    // The port alone proves little: the inner length must fit as well.
    let at = walk.offset &+ count
    guard walk.available >= count &+ IPv6.headerLength, frame.byte(at) >> 4 == 6,
      Int(frame.half(at &+ 4)) &+ IPv6.headerLength <= walk.left &- count
    else { return }
    walk.tunnel(count, to: .ipv6, .teredo, Encapsulation.none, &layers)
  }
}

import Bytes

/// A PPPoE session packet (RFC 2516, section 4): version and type 0x11, code (0 for data), session, length.
enum PPPoE {
  static let headerLength = 6

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(headerLength, .pppoe, &layers) else { return }
    let at = walk.offset
    guard frame.byte(at) == 0x11 else {
      return walk.fail(.pppoe, .malformed, .version, found: Int(frame.byte(at)), expected: 0x11, &layers)
    }
    let length = Int(frame.half(at &+ 4))
    if frame.byte(at &+ 1) == 0 { walk.enclose(.pppoe, Int64(frame.half(at &+ 2)), layers) }
    walk.narrow(to: at &+ headerLength &+ length)
    walk.advance(headerLength, to: frame.byte(at &+ 1) == 0 ? .ppp : .done)
  }
}

import Bytes

/// A PIM register message (RFC 7761, section 4.9.3): version 2 and type 1, reserved, checksum; B, N, reserved; the packet
/// that is sent to the rendezvous point. With N there is none.
enum PIM {
  static let headerLength = 8

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    let at = walk.offset
    guard walk.available >= headerLength, frame.byte(at) == 0x21, frame.byte(at &+ 4) & 0x40 == 0 else { return }
    InnerIP.begin(frame, &walk, headerLength, .pimRegister, Encapsulation.none, &layers)
  }
}

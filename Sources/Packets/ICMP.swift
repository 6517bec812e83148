import Bytes

/// ICMP (RFC 792) and ICMPv6 (RFC 4443): type, code, checksum, then 4 bytes that some types use as identifier and
/// sequence number. A packet that an error quotes is payload.
enum ICMP {
  static let headerLength = 8

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ transport: Transport, _ layers: inout PacketLayers) {
    guard walk.require(4, transport == .icmp ? .icmp : .icmpv6, &layers) else { return }
    let at = walk.offset
    layers.transport = transport
    layers.hasTransportHeader = true
    layers.icmpType = frame.byte(at)
    layers.icmpCode = frame.byte(at &+ 1)
    layers.setPayload(walk, at: at &+ min(headerLength, walk.left))
    if walk.available >= headerLength, hasIdentifier(transport, layers.icmpType) {
      layers.icmpIdentifier = frame.half(at &+ 4)
      layers.icmpSequence = frame.half(at &+ 6)
    }
  }

  private static func hasIdentifier(_ transport: Transport, _ type: UInt8) -> Bool {
    switch type {
    case 0, 8, 13...18: transport == .icmp
    case 128, 129: transport == .icmpv6
    default: false
    }
  }
}

import Bytes

/// SCTP's common header (RFC 9260, section 3.1): ports, verification tag, checksum; the chunks are the payload.
enum SCTP {
  static let headerLength = 12

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.available >= headerLength else {
      return Ports.keep(frame, &walk, .sctp, .sctp, needed: headerLength, &layers)
    }
    layers.transport = .sctp
    layers.hasTransportHeader = true
    layers.sourcePort = frame.half(walk.offset)
    layers.destinationPort = frame.half(walk.offset &+ 2)
    layers.setPayload(walk, at: walk.offset &+ headerLength)
  }
}

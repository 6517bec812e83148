import Bytes

/// Cisco HDLC: address, control, EtherType.
enum CiscoHDLC {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(4, .chdlc, &layers) else { return }
    let header = frame.word(walk.offset)
    walk.type = UInt16(truncatingIfNeeded: header)
    walk.advance(4, to: .done)
    switch walk.type {
    case EtherType.rarp: layers.linkProtocol = .slarp
    case 0x2000: layers.linkProtocol = .cdp
    default: if walk.type > EtherType.maximumLength { walk.next = .etherType }
    }
  }
}

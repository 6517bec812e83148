import Bytes

/// ATM adaptation layer 5 (RFC 2684).
///
///     aa aa 03 | OUI | type       LLC and SNAP
///     fe fe 03 | NLPID            ISO protocols
///     45, 60 on                   the packet itself
enum ATM {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    layers.linkProtocol = .atm
    guard walk.require(4, .atm, &layers) else { return }
    let first = frame.word(walk.offset)
    if first >> 8 == 0xaaaa03 || first >> 8 == 0xfefe03 {
      walk.next = .llc
    } else if InnerIP.fills(frame, walk, 0) {
      layers.linkProtocol = .none
      walk.next = .rawIP
    }
  }

  /// SunATM: kind (1), path (1), circuit (2); kind 1 is LAN emulation, which puts 2 bytes before Ethernet, kind 2 is LLC.
  static func decodeSun(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    layers.linkProtocol = .atm
    guard walk.require(6, .atm, &layers) else { return }
    switch frame.byte(0) & 0x0f {
    case 1:
      layers.linkProtocol = .none
      walk.advance(6, to: .ethernet)
    case 2: walk.advance(4, to: .llc)
    default: break
    }
  }
}

import Bytes

/// ARCNET as captured: source, destination (1 each), with Linux an offset (2), protocol (1); then, unless the protocol is of
/// RFC 1051, split flag (1) and sequence (2), RFC 1201.
///
/// A split flag ff is padding: another 4 bytes of header follow. An even flag but 0 is a later part of a packet.
enum ARCNET {
  static func decode(preamble: Int, _ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    layers.linkProtocol = .arcnet
    guard walk.require(preamble &+ 1, .arcnet, &layers) else { return }
    let type = frame.byte(preamble)
    let isOld = type == 0xf0 || type == 0xf1
    walk.advance(preamble &+ 1, to: .done)
    if !isOld {
      guard walk.require(3, .arcnet, &layers) else { return }
      var flag = frame.byte(walk.offset)
      walk.offset &+= 3
      if flag == 0xff {
        guard walk.require(4, .arcnet, &layers) else { return }
        flag = frame.byte(walk.offset &+ 1)
        walk.offset &+= 4
      }
      guard flag == 0 || flag & 1 == 1 else { return }
    }
    switch type {
    case 0xd4, 0xf0: walk.next = .ipv4
    case 0xc4: walk.next = .ipv6
    case 0xd5, 0xf1: walk.next = .arp
    default: return
    }
    layers.linkProtocol = .none
  }
}

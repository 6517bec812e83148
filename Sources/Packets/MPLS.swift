import Bytes

/// A stack of MPLS labels (RFC 3032): label (20), traffic class (3), bottom of stack (1), time to live (8).
///
/// Nothing says what follows the last label but the packet itself: 4 and 6 are IP versions, and 0 begins the control word
/// of an Ethernet pseudowire (RFC 4448), as in Wireshark.
enum MPLS {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    var count = 0
    while true {
      count &+= 1
      guard count <= PacketLimit.mplsLabels else {
        return walk.fail(.mpls, .limit, .depth, expected: PacketLimit.mplsLabels, &layers)
      }
      guard walk.require(4, .mpls, &layers) else { return }
      let entry = frame.word(walk.offset)
      walk.offset &+= 4
      if entry >> 8 & 1 == 1 { break }
    }
    walk.next = .done
    guard walk.available >= 1 else { return }
    switch frame.byte(walk.offset) >> 4 {
    case 4: walk.next = .ipv4
    case 6: walk.next = .ipv6
    case 0 where walk.available >= 4 + Ethernet.headerLength: walk.tunnel(4, to: .ethernet, &layers)
    default: break
    }
  }
}

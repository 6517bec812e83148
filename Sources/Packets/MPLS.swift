import Bytes

/// A stack of MPLS labels (RFC 3032): label (20), traffic class (3), bottom of stack (1), time to live (8).
///
/// Nothing says what follows the last label but the packet itself: 4 and 6 are IP versions, and 0 begins the control word
/// of an Ethernet pseudowire (RFC 4448), as in Wireshark. A pseudowire without one is known by its Ethernet header.
enum MPLS {
  static let controlWordLength = 4

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    var count = 0
    while true {
      count &+= 1
      guard count <= PacketLimit.mplsLabels else {
        return walk.fail(.mpls, .limit, .depth, expected: PacketLimit.mplsLabels, &layers)
      }
      guard walk.require(4, .mpls, &layers) else { return }
      let entry = frame.word(walk.offset)
      walk.enclose(.mpls, Int64(entry >> 12), layers)
      walk.offset &+= 4
      if entry >> 8 & 1 == 1 { break }
    }
    walk.next = .done
    guard walk.available >= 1 else { return }
    switch frame.byte(walk.offset) >> 4 {
    case 4 where !isFrame(frame, walk): walk.next = .ipv4
    case 6 where !isFrame(frame, walk): walk.next = .ipv6
    case 0 where walk.available >= controlWordLength + Ethernet.headerLength:
      let isBare =
        InnerEthernet.isPlausible(frame, walk, 0) && !InnerEthernet.isPlausible(frame, walk, controlWordLength)
      walk.tunnel(isBare ? 0 : controlWordLength, to: .ethernet, &layers)
    default: if InnerEthernet.isPlausible(frame, walk, 0) { walk.tunnel(0, to: .ethernet, &layers) }
    }
  }

  /// Whether bytes that begin like an IP packet are an Ethernet frame: their length is not a packet's.
  private static func isFrame(_ frame: RawSpan, _ walk: borrowing Walk) -> Bool {
    let at = walk.offset
    let isIPv4 = frame.byte(at) >> 4 == 4
    let length = isIPv4 ? Int(frame.half(at &+ 2)) : IPv6.headerLength &+ Int(frame.half(at &+ 4))
    return length > walk.end &- at && InnerEthernet.isPlausible(frame, walk, 0)
  }
}

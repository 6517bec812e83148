import Bytes

/// An Ethernet frame inside a packet that does not say whether it carries one, or where it begins.
enum InnerEthernet {
  /// Whether a frame `count` bytes ahead of the walk would make sense: its type is that of a header decoded here, and what
  /// follows begins like one.
  static func isPlausible(_ frame: RawSpan, _ walk: borrowing Walk, _ count: Int) -> Bool {
    let at = walk.offset &+ count
    guard walk.captured &- at >= Ethernet.headerLength &+ 4 else { return false }
    let behind = at &+ Ethernet.headerLength
    switch frame.half(at &+ 12) {
    case EtherType.ipv4:
      return (0x45...0x4f).contains(frame.byte(behind)) && Int(frame.half(behind &+ 2)) <= walk.end &- behind
    case EtherType.ipv6: return frame.byte(behind) >> 4 == 6
    case EtherType.arp: return frame.half(behind) == 1 && frame.half(behind &+ 2) == EtherType.ipv4
    case EtherType.vlan, EtherType.providerBridging:
      let type = frame.half(behind &+ 2)
      return EtherType.isFollowed(type) || type <= EtherType.maximumLength
    case EtherType.mplsUnicast, EtherType.pppoeSession, EtherType.providerBackbone: return true
    // A spanning tree message, or SNAP.
    case 3...EtherType.maximumLength: return frame.half(behind) == 0x4242 || frame.half(behind) == 0xaaaa
    default: return false
    }
  }
}

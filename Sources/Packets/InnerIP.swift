import Bytes

/// An IP packet inside a datagram that nothing but a port number announced.
enum InnerIP {
  /// Goes on with the packet `count` bytes ahead if its first byte is that of an IP header; ends the walk otherwise.
  static func begin(
    _ frame: RawSpan, _ walk: inout Walk, _ count: Int, _ kind: Encapsulation.Kind, _ number: Int64,
    _ layers: inout PacketLayers
  ) {
    walk.next = .done
    guard walk.available > count else { return }
    let first = frame.byte(walk.offset &+ count)
    if first >> 4 == 4, first & 15 >= 5 { walk.tunnel(count, to: .ipv4, kind, number, &layers) }
    if first >> 4 == 6 { walk.tunnel(count, to: .ipv6, kind, number, &layers) }
  }

  /// Whether an IP packet `count` bytes ahead of the walk would make sense: its length is that of what is left.
  static func fills(_ frame: RawSpan, _ walk: borrowing Walk, _ count: Int) -> Bool {
    let at = walk.offset &+ count
    guard walk.captured &- at >= IPv4.minimumLength else { return false }
    switch frame.byte(at) {
    case 0x45...0x4f: return Int(frame.half(at &+ 2)) == walk.end &- at
    case 0x60...0x6f: return IPv6.headerLength &+ Int(frame.half(at &+ 4)) == walk.end &- at
    default: return false
    }
  }
}

import Bytes

/// An IP packet inside a datagram that nothing but a port number announced.
enum InnerIP {
  /// Goes on with the packet `count` bytes ahead if its first byte is that of an IP header; ends the walk otherwise.
  static func begin(_ frame: RawSpan, _ walk: inout Walk, _ count: Int, _ layers: inout PacketLayers) {
    walk.next = .done
    guard walk.available > count else { return }
    let first = frame.byte(walk.offset &+ count)
    if first >> 4 == 4, first & 15 >= 5 { walk.tunnel(count, to: .ipv4, &layers) }
    if first >> 4 == 6 { walk.tunnel(count, to: .ipv6, &layers) }
  }
}

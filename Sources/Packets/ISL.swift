import Bytes

/// Cisco's Inter-Switch Link, which puts 26 bytes before an Ethernet frame; its destination address gives it away.
///
///     destination 01000c0000 or 03000c0000 (5) | type, user (1) | source (6) | length (2) | aaaa03 (3) |
///     high bits of source (3) | VLAN (15), BPDU (1) | index (2) | reserved (2)
enum ISL {
  static let headerLength = 26

  static func isAddressed(_ destination: MACAddress) -> Bool {
    let group = destination.value >> 8
    return group == 0x01_000c_0000 || group == 0x03_000c_0000
  }

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(headerLength, .vlan, &layers) else { return }
    let vlan = frame.half(walk.offset &+ 20) >> 1 & 0xfff
    if layers.vlan == 0xffff { layers.vlan = vlan }
    // The switch's address says less than the host's, which follows.
    layers.hasMAC = false
    layers.hasDestinationMAC = false
    walk.tunnel(headerLength, to: .ethernet, .isl, Int64(vlan), &layers)
  }
}

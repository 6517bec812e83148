import Bytes

/// An IEEE 802.1Q or 802.1ad tag: priority (3), drop eligible (1), identifier (12), EtherType (16).
enum VLAN {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.tags < PacketLimit.vlanTags else {
      return walk.fail(.vlan, .limit, .depth, expected: PacketLimit.vlanTags, &layers)
    }
    guard walk.require(4, .vlan, &layers) else { return }
    let tag = frame.word(walk.offset)
    if layers.vlan == 0xffff, layers.tunnelDepth == 0 { layers.vlan = UInt16(truncatingIfNeeded: tag >> 16 & 0xfff) }
    // Identifier 0 gives a priority only.
    let identifier = tag >> 16 & 0xfff
    if identifier != 0 { walk.enclose(.vlan, Int64(identifier), layers) }
    walk.tags &+= 1
    walk.type = UInt16(truncatingIfNeeded: tag)
    walk.advance(4, to: .etherType)
  }
}

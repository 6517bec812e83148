import Bytes

/// MACsec (IEEE 802.1AE, clause 9): flags, short length, packet number (4), [secure channel (8)], EtherType, data, check
/// value. Only integrity-protected data can be read on.
enum MACsec {
  static let hasChannel: UInt8 = 0x20
  static let isEncryptedOrChanged: UInt8 = 0x0c
  static let checkValueLength = 16

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    let flags = frame.byte(walk.offset)
    let length = flags & hasChannel != 0 ? 14 : 6
    guard walk.available >= length &+ 2, flags & isEncryptedOrChanged == 0 else { return }
    walk.type = frame.half(walk.offset &+ length)
    guard EtherType.isFollowed(walk.type), walk.tags < PacketLimit.vlanTags else { return }
    walk.tags &+= 1
    walk.narrow(to: walk.end &- checkValueLength)
    walk.advance(length &+ 2, to: .etherType)
  }
}

import Bytes

/// LINKTYPE_LINUX_SLL2, in network byte order.
///
///     protocol (2) | reserved (2) | interface (4) | ARPHRD type (2) | packet type (1) | address length (1) | address (8)
enum SLL2 {
  static let headerLength = 20

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(headerLength, .sll2, &layers) else { return }
    let length = UInt16(frame.byte(11))
    SLL.decode(
      type: frame.half(0), hardware: frame.half(8), length: length, address: frame.long(12), &walk, &layers)
    walk.offset = headerLength
  }
}

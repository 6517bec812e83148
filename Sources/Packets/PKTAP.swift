import Bytes

/// LINKTYPE_PKTAP, Apple's record of process and interface in front of a frame; its integers are little-endian.
///
///     length of this header (4) | record type, 1 for a packet (4) | link type of the frame (4) | ...
enum PKTAP {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(12, .pktap, &layers) else { return }
    let length = Int(frame.word(0).byteSwapped)
    let type = frame.word(8).byteSwapped
    guard length >= 12 else {
      return walk.fail(.pktap, .malformed, .headerLength, found: length, expected: 12, &layers)
    }
    guard length <= walk.left else {
      return walk.fail(.pktap, .malformed, .headerBeyondPacket, found: length, expected: walk.left, &layers)
    }
    walk.offset = length
    switch type {
    // The link types that Apple's interfaces have: loopback, Ethernet, raw IP. All are read from the walk's offset.
    case 0: Null.decode(frame, &walk, &layers)
    case 1: walk.next = .ethernet
    case 12, 14, 101: walk.next = .rawIP
    default: walk.fail(.link, .unsupported, .linkType, found: Int(type), &layers)
    }
  }
}

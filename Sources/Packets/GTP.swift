import Bytes

/// GTP-U version 1 (3GPP TS 29.281, section 5.1).
///
///     version 1, PT 1, reserved, E, S, PN (1) | type, 255 for a packet (1) | length of what follows (2) | TEID (4)
///     sequence (2) | N-PDU (1) | next extension (1)        only if one of E, S, PN is set
///     length in 4-byte units (1) | content | next extension (1)       while the extension before it names one
enum GTP {
  static let headerLength = 8

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    let flags = frame.byte(walk.offset)
    guard walk.available > headerLength, flags & 0xf0 == 0x30, frame.byte(walk.offset &+ 1) == 255,
      headerLength &+ Int(frame.half(walk.offset &+ 2)) <= walk.left
    else { return }
    var count = headerLength
    if flags & 0x07 != 0 {
      guard walk.available >= 12 else { return }
      var next = flags & 0x04 != 0 ? frame.byte(walk.offset &+ 11) : 0
      count = 12
      var extensions = 0
      while next != 0 {
        extensions &+= 1
        let length = Int(frame.byte(walk.offset &+ count)) &* 4
        guard extensions <= PacketLimit.gtpExtensions, length > 0, walk.available >= count &+ length else { return }
        count &+= length
        next = frame.byte(walk.offset &+ count &- 1)
      }
    }
    InnerIP.begin(frame, &walk, count, &layers)
  }
}

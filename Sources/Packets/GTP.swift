import Bytes

/// GTP-U version 1 (3GPP TS 29.281, section 5.1).
///
///     version 1, PT 1, reserved, E, S, PN (1) | type, 255 for a packet (1) | length of what follows (2) | TEID (4)
///     sequence (2) | N-PDU (1) | next extension (1)        only if one of E, S, PN is set
///     length in 4-byte units (1) | content | next extension (1)       while the extension before it names one
enum GTP {
  static let headerLength = 8

  /// Whether a datagram's first bytes are those of a packet in GTP-U: version 1, protocol type 1, message type 255.
  @inline(__always)
  static func mayBegin(_ word: UInt32) -> Bool { word & 0xf0ff_0000 == 0x30ff_0000 }

  /// A datagram of any port that begins so. It is taken for GTP-U where its length and that of the IP packet inside are
  /// both exactly those of the datagram, and the endpoint identifier is not 0.
  static func decodeByContent(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    guard walk.available > headerLength, Int(frame.half(walk.offset &+ 2)) == walk.left &- headerLength,
      frame.word(walk.offset &+ 4) != 0, let count = innerOffset(frame, walk)
    else { return }
    let at = walk.offset &+ count
    let length: Int
    switch frame.byte(at) {
    case 0x45...0x4f: length = Int(frame.half(at &+ 2))
    case 0x60...0x6f: length = IPv6.headerLength &+ Int(frame.half(at &+ 4))
    default: return
    }
    guard length == walk.left &- count else { return }
    InnerIP.begin(frame, &walk, count, .gtp, Int64(frame.word(walk.offset &+ 4)), &layers)
  }

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    let flags = frame.byte(walk.offset)
    guard walk.available > headerLength, flags & 0xf0 == 0x30, frame.byte(walk.offset &+ 1) == 255,
      headerLength &+ Int(frame.half(walk.offset &+ 2)) <= walk.left, let count = innerOffset(frame, walk)
    else { return }
    InnerIP.begin(frame, &walk, count, .gtp, Int64(frame.word(walk.offset &+ 4)), &layers)
  }

  /// Bytes from the header to the packet inside; nil where they were not captured.
  private static func innerOffset(_ frame: RawSpan, _ walk: borrowing Walk) -> Int? {
    let flags = frame.byte(walk.offset)
    guard flags & 0x07 != 0 else { return headerLength }
    guard walk.available >= 12 else { return nil }
    var next = flags & 0x04 != 0 ? frame.byte(walk.offset &+ 11) : 0
    var count = 12
    var extensions = 0
    while next != 0 {
      extensions &+= 1
      let length = Int(frame.byte(walk.offset &+ count)) &* 4
      guard extensions <= PacketLimit.gtpExtensions, length > 0, walk.available >= count &+ length else { return nil }
      count &+= length
      next = frame.byte(walk.offset &+ count &- 1)
    }
    return count
  }
}

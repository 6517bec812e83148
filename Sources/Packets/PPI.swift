import Bytes

/// LINKTYPE_PPI: what is known of a packet, as fields; integers are little-endian.
///
///     version 0 (1) | flags (1) | length with this header (2) | link type of the frame (4) | fields
///     field: type (2) | length (2) | value      type 2, 802.11: time (8) | flags (2), bit 0: check sequence at the end
enum PPI {
  static let headerLength = 8
  /// Fields looked through.
  static let fieldLimit = 64
  private static let wlanField: UInt16 = 2

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(headerLength, .ppi, &layers) else { return }
    let length = Int(frame.half(2).byteSwapped)
    guard length >= headerLength else {
      return walk.fail(.ppi, .malformed, .headerLength, found: length, expected: headerLength, &layers)
    }
    guard walk.require(length, .ppi, &layers) else { return }
    let type = frame.word(4).byteSwapped
    let hasCheckSequence = type == LinkType.wlan && endsWithCheckSequence(frame, length)
    walk.advance(length, to: .done)
    switch type {
    // These are read from the walk's offset.
    case 0, 108: Null.decode(frame, &walk, &layers)
    case 1: walk.next = .ethernet
    case 9, 50: PPP.decodeSerial(frame, &walk, &layers)
    case 12, 14, 101: walk.next = .rawIP
    case 105:
      if hasCheckSequence { walk.narrow(to: walk.end &- WLAN.checkSequenceLength) }
      WLAN.decode(frame, &walk, &layers)
    default:
      layers.linkProtocol = .linkType
      layers.etherType = UInt16(truncatingIfNeeded: min(type, 0xffff))
    }
  }

  private static func endsWithCheckSequence(_ frame: RawSpan, _ length: Int) -> Bool {
    var at = headerLength
    for _ in 0..<fieldLimit where at &+ 14 <= length {
      if frame.half(at).byteSwapped == wlanField { return frame.half(at &+ 12).byteSwapped & 1 == 1 }
      at &+= 4 &+ Int(frame.half(at &+ 2).byteSwapped)
    }
    return false
  }
}

import Bytes

/// What capturers write before an 802.11 frame.
enum WLANCapture {
  /// Words of Radiotap's bit mask looked through: a few in practice.
  private static let maskLimit = 16

  /// LINKTYPE_IEEE802_11_RADIOTAP (https://www.radiotap.org): version 0 (1) | padding (1) | length (2) | bit mask (4, and
  /// another while its highest bit is set) | fields, each aligned to its own size. Integers are little-endian.
  ///
  /// Bit 0 is a time of 8 bytes, bit 1 the flags: 0x10 says that the check sequence is there, 0x20 that the header is
  /// padded to 4 bytes.
  static func decodeRadiotap(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(8, .radiotap, &layers) else { return }
    let length = Int(frame.half(2).byteSwapped)
    guard length >= 8 else {
      return walk.fail(.radiotap, .malformed, .headerLength, found: length, expected: 8, &layers)
    }
    guard walk.require(length, .radiotap, &layers) else { return }
    let mask = frame.word(4).byteSwapped
    var at = 8
    var more = mask >> 31 == 1
    for _ in 0..<maskLimit where more {
      more = frame.word(at).byteSwapped >> 31 == 1
      at &+= 4
    }
    if mask & 1 == 1 { at = ((at &+ 7) & ~7) &+ 8 }
    let flags = mask & 2 != 0 && at < length ? frame.byte(at) : 0
    if flags & 0x10 != 0 { walk.narrow(to: walk.end &- WLAN.checkSequenceLength) }
    walk.advance(length, to: .done)
    WLAN.decode(frame, &walk, &layers, isPadded: flags & 0x20 != 0)
  }

  /// LINKTYPE_IEEE802_11_PRISM: 144 bytes, or the AVS header, whose first bytes give it away.
  static func decodePrism(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(8, .prism, &layers) else { return }
    if frame.word(0) >> 12 == 0x80211 { return decodeAVS(frame, &walk, &layers) }
    guard walk.require(144, .prism, &layers) else { return }
    walk.advance(144, to: .done)
    WLAN.decode(frame, &walk, &layers)
  }

  /// LINKTYPE_IEEE802_11_AVS: 80211001 or 80211002 (4) | length (4) | ..., in network byte order.
  static func decodeAVS(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(8, .avs, &layers) else { return }
    let length = Int(frame.word(4))
    guard length >= 8 else {
      return walk.fail(.avs, .malformed, .headerLength, found: length, expected: 8, &layers)
    }
    guard walk.require(length, .avs, &layers) else { return }
    walk.advance(length, to: .done)
    WLAN.decode(frame, &walk, &layers)
  }
}

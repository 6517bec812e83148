import Bytes

// A message of Google's handshake ("QUIC Crypto", A. Langley and W. Chang, 2016), integers little-endian:
//
//   tag of the message (32)                                   "CHLO"
//   number of entries (16)
//   padding (16)
//   entries: tag (32), end of its value (32)                  counted from the first value on
//   values

/// A CHLO of Google's QUIC: what a client says in the clear.
struct QUICTagMessage {
  /// Entries of the longest message; the message's own limit in Chromium.
  static let entryLimit = 128

  /// Bytes of the whole message.
  let length: Int
  /// Where the values lie that are read here.
  private var values: [UInt32: Range<Int>] = [:]

  static let client: StaticString = "CHLO"

  /// What the beginning of a stream is.
  enum Reading {
    /// A message with this many bytes or more, of which some are missing.
    case more(Int)
    case message(QUICTagMessage)
    /// No CHLO.
    case other
  }

  /// Reads the message that `bytes` begin with. With `isPartial`, the entries and values that are there count although
  /// others are missing.
  static func read(_ bytes: RawSpan, isPartial: Bool = false) -> Reading {
    guard bytes.byteCount >= 8 else { return .more(8) }
    guard bytes.starts(with: client), let raw = bytes.u16(at: 4) else { return .other }
    let count = Int(raw.byteSwapped)
    guard count <= entryLimit else { return .other }
    let start = 8 + 8 * count
    guard bytes.byteCount >= start else { return .more(start) }
    var ends: [(tag: UInt32, range: Range<Int>)] = []
    var at = start
    for index in 0..<count {
      guard let tag = bytes.u32(at: 8 + 8 * index), let raw = bytes.u32(at: 12 + 8 * index) else { return .other }
      let end = start + Int(raw.byteSwapped)
      guard end >= at, end <= QUICCryptoStream.limit else { return .other }
      ends.append((tag, at..<end))
      at = end
    }
    guard bytes.byteCount >= at || isPartial else { return .more(at) }
    return .message(QUICTagMessage(length: at, ends.filter { $0.range.upperBound <= bytes.byteCount }))
  }

  private init(length: Int, _ entries: [(tag: UInt32, range: Range<Int>)]) {
    self.length = length
    for entry in entries { values[entry.tag] = entry.range }
  }

  private func value(_ tag: StaticString, of bytes: RawSpan) -> [UInt8]? {
    // The text outlives everything.
    var key = tag.withUTF8Buffer { unsafe $0.reduce(0) { $0 << 8 | UInt32($1) } }
    key <<= UInt32(8 * (4 - tag.utf8CodeUnitCount))
    guard let range = values[key], !range.isEmpty else { return nil }
    return bytes.part(range).copied()
  }

  /// The name of the server.
  func serverName(of bytes: RawSpan) -> [UInt8]? { value("SNI", of: bytes) }

  /// The program that asks, such as `Chrome/76.0.3809.89 Android 8.0.0; XT1650`.
  func userAgent(of bytes: RawSpan) -> [UInt8]? { value("UAID", of: bytes) }

  /// The application protocol, such as `h3-Q050`.
  func protocolName(of bytes: RawSpan) -> [UInt8]? { value("ALPN", of: bytes) }

  /// The ciphers that are offered, four characters each, comma separated: `AESG,CC20`.
  func ciphers(of bytes: RawSpan) -> String {
    let list = value("AEAD", of: bytes) ?? []
    return stride(from: 0, to: list.count - 3, by: 4).map { WireText.text(Array(list[$0..<($0 + 4)])) }
      .joined(separator: ",")
  }
}

import Bytes
import Crypto
import Synchronization

/// What is derived from the cipher suites of a ClientHello. Clients of one kind offer the same ones each time, so that
/// it is worked out once for each list.
struct TLSOffer: Sendable {
  /// JA4's hash of an empty list.
  static let nothing = [UInt8](repeating: UInt8(ascii: "0"), count: 12)
  /// Lists that are remembered; a capture has some dozens of kinds of client, a hostile one as many as it likes.
  static let cacheLimit = 1024
  /// Bytes of the longest list that is remembered; clients offer up to some hundred suites of two bytes.
  static let cachedLength = 512

  /// The names, comma separated in order.
  let names: String
  /// JA3's list: in decimal with dashes between them.
  let ja3: [UInt8]
  /// JA4's hash of the sorted list.
  let ja4: [UInt8]
  /// Suites other than GREASE.
  let count: Int

  private static let cache = Mutex<[[UInt8]: TLSOffer]>([:])

  /// What follows from `suites`, two bytes each as sent.
  static func of(_ suites: RawSpan) -> TLSOffer {
    guard suites.byteCount <= cachedLength else { return TLSOffer(suites) }
    let key = suites.copied()
    return cache.withLock { known in
      if let offer = known[key] { return offer }
      if known.count >= cacheLimit { known.removeAll(keepingCapacity: true) }
      let offer = TLSOffer(key.bytes)
      known[key] = offer
      return offer
    }
  }

  private init(_ bytes: RawSpan) {
    var suites: [UInt16] = []
    suites.reserveCapacity(bytes.byteCount / 2)
    var names = ""
    var index = 0
    while let suite = bytes.u16(at: index) {
      if index > 0 { names += "," }
      names += TLSCipherSuite.name(suite)
      if !TLSCipherSuite.isGREASE(suite) { suites.append(suite) }
      index += 2
    }
    self.names = names
    count = suites.count
    var text: [UInt8] = []
    text.append(decimals: suites)
    ja3 = text
    guard !suites.isEmpty else {
      ja4 = TLSOffer.nothing
      return
    }
    var codes: [UInt8] = []
    for suite in suites.sorted() {
      if !codes.isEmpty { codes.append(UInt8(ascii: ",")) }
      codes.append(code: suite)
    }
    var digits: [UInt8] = []
    digits.append(hexadecimal: SHA256.hash(codes.bytes), count: 6)
    ja4 = digits
  }
}

import Bytes
import Crypto
import Synchronization

/// What is derived from the cipher suites of a ClientHello. Clients of one kind offer the same ones each time, so that
/// it is worked out once for each list.
struct TLSOffer: Sendable {
  /// JA4's hash of an empty list.
  static let nothing = "000000000000"
  /// Lists that are remembered; a capture has some dozens of kinds of client, a hostile one as many as it likes.
  static let cacheLimit = 1024
  /// Bytes of the longest list that is remembered; clients offer up to some hundred suites of two bytes.
  static let cachedLength = 512

  /// The names, comma separated in order.
  let names: String
  /// JA3's list: in decimal with dashes between them.
  let ja3: [UInt8]
  /// JA4's hash of the sorted list.
  let ja4: String
  /// Suites other than GREASE.
  let count: Int

  private static let cache = Mutex<[[UInt8]: TLSOffer]>([:])

  /// What follows from `bytes`, the suites as sent, two bytes each.
  static func of(_ bytes: [UInt8]) -> TLSOffer {
    guard bytes.count <= cachedLength else { return TLSOffer(bytes) }
    return cache.withLock { known in
      if let offer = known[bytes] { return offer }
      if known.count >= cacheLimit { known.removeAll(keepingCapacity: true) }
      let offer = TLSOffer(bytes)
      known[bytes] = offer
      return offer
    }
  }

  private init(_ bytes: [UInt8]) {
    let span = bytes.bytes
    var suites: [UInt16] = []
    suites.reserveCapacity(bytes.count / 2)
    var names = ""
    var index = 0
    while let suite = span.u16(at: index) {
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
    text.removeAll(keepingCapacity: true)
    text.append(codes: suites.sorted())
    ja4 = suites.isEmpty ? TLSOffer.nothing : hexadecimal(SHA256.hash(data: text).prefix(6))
  }
}

/// Puts stars in place of secrets in the rows of any query, so that an answer can be passed on.
///
/// Every value of a column named `secret` is hidden, and in all other texts every secret that the database's `credentials`
/// hold, passwords, responses and tokens, and every key of its `decryption_secrets`, as it stands and as it may stand in a URI (percent-encoded in whole or in part, RFC
/// 3986, section 2.1, and with `+` for a blank). Short secrets, which ordinary words may contain, are hidden where no letter
/// or digit adjoins them.
public struct Redaction: Sendable {
  /// What stands in place of a secret.
  public static let stars = "********"

  /// Characters from which on a secret is hidden wherever it stands.
  private static let longLength = 5

  /// Characters from which on the last word of a line in a log of keys is one.
  private static let keyWordLength = 16

  /// Bytes of a secret by which it is looked up.
  private static let keyLength = 4

  private struct Secret {
    let bytes: [UInt8]
    let isLong: Bool
  }

  /// By their first bytes.
  private var secrets: [UInt32: [Secret]] = [:]
  /// Those that have fewer.
  private var tiny: [Secret] = []
  /// Logs of keys as a whole.
  private var logs: Set<[UInt8]> = []

  /// What is to be hidden in answers from `database`.
  public init(database: Database) throws(StoreError) {
    let rows = try database.prepare("SELECT DISTINCT secret FROM credentials WHERE secret <> ''")
    while try rows.step() { add(rows.text(0)) }
    let stored = try database.prepare("SELECT DISTINCT secret FROM decryption_secrets")
    while try stored.step() {
      let log = stored.blob(0)
      logs.insert(log)
      for line in log.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
        guard let key = line.split(separator: 0x20).last, key.count >= Redaction.keyWordLength else { continue }
        add(String(decoding: key, as: UTF8.self))
      }
    }
  }

  private mutating func add(_ text: String) {
    let secret = Secret(bytes: Array(text.utf8), isLong: text.count >= Redaction.longLength)
    if let key = Redaction.key(secret.bytes, at: 0) {
      secrets[key, default: []].append(secret)
    } else {
      tiny.append(secret)
    }
  }

  private static func key(_ bytes: [UInt8], at index: Int) -> UInt32? {
    guard index + keyLength <= bytes.count else { return nil }
    return bytes[index..<(index + keyLength)].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// The row with its secrets hidden; `columns` are the names of its columns.
  public func hide(in row: [QueryValue], columns: [String]) -> [QueryValue] {
    zip(row, columns).map { value, column in
      switch value {
      case .null: .null
      case _ where column == "secret": .text(Redaction.stars)
      case .text(let text): .text(hide(in: text))
      case .blob(let bytes) where logs.contains(bytes): .text(Redaction.stars)
      default: value
      }
    }
  }

  /// `text` with stars in place of every secret.
  func hide(in text: String) -> String {
    guard !secrets.isEmpty || !tiny.isEmpty else { return text }
    let bytes = Array(text.utf8)
    var places = find(in: bytes)
    for blank in [UInt8(ascii: "+"), UInt8(ascii: " ")] {
      guard let (decoded, offsets) = Redaction.decoded(bytes, plus: blank) else { continue }
      places += find(in: decoded).map { offsets[$0.lowerBound]..<offsets[$0.upperBound] }
    }
    guard !places.isEmpty else { return text }
    var result: [UInt8] = []
    var end = 0
    // The longest first of those that begin together; of others that overlap, both are hidden.
    for place in places.sorted(by: { ($0.lowerBound, $1.upperBound) < ($1.lowerBound, $0.upperBound) }) {
      if end == 0 || place.lowerBound >= end {
        result += bytes[end..<place.lowerBound]
        result += Redaction.stars.utf8
      }
      end = max(end, place.upperBound)
    }
    return String(decoding: result + bytes[end...], as: UTF8.self)
  }

  /// Where secrets stand in `bytes`.
  private func find(in bytes: [UInt8]) -> [Range<Int>] {
    var places: [Range<Int>] = []
    func add(_ secret: Secret, at index: Int) {
      let end = index + secret.bytes.count
      guard end <= bytes.count, bytes[index..<end].elementsEqual(secret.bytes),
        secret.isLong || Redaction.isAlone(index..<end, in: bytes)
      else { return }
      places.append(index..<end)
    }
    for index in bytes.indices {
      if let key = Redaction.key(bytes, at: index), let candidates = secrets[key] {
        for secret in candidates { add(secret, at: index) }
      }
      for secret in tiny { add(secret, at: index) }
    }
    return places
  }

  /// The bytes with percent-encoding undone and `plus` for each `+`, and the offset of each, with one more for the end; nil
  /// where that changes nothing.
  private static func decoded(_ bytes: [UInt8], plus: UInt8) -> (bytes: [UInt8], offsets: [Int])? {
    var result: [UInt8] = []
    var offsets: [Int] = []
    var index = 0
    while index < bytes.count {
      offsets.append(index)
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = digit(bytes[index + 1]),
        let low = digit(bytes[index + 2])
      {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(bytes[index] == UInt8(ascii: "+") ? plus : bytes[index])
        index += 1
      }
    }
    return result == bytes ? nil : (result, offsets + [bytes.count])
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46, 0x61...0x66: (byte | 0x20) - 0x61 + 10
    default: nil
    }
  }

  private static func isAlone(_ place: Range<Int>, in bytes: [UInt8]) -> Bool {
    let before = place.lowerBound > 0 ? bytes[place.lowerBound - 1] : 0x20
    let behind = place.upperBound < bytes.count ? bytes[place.upperBound] : 0x20
    return !isWord(before) && !isWord(behind)
  }

  /// A letter or a digit; bytes of characters beyond ASCII count as letters.
  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || byte > 0x7f
  }
}

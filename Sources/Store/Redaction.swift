/// Puts stars in place of secrets in the rows of any query, so that an answer can be passed on.
///
/// Every value of a column named `secret` is hidden, and in all other texts every secret that the database's `credentials`
/// hold, as it stands and as it stands in a URI (percent-encoded, RFC 3986, section 2.1, and with `+` for a blank). Short
/// secrets, which ordinary words may contain, are hidden where no letter or digit adjoins them.
public struct Redaction: Sendable {
  /// What stands in place of a secret.
  public static let stars = "********"

  /// Characters from which on a secret is hidden wherever it stands.
  private static let longLength = 5

  private let secrets: [String]

  /// What is to be hidden in answers from `database`.
  public init(database: Database) throws(StoreError) {
    let rows = try database.prepare("SELECT DISTINCT secret FROM credentials WHERE secret <> ''")
    var secrets: Set<String> = []
    while try rows.step() {
      let secret = rows.text(0)
      secrets.formUnion([
        secret, Redaction.encoded(secret, blank: "%20"), Redaction.encoded(secret, blank: "+"),
      ])
    }
    // The longest first: it may contain another.
    self.secrets = secrets.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
  }

  /// As it stands in a URI, all but unreserved characters percent-encoded.
  private static func encoded(_ text: String, blank: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: " "): result += blank
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
      }
    }
    return result
  }

  /// The row with its secrets hidden; `columns` are the names of its columns.
  public func hide(in row: [QueryValue], columns: [String]) -> [QueryValue] {
    zip(row, columns).map { value, column in
      switch value {
      case .null: .null
      case _ where column == "secret": .text(Redaction.stars)
      case .text(let text): .text(hide(in: text))
      default: value
      }
    }
  }

  /// `text` with stars in place of every secret.
  func hide(in text: String) -> String {
    var bytes = Array(text.utf8)
    var isChanged = false
    for secret in secrets {
      let needle = Array(secret.utf8)
      var index = 0
      while index + needle.count <= bytes.count {
        let end = index + needle.count
        guard bytes[index] == needle[0], bytes[index..<end].elementsEqual(needle),
          secret.count >= Redaction.longLength || Redaction.isAlone(index..<end, in: bytes)
        else {
          index += 1
          continue
        }
        bytes.replaceSubrange(index..<end, with: Redaction.stars.utf8)
        index += Redaction.stars.utf8.count
        isChanged = true
      }
    }
    return isChanged ? String(decoding: bytes, as: UTF8.self) : text
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

import Bytes

/// The header of a message or of a part of one (RFC 5322, section 2.2): the fields that are wanted, unfolded.
struct MIMEHeader {
  /// Fields that are kept, by their names in lower case.
  private static let wanted: Set<String> = [
    "from", "to", "cc", "subject", "date", "message-id", "user-agent", "x-mailer", "content-type",
    "content-transfer-encoding", "content-disposition",
  ]
  /// Letters of the longest name among them.
  private static let nameLimit = 32

  private var fields: [String: [UInt8]] = [:]
  /// The field that the last line belongs to; nil: none that is wanted.
  private var name: String?
  /// Beginning of a line whose field is not known yet.
  private var start: [UInt8] = []
  private var isBegun = false

  /// How many `Received` fields there were: one of each server that took the message.
  private(set) var receivedCount = 0

  /// Whether bytes of it are missing.
  private(set) var hasGap = false

  /// Bytes that are kept.
  var heldBytes: Int { fields.values.reduce(start.count) { $0 + $1.count } }

  /// The value of a field without the blanks around it; of several the first; nil: there is none.
  subscript(_ name: String) -> [UInt8]? {
    guard let value = fields[name] else { return nil }
    let trimmed = value.drop { $0 == 0x20 || $0 == 0x09 }
    return Array(trimmed.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed())
  }

  /// Takes a line, or a piece of one: `isStart` says whether it begins the line, `isEnd` whether it ends it.
  mutating func take(_ line: RawSpan, isStart: Bool, isEnd: Bool) {
    if isStart {
      start = []
      isBegun = false
      if let first = line.u8(at: 0), first == 0x20 || first == 0x09 {
        // The field goes on.
        isBegun = true
      } else {
        name = nil
      }
    }
    if isBegun {
      append(line)
    } else {
      start.append(span: line.part(from: 0, to: MIMEHeader.nameLimit + 1 - start.count))
      if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
        begin()
        isBegun = true
        append(line.part(from: colon + 1))
      } else if start.count > MIMEHeader.nameLimit {
        isBegun = true
      }
    }
    if isEnd { start = [] }
  }

  /// Bytes are missing.
  mutating func gap() {
    hasGap = true
    name = nil
    // What follows is the rest of a line.
    isBegun = true
  }

  private mutating func begin() {
    guard let colon = start.firstIndex(of: UInt8(ascii: ":")) else { return }
    let word = start[..<colon].filter { $0 != 0x20 && $0 != 0x09 }.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    let known = WireText.text(word)
    if known == "received" { receivedCount += 1 }
    guard MIMEHeader.wanted.contains(known), fields[known] == nil else { return }
    name = known
    fields[known] = []
  }

  private mutating func append(_ text: RawSpan) {
    guard let name else { return }
    let room = MailLimits.field - (fields[name]?.count ?? 0)
    fields[name]?.append(span: text.part(from: 0, to: room))
  }
}

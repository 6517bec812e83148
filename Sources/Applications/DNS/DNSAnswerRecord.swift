import Bytes
import Records

/// A section of a DNS message behind the questions.
enum DNSSection: Sendable {
  case answer
  case authority
  case additional
  /// Of an update (RFC 2136): what must hold, in the place of the answers.
  case prerequisite
  /// Of an update: what is added and deleted, in the place of the authorities.
  case update

  /// As the schema spells it.
  var name: StaticString {
    switch self {
    case .answer: "answer"
    case .authority: "authority"
    case .additional: "additional"
    case .prerequisite: "prerequisite"
    case .update: "update"
    }
  }
}

/// A row of `dns_answers`.
struct DNSAnswerRecord: Record, ~Escapable {
  static let table = Table(
    "dns_answers", ["message_id", "section", "name", "type", "ttl", "data", "address_id", "class"])

  let messageID: Int64
  let section: DNSSection
  /// The owner's name.
  let name: RawSpan
  let type: DNSRecordType
  /// Seconds; nil: not a time.
  let ttl: Int64?
  /// In presentation form.
  let data: RawSpan
  let addressID: Int64?
  /// Nil: IN.
  let recordClass: DNSClass?

  @_lifetime(copy name, copy data)
  init(
    messageID: Int64, section: DNSSection, name: RawSpan, type: DNSRecordType, ttl: Int64?, data: RawSpan,
    addressID: Int64?, recordClass: DNSClass?
  ) {
    self.messageID = messageID
    self.section = section
    self.name = name
    self.type = type
    self.ttl = ttl
    self.data = data
    self.addressID = addressID
    self.recordClass = recordClass
  }

  func encode(into row: inout RowEncoder) {
    row.integer(messageID)
    row.text(section.name)
    row.text(wire: name)
    row.text(type)
    row.integer(ttl)
    row.text(wire: data)
    row.integer(addressID)
    row.text(recordClass)
  }
}

import Bytes
import Records

/// A section of a DNS message behind the questions.
enum DNSSection: String, Sendable, CaseIterable {
  case answer
  case authority
  case additional
}

/// A row of `dns_answers`.
struct DNSAnswerRecord: Record {
  static let table = Table(
    "dns_answers", ["message_id", "section", "name", "type", "ttl", "data", "address_id"])

  let messageID: Int64
  let section: DNSSection
  let type: DNSRecordType
  /// Seconds; nil: not a time.
  let ttl: Int64?
  let addressID: Int64?
  /// Holds the owner's name from `nameStart` to `dataStart`, and the data from there to its end.
  let text: DNSText
  let nameStart: Int
  let dataStart: Int

  func encode(into row: inout RowEncoder) {
    row.integer(messageID)
    row.text(section.rawValue)
    row.text(wire: text.bytes.bytes.part(from: nameStart, to: dataStart))
    row.text(type.name)
    row.integer(ttl)
    row.text(wire: text.bytes.bytes.part(from: dataStart))
    row.integer(addressID)
  }
}

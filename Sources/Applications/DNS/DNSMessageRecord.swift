import Bytes
import Records

/// A row of `dns_messages`.
struct DNSMessageRecord: Record {
  static let table = Table(
    "dns_messages",
    [
      "flow_id", "frame_id", "transaction_id", "is_response", "opcode", "rcode", "authoritative", "truncated",
      "query_name", "query_type", "query_id",
    ])

  let flowID: Int64
  let frameID: Int64
  let header: DNSHeader
  /// With the bits that EDNS adds.
  let rcode: Int
  /// Begins with the first question's name.
  let text: DNSText
  /// Bytes of that name; nil: there is none.
  let nameLength: Int?
  let queryType: DNSRecordType?
  let queryID: Int64?

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.integer(Int64(header.id))
    row.boolean(header.isResponse)
    row.text(DNSCodes.name(opcode: header.opcode))
    row.text(DNSCodes.name(rcode: rcode))
    row.boolean(header.isAuthoritative)
    row.boolean(header.isTruncated)
    if let nameLength { row.text(wire: text.bytes.bytes.part(from: 0, to: nameLength)) } else { row.null() }
    if let queryType { row.text(queryType.name) } else { row.null() }
    row.integer(queryID)
  }
}

import Bytes
import Records

/// A row of `dns_messages`.
struct DNSMessageRecord: Record, ~Escapable {
  static let table = Table(
    "dns_messages",
    [
      "flow_id", "frame_id", "transaction_id", "is_response", "opcode", "rcode", "authoritative", "truncated",
      "query_name", "query_type", "query_id", "query_class",
    ])

  let flowID: Int64
  let frameID: Int64
  let header: DNSHeader
  /// With the bits that EDNS adds.
  let rcode: Int
  /// The first question's name; nil: there is none.
  let name: RawSpan?
  let queryType: DNSRecordType?
  let queryID: Int64?
  /// Nil: IN, or no question.
  let queryClass: DNSClass?

  @_lifetime(copy name)
  init(
    flowID: Int64, frameID: Int64, header: DNSHeader, rcode: Int, name: RawSpan?, queryType: DNSRecordType?,
    queryID: Int64?, queryClass: DNSClass?
  ) {
    self.flowID = flowID
    self.frameID = frameID
    self.header = header
    self.rcode = rcode
    self.name = name
    self.queryType = queryType
    self.queryID = queryID
    self.queryClass = queryClass
  }

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.integer(Int64(header.id))
    row.boolean(header.isResponse)
    row.code(header.opcode, DNSCodes.mnemonic(opcode: header.opcode))
    row.code(rcode, DNSCodes.mnemonic(rcode: rcode))
    row.boolean(header.isAuthoritative)
    row.boolean(header.isTruncated)
    if let name { row.text(wire: name) } else { row.null() }
    if let queryType { row.text(queryType) } else { row.null() }
    row.integer(queryID)
    row.text(queryClass)
  }
}

extension RowEncoder {
  /// A code's name, or its number as text.
  mutating func code(_ code: Int, _ mnemonic: StaticString?) {
    if let mnemonic { text(mnemonic) } else { text(String(code)) }
  }
}

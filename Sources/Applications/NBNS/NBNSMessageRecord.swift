import Bytes
import Records

/// A row of `dns_messages` for a message of the NetBIOS name service (RFC 1002, section 4.2).
struct NBNSMessageRecord: Record, ~Escapable {
  static let table = DNSMessageRecord.table

  let flowID: Int64
  let frameID: Int64
  let header: DNSHeader
  /// The question's name, or the first record's where there is no question.
  let name: RawSpan
  /// Of that question or record; nil: there is neither.
  let type: UInt16?
  let queryID: Int64?

  @_lifetime(copy name)
  init(flowID: Int64, frameID: Int64, header: DNSHeader, name: RawSpan, type: UInt16?, queryID: Int64?) {
    self.flowID = flowID
    self.frameID = frameID
    self.header = header
    self.name = name
    self.type = type
    self.queryID = queryID
  }

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.integer(Int64(header.id))
    row.boolean(header.isResponse)
    row.code(header.opcode, NBNSCodes.mnemonic(opcode: header.opcode))
    row.code(header.rcode, NBNSCodes.mnemonic(rcode: header.rcode))
    row.boolean(header.isAuthoritative)
    row.boolean(header.isTruncated)
    if let type {
      row.text(wire: name)
      row.code(netbiosType: type)
    } else {
      row.null()
      row.null()
    }
    row.integer(queryID)
    row.null()
  }
}

/// A row of `dns_answers` for a record of the NetBIOS name service.
struct NBNSAnswerRecord: Record, ~Escapable {
  static let table = DNSAnswerRecord.table

  let messageID: Int64
  let section: DNSSection
  let name: RawSpan
  let type: UInt16
  /// Seconds.
  let ttl: UInt32
  let data: RawSpan
  let addressID: Int64?

  @_lifetime(copy name, copy data)
  init(
    messageID: Int64, section: DNSSection, name: RawSpan, type: UInt16, ttl: UInt32, data: RawSpan, addressID: Int64?
  ) {
    self.messageID = messageID
    self.section = section
    self.name = name
    self.type = type
    self.ttl = ttl
    self.data = data
    self.addressID = addressID
  }

  func encode(into row: inout RowEncoder) {
    row.integer(messageID)
    row.text(section.name)
    row.text(wire: name)
    row.code(netbiosType: type)
    row.integer(Int64(ttl))
    row.text(wire: data)
    row.integer(addressID)
    row.null()
  }
}

extension RowEncoder {
  /// A record's type: two numbers mean something else here than in DNS.
  fileprivate mutating func code(netbiosType type: UInt16) {
    switch type {
    case NBNSCodes.nameType: text("NB")
    case NBNSCodes.statusType: text("NBSTAT")
    default: text(DNSRecordType(value: type))
    }
  }
}

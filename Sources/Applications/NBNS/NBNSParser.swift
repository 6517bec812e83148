import Bytes
import Records

/// The NetBIOS name service (RFC 1001, RFC 1002): DNS's messages on port 137 with names, types and codes of their own.
///
/// ```
/// NB rdata     = *( flags(2) address(4) )                    (RFC 1002, section 4.2.1.3)
/// NBSTAT rdata = count(1) *( name(16) flags(2) ) MAC(6) ...  (RFC 1002, section 4.2.18)
/// flags        = group(1 bit) node type(2 bits) ...
/// ```
public final class NBNSParser: DatagramParser {
  /// `nbns`.
  public static let service = "nbns"

  static let port: UInt16 = 137
  /// Records of one message that are read: a node's status and a group's members fit into one each.
  private static let recordLimit = 64

  private let flow: FlowIdentity
  private var pending = DNSPendingQueries()
  /// Memory for the message that is read.
  private var memory = DNSText()

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// Datagrams of port 137 that begin with a header and a NetBIOS name.
  public static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe {
    guard flow.server.port == port || flow.client.port == port else { return .no }
    guard let header = DNSHeader(payload), NBNSCodes.mnemonic(opcode: header.opcode) != nil,
      NetBIOSName.begins(payload, at: DNSHeader.size)
    else { return .no }
    return header.isResponse == (side == .server) ? .match : .reversed
  }

  /// Emits the rows of one message; `length` is the datagram's payload on the wire.
  public func consume(
    _ payload: RawSpan, length: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    guard let header = DNSHeader(payload) else { return diagnose("too short for a header", frame, context) }
    var text = DNSText()
    swap(&text, &memory)
    read(payload, header, &text, from: side, frame, context)
    swap(&text, &memory)
  }

  private func read(
    _ payload: RawSpan, _ header: DNSHeader, _ text: inout DNSText, from side: Side, _ frame: FrameStamp,
    _ context: ApplicationContext
  ) {
    let id = context.sink.newID(of: NBNSMessageRecord.self)
    text.cut(to: 0)
    var subject: (length: Int, type: UInt16)?
    var offset = DNSHeader.size
    for _ in 0..<min(header.questionCount, NBNSParser.recordLimit) {
      let mark = text.count
      guard let end = text.append(netbiosNameOf: payload, at: offset), let type = payload.u16(at: end),
        payload.byteCount >= end + 4
      else {
        diagnose("a bad question", frame, context)
        break
      }
      if subject == nil { subject = (text.count, type) } else { text.cut(to: mark) }
      offset = end + 4
    }
    let counts = header.recordCounts
    var left = NBNSParser.recordLimit
    sections: for (section, count) in [
      (DNSSection.answer, counts.answer), (.authority, counts.authority), (.additional, counts.additional),
    ] {
      for _ in 0..<count {
        guard left > 0 else { break sections }
        left -= 1
        guard let record = Entry(payload, at: offset, &text) else {
          diagnose("a bad record", frame, context)
          break sections
        }
        if subject == nil { subject = (record.nameEnd, record.type) }
        emit(record, payload, header, section, messageID: id, &text, from: side, frame, context)
        text.cut(to: subject?.length ?? 0)
        offset = record.end
      }
    }
    var queryID: Int64?
    if header.isResponse {
      queryID = pending.take(header, name: nil, from: side)
    } else {
      pending.add(header, type: nil, name: nil, from: side, messageID: id)
    }
    context.sink.emit(
      NBNSMessageRecord(
        flowID: flow.id, frameID: frame.id, header: header,
        name: text.bytes.part(from: 0, to: subject?.length ?? 0), type: subject?.type, queryID: queryID),
      id: id)
  }

  /// Where the parts of one record lie.
  private struct Entry {
    /// Where its name begins and ends in the text.
    let nameStart: Int
    let nameEnd: Int
    let type: UInt16
    let ttl: UInt32
    let data: Range<Int>
    var end: Int { data.upperBound }

    init?(_ message: RawSpan, at offset: Int, _ text: inout DNSText) {
      nameStart = text.count
      guard let end = text.append(netbiosNameOf: message, at: offset), let type = message.u16(at: end),
        let ttl = message.u32(at: end + 4), let length = message.u16(at: end + 8),
        end + 10 + Int(length) <= message.byteCount
      else { return nil }
      nameEnd = text.count
      self.type = type
      self.ttl = ttl
      data = (end + 10)..<(end + 10 + Int(length))
    }
  }

  /// Emits a row for each address of an NB record, and for each name of an NBSTAT record.
  private func emit(
    _ record: Entry, _ message: RawSpan, _ header: DNSHeader, _ section: DNSSection, messageID: Int64,
    _ text: inout DNSText, from side: Side, _ frame: FrameStamp, _ context: ApplicationContext
  ) {
    let isClaim = header.rcode == 0 && header.opcode != NBNSCodes.release && header.opcode != NBNSCodes.wait
    let data = message.part(from: record.data.lowerBound, to: record.data.upperBound)
    switch record.type {
    case NBNSCodes.nameType where header.opcode != NBNSCodes.wait:
      for offset in stride(from: 0, to: data.byteCount - 5, by: 6) {
        guard let flags = data.u16(at: offset), let address = IPAddress(v4: data, at: offset + 2) else { break }
        text.cut(to: record.nameEnd)
        text.append(dotted: address.v4)
        NBNSParser.describe(flags, &text)
        let addressID = context.sink.addressID(address)
        emit(record, section, messageID, text, addressID, context)
        if isClaim, flags & 0x8000 == 0 {
          name(text.bytes.part(from: record.nameStart, to: record.nameEnd), of: addressID, frame, context)
        }
      }
    case NBNSCodes.statusType:
      let sender = context.sink.addressID(side == .client ? flow.client.address : flow.server.address)
      let count = Int(data.u8(at: 0) ?? 0)
      for index in 0..<count {
        let at = 1 + index * (NetBIOSName.plainLength + 2)
        guard let flags = data.u16(at: at + NetBIOSName.plainLength) else { break }
        text.cut(to: record.nameEnd)
        text.append(netbios: data.part(from: at, to: at + NetBIOSName.plainLength))
        let end = text.count
        NBNSParser.describe(flags, &text)
        emit(record, section, messageID, text, sender, context)
        if isClaim, flags & 0x8000 == 0 {
          name(text.bytes.part(from: record.nameEnd, to: end), of: sender, frame, context)
        }
      }
      if let mac = MACAddress(data, at: 1 + count * (NetBIOSName.plainLength + 2)), mac.value != 0 {
        text.cut(to: record.nameEnd)
        text.append(text: "MAC \(mac)")
        emit(record, section, messageID, text, nil, context)
      }
    default:
      text.cut(to: record.nameEnd)
      text.append("\\# ")
      text.append(decimal: data.byteCount)
      if data.byteCount > 0 { text.space() }
      text.append(hexadecimal: data)
      emit(record, section, messageID, text, nil, context)
    }
  }

  private func emit(
    _ record: Entry, _ section: DNSSection, _ messageID: Int64, _ text: borrowing DNSText, _ addressID: Int64?,
    _ context: ApplicationContext
  ) {
    context.sink.emit(
      NBNSAnswerRecord(
        messageID: messageID, section: section, name: text.bytes.part(from: record.nameStart, to: record.nameEnd),
        type: record.type, ttl: record.ttl, data: text.bytes.part(from: record.nameEnd), addressID: addressID))
  }

  /// Appends what a name's flags say: the node's way to find names, and what is unusual.
  private static func describe(_ flags: UInt16, _ text: inout DNSText) {
    text.space()
    text.append(byte: [0x42, 0x50, 0x4d, 0x48][Int(flags >> 13 & 3)])
    text.append("-node")
    if flags & 0x8000 != 0 { text.append(" group") }
    if flags & 0x1000 != 0 { text.append(" deregistering") }
    if flags & 0x0800 != 0 { text.append(" conflict") }
  }

  /// Notes the name of a machine: those of its workstation (00) and server (20) services; others are of users and groups.
  private func name(_ name: RawSpan, of address: Int64, _ frame: FrameStamp, _ context: ApplicationContext) {
    guard let mark = name.firstIndex(of: 0x3c), mark > 0, name.u8(at: mark + 3) == 0x3e, mark + 4 == name.byteCount,
      name.starts(with: "<00>", at: mark) || name.starts(with: "<20>", at: mark)
    else { return }
    context.sink.name(name.part(from: 0, to: mark), of: address, source: .netbios, frame: frame.id)
  }

  private func diagnose(_ detail: String, _ frame: FrameStamp, _ context: ApplicationContext) {
    context.sink.diagnose("malformed-nbns", detail, frame: frame.id, flow: flow.id)
  }

  /// Nothing is pending: each datagram is a message.
  public func finish(context: ApplicationContext) {}
}

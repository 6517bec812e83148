import Bytes
import Records

/// The DNS messages of one flow: decodes each into rows, and joins responses to their queries.
///
/// ```
/// message  = header *question *record *record *record     (RFC 1035, section 4.1)
/// question = name type(2) class(2)
/// record   = name type(2) class(2) ttl(4) rdlength(2) rdata
/// ```
struct DNSExchange {
  private let flow: FlowIdentity
  private let joinsQueries: Bool
  private var pending = DNSPendingQueries()

  /// The exchange on `flow`. Multicast DNS has no responses to one query: there `joinsQueries` is false.
  init(flow: FlowIdentity, joinsQueries: Bool = true) {
    self.flow = flow
    self.joinsQueries = joinsQueries
  }

  /// What is known of a message while its sections are read.
  private struct Progress {
    var offset = DNSHeader.size
    var text = DNSText()
    var work: Int
    var nameLength: Int?
    var queryType: DNSRecordType?
    var extendedRcode: Int?
    var aliases = DNSAliases()
  }

  /// Emits the rows of one message. What stands before a fault is kept.
  ///
  /// - Parameters:
  ///   - bytes: the message, or as much of it as the capture holds.
  ///   - length: bytes of the message on the wire.
  mutating func decode(
    _ bytes: RawSpan, length: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    guard let header = DNSHeader(bytes) else {
      let fault = Fault("DNS", .truncated, at: 0, "\(bytes.byteCount) bytes are too few for a header")
      return diagnose(fault, isCut: bytes.byteCount < length, frame, context)
    }
    var progress = Progress(work: DNSName.budget(length: bytes.byteCount))
    var fault: Fault?
    var messageID: Int64?
    do throws(Fault) {
      try questions(of: bytes, header, &progress)
      let id = context.sink.newID(of: DNSMessageRecord.self)
      messageID = id
      let counts = header.recordCounts
      try records(of: bytes, .answer, counts.answer, &progress, (id, frame, context))
      try records(of: bytes, .authority, counts.authority, &progress, (id, frame, context))
      try records(of: bytes, .additional, counts.additional, &progress, (id, frame, context))
      if progress.offset < bytes.byteCount, header.opcode != DNSCodes.statefulOperations {
        throw Fault("DNS", .malformed, at: progress.offset, "bytes behind the last record")
      }
    } catch {
      fault = error
    }
    if let fault {
      diagnose(fault, isCut: bytes.byteCount < length || header.isTruncated, frame, context)
      // Neither the header nor the first question makes sense: this is no DNS message.
      if progress.nameLength == nil, header.questionCount > 0, !header.isPlausible(length: length) { return }
    }
    let id = messageID ?? context.sink.newID(of: DNSMessageRecord.self)
    if let length = progress.nameLength, progress.aliases.isUsed {
      let name = progress.text.bytes.bytes.part(from: 0, to: length)
      progress.aliases.emit(from: name, frame: frame.id, to: context.sink)
    }
    context.sink.emit(
      DNSMessageRecord(
        flowID: flow.id, frameID: frame.id, header: header, rcode: header.rcode | (progress.extendedRcode ?? 0) << 4,
        text: progress.text, nameLength: progress.nameLength, queryType: progress.queryType,
        queryID: join(header, progress, from: side, messageID: id)),
      id: id)
  }

  private func questions(of bytes: RawSpan, _ header: DNSHeader, _ progress: inout Progress) throws(Fault) {
    for index in 0..<header.questionCount {
      let mark = progress.text.count
      let end = try DNSName.append(bytes, at: progress.offset, to: &progress.text, work: &progress.work)
      if index == 0 { progress.nameLength = progress.text.count } else { progress.text.cut(to: mark) }
      guard let fields = bytes.u32(at: end) else {
        throw Fault("DNS", .truncated, at: end, "a question goes over the end")
      }
      if index == 0 { progress.queryType = DNSRecordType(value: UInt16(truncatingIfNeeded: fields >> 16)) }
      progress.offset = end + 4
    }
  }

  private func records(
    of bytes: RawSpan, _ section: DNSSection, _ count: Int, _ progress: inout Progress,
    _ message: (id: Int64, frame: FrameStamp, context: ApplicationContext)
  ) throws(Fault) {
    let nameStart = progress.nameLength ?? 0
    for _ in 0..<count {
      progress.text.cut(to: nameStart)
      let end = try DNSName.append(bytes, at: progress.offset, to: &progress.text, work: &progress.work)
      let dataStart = progress.text.count
      guard let fields = bytes.u32(at: end), let ttl = bytes.u32(at: end + 4), let length = bytes.u16(at: end + 8),
        end + 10 + Int(length) <= bytes.byteCount
      else { throw Fault("DNS", .truncated, at: end, "a record goes over the end") }
      let type = DNSRecordType(value: UInt16(truncatingIfNeeded: fields >> 16))
      let recordClass = UInt16(truncatingIfNeeded: fields)
      let rdata = (end + 10)..<(end + 10 + Int(length))
      var data = DNSRecordData(bytes, rdata, work: progress.work)
      do throws(Fault) {
        if type == .opt {
          try data.writeOptions(udpSize: recordClass, ttl: ttl, to: &progress.text)
        } else {
          try data.write(type, recordClass, to: &progress.text)
        }
      } catch {
        if error.reason == .limit { throw error }
        progress.text.cut(to: dataStart)
        data.address = nil
        data.writeUnknown(to: &progress.text)
        message.context.sink.diagnose(
          "malformed-dns-record", "\(type.name): \(error)", frame: message.frame.id, flow: flow.id)
      }
      progress.work = data.work
      progress.offset = rdata.upperBound
      if type == .opt, progress.extendedRcode == nil { progress.extendedRcode = Int(ttl >> 24) }
      let addressID = data.address.map { message.context.sink.addressID($0) }
      message.context.sink.emit(
        DNSAnswerRecord(
          messageID: message.id, section: section, type: type, ttl: type == .opt ? nil : Int64(ttl),
          addressID: addressID, text: progress.text, nameStart: nameStart, dataStart: dataStart))
      let text = progress.text.bytes
      let owner = text.bytes.part(from: nameStart, to: dataStart)
      if let addressID {
        message.context.sink.name(owner, of: addressID, source: .dns, frame: message.frame.id)
        if count > 1 || section != .answer { progress.aliases.add(address: addressID, owner: owner) }
      } else if type == .cname {
        progress.aliases.add(alias: owner, target: text.bytes.part(from: dataStart))
      }
    }
  }

  private mutating func join(
    _ header: DNSHeader, _ progress: borrowing Progress, from side: Side, messageID: Int64
  ) -> Int64? {
    guard joinsQueries else { return nil }
    let bytes = progress.text.bytes
    if header.isResponse {
      guard let length = progress.nameLength else { return pending.take(header, name: nil, from: side) }
      return pending.take(header, name: bytes.bytes.part(from: 0, to: length), from: side)
    }
    let name = bytes.bytes.part(from: 0, to: progress.nameLength ?? 0)
    pending.add(header, type: progress.queryType, name: name, from: side, messageID: messageID)
    return nil
  }

  private func diagnose(_ fault: Fault, isCut: Bool, _ frame: FrameStamp, _ context: ApplicationContext) {
    let code =
      switch fault.reason {
      case .truncated: isCut ? "truncated-dns" : "malformed-dns"
      case .limit: "dns-name-limit"
      case .malformed, .unsupported: "malformed-dns"
      }
    context.sink.diagnose(code, fault.description, frame: frame.id, flow: flow.id)
  }
}

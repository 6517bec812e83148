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
  private let flowID: Int64
  private var pending = DNSPendingQueries()
  private let joinsQueries: Bool

  /// The exchange on `flow`. Multicast DNS has no responses to one query: there `joinsQueries` is false.
  init(flow: FlowIdentity, joinsQueries: Bool = true) {
    flowID = flow.id
    self.joinsQueries = joinsQueries
  }

  /// What is known of a message while its sections are read. Its memory goes from message to message.
  struct Progress: Sendable {
    fileprivate var offset = 0
    /// Begins with the first question's name.
    fileprivate var text = DNSText()
    fileprivate var work = 0
    /// Bytes of that name; nil: there is none.
    fileprivate var nameLength: Int?
    fileprivate var queryType: DNSRecordType?
    fileprivate var queryClass: DNSClass?
    fileprivate var extendedRcode: Int?

    /// The first question's name.
    fileprivate var name: RawSpan? {
      @_lifetime(borrow self) get {
        guard let nameLength else { return nil }
        return text.bytes.part(from: 0, to: nameLength)
      }
    }

    /// Begins a message of `length` bytes.
    fileprivate mutating func begin(length: Int) {
      offset = DNSHeader.size
      text.cut(to: 0)
      work = DNSName.budget(length: length)
      (nameLength, queryType, queryClass, extendedRcode) = (nil, nil, nil, nil)
    }
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
    var (progress, aliases) = (Progress(), DNSAliases())
    swap(&progress, &context.dnsProgress)
    swap(&aliases, &context.dnsAliases)
    progress.begin(length: bytes.byteCount)
    aliases.removeAll()
    decode(bytes, header, length: length, &progress, &aliases, from: side, in: frame, context)
    swap(&progress, &context.dnsProgress)
    swap(&aliases, &context.dnsAliases)
  }

  private mutating func decode(
    _ bytes: RawSpan, _ header: DNSHeader, length: Int, _ progress: inout Progress, _ aliases: inout DNSAliases,
    from side: Side, in frame: FrameStamp, _ context: ApplicationContext
  ) {
    var fault: Fault?
    var messageID: Int64?
    do throws(Fault) {
      try questions(of: bytes, header, &progress)
      let id = context.sink.newID(of: DNSMessageRecord.self)
      messageID = id
      let counts = header.recordCounts
      let isUpdate = header.opcode == DNSCodes.update
      let (first, second): (DNSSection, DNSSection) = isUpdate ? (.prerequisite, .update) : (.answer, .authority)
      try records(of: bytes, first, counts.answer, &progress, &aliases, (id, frame, context))
      try records(of: bytes, second, counts.authority, &progress, &aliases, (id, frame, context))
      try records(of: bytes, .additional, counts.additional, &progress, &aliases, (id, frame, context))
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
    if let nameLength = progress.nameLength, aliases.isUsed {
      aliases.add(question: progress.text.bytes.part(from: 0, to: nameLength))
      aliases.emit(frame: frame.id, to: context.sink)
    }
    let queryID = join(header, progress, from: side, messageID: id)
    context.sink.emit(
      DNSMessageRecord(
        flowID: flowID, frameID: frame.id, header: header, rcode: header.rcode | (progress.extendedRcode ?? 0) << 4,
        name: progress.name, queryType: progress.queryType, queryID: queryID, queryClass: progress.queryClass),
      id: id)
  }

  private func questions(of bytes: RawSpan, _ header: DNSHeader, _ progress: inout Progress) throws(Fault) {
    for index in 0..<header.questionCount {
      let mark = progress.text.count
      let end = try progress.text.append(nameOf: bytes, at: progress.offset, work: &progress.work)
      if index == 0 { progress.nameLength = progress.text.count } else { progress.text.cut(to: mark) }
      guard let fields = bytes.u32(at: end) else {
        throw Fault("DNS", .truncated, at: end, "a question goes over the end")
      }
      if index == 0 {
        progress.queryType = DNSRecordType(value: UInt16(truncatingIfNeeded: fields >> 16))
        progress.queryClass = DNSClass(UInt16(truncatingIfNeeded: fields))
      }
      progress.offset = end + 4
    }
  }

  private func records(
    of bytes: RawSpan, _ section: DNSSection, _ count: Int, _ progress: inout Progress, _ aliases: inout DNSAliases,
    _ message: (id: Int64, frame: FrameStamp, context: ApplicationContext)
  ) throws(Fault) {
    let nameStart = progress.nameLength ?? 0
    for _ in 0..<count {
      progress.text.cut(to: nameStart)
      let end = try progress.text.append(nameOf: bytes, at: progress.offset, work: &progress.work)
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
          "malformed-dns-record", "\(type.name): \(error)", frame: message.frame.id, flow: flowID)
      }
      progress.work = data.work
      progress.offset = rdata.upperBound
      if type == .opt, progress.extendedRcode == nil { progress.extendedRcode = Int(ttl >> 24) }
      // What an update deletes is nobody's address any more.
      if recordClass == DNSClass.none { data.address = nil }
      let addressID = data.address.map { message.context.sink.addressID($0) }
      let owner = progress.text.bytes.part(from: nameStart, to: dataStart)
      let text = progress.text.bytes.part(from: dataStart)
      message.context.sink.emit(
        DNSAnswerRecord(
          messageID: message.id, section: section, name: owner, type: type, ttl: type == .opt ? nil : Int64(ttl),
          data: text, addressID: addressID, recordClass: type == .opt ? nil : DNSClass(recordClass)))
      if let addressID {
        message.context.sink.name(owner, of: addressID, source: .dns, frame: message.frame.id)
        if count > 1 || section != .answer { aliases.add(address: addressID, owner: owner) }
      } else if type == .cname {
        aliases.add(alias: owner, target: text)
      }
    }
  }

  private mutating func join(
    _ header: DNSHeader, _ progress: borrowing Progress, from side: Side, messageID: Int64
  ) -> Int64? {
    guard joinsQueries else { return nil }
    if header.isResponse { return pending.take(header, name: progress.name, from: side) }
    pending.add(header, type: progress.queryType, name: progress.name, from: side, messageID: messageID)
    return nil
  }

  private func diagnose(_ fault: Fault, isCut: Bool, _ frame: FrameStamp, _ context: ApplicationContext) {
    let code =
      switch fault.reason {
      case .truncated: isCut ? "truncated-dns" : "malformed-dns"
      case .limit: "dns-name-limit"
      case .malformed, .unsupported: "malformed-dns"
      }
    context.sink.diagnose(code, fault.description, frame: frame.id, flow: flowID)
  }
}

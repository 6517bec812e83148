import Applications
import Bytes
import CaptureFiles
import Flows
import Packets
import Records
import Store

/// Turns the frames of one capture, or of the files of one ring, into rows and into what happens in flows: the decoding thread's
/// whole way from a frame on.
///
/// Memory is bounded whatever the capture holds, the addresses met and the flows found to be reversed apart; a frame of a known flow without a record
/// allocates nothing.
final class CaptureDecoder {
  /// One frame in so many has its place in the file stored.
  static let framesPerPosition: Int64 = 1024
  /// IP packets in fragments inside one another that are put together.
  private static let fragmentDepth = 4
  /// Flows that end between two looks at how many rows there are.
  private static let flowsAtOnce = 256

  /// Rows of tables that nobody else fills.
  private let rows: RowSink
  private let log: FlowEventLog
  // Each frame goes through these, on the decoding thread, and none comes back here: checking every access for
  // exclusivity would take a good part of a frame's time.
  @exclusivity(unchecked) private var flows: FlowTable
  @exclusivity(unchecked) private var timeline = TrafficTimeline()
  @exclusivity(unchecked) private var encapsulations: [Encapsulation] = []
  private var fragments = FragmentTable()
  private var tunnels = TunnelTable()
  private var links = LinkTraffic()
  private var optionNames = TCPOptionNames()
  private var undecodedLinkTypes: Set<UInt16> = []
  private var newestFlowID: Int64
  private var interfaceIDs: [Int64] = []
  private var firstFrameID: Int64

  /// Frames of the present capture stored so far.
  private(set) var frameCount: Int64 = 0
  private var earliest = Int64.max
  private var latest = Int64.min

  /// Earliest time of a frame; nil where none has one.
  var firstTime: Int64? { earliest <= latest ? earliest : nil }
  /// Latest time of a frame; nil where none has one.
  var lastTime: Int64? { earliest <= latest ? latest : nil }
  /// The row of the flow that began last.
  var lastFlowID: Int64 { unsafe flows.lastID }
  /// The row of the last frame.
  var lastFrameID: Int64 { firstFrameID - 1 + frameCount }
  /// The highest `id` by table of the rows that it made with those of before.
  var highestIDs: [String: Int64] {
    var highest = rows.highestIDs
    highest["captures"] = captureID
    highest["frames"] = lastFrameID
    highest["flows"] = lastFlowID
    return highest
  }
  /// The row of `captures` that is read at present.
  var captureID: Int64 { rows.captureID }
  /// Whether it is time to take what was made of the frames.
  var isFull: Bool { log.isFull || rows.pendingBytes > IngestBatch.recordByteLimit }

  /// A decoder whose rows go behind those of `storedIDs`, the highest `id` by table.
  init(captureID: Int64, storedIDs: [String: Int64]) {
    rows = RowSink(captureID: captureID, storedIDs: storedIDs)
    log = FlowEventLog(rows: rows)
    let lastFlowID = storedIDs["flows"] ?? 0
    unsafe flows = FlowTable(lastID: lastFlowID)
    newestFlowID = lastFlowID
    firstFrameID = (storedIDs["frames"] ?? 0) + 1
  }

  /// Puts what was made of the frames since the last call into `batch`, which is empty.
  func take(into batch: inout DecodedBatch) {
    var records = RecordBatch()
    swap(&records, &batch.rows.packetRecords)
    batch.rows.packetRecords = rows.take(reusing: records)
    var events = FlowEvents()
    swap(&events, &batch.events)
    batch.events = log.take(reusing: events)
  }

  /// Interfaces whose rows were emitted.
  var interfaceCount: Int { interfaceIDs.count }

  /// Emits the rows of interfaces that were not met before.
  func emitInterfaces(_ interfaces: [CaptureInterface]) {
    var ids = interfaceIDs
    for interface in interfaces.dropFirst(ids.count) {
      ids.append(
        rows.emit(
          InterfaceRecord(
            captureID: rows.captureID, number: interface.number, name: interface.name,
            description: interface.description, linkType: interface.linkType, snaplen: interface.snaplen)))
    }
    interfaceIDs = ids
  }

  /// Decodes a frame and returns its row. The row of its interface has been emitted.
  func decode(_ frame: CapturedFrame, bytes: RawSpan) -> FrameRow {
    let id = firstFrameID + frameCount
    frameCount += 1
    if let time = frame.timestamp {
      earliest = min(earliest, time)
      latest = max(latest, time)
    }
    var layers = PacketLayers()
    unsafe PacketDecoder.decode(
      bytes, length: frame.length, linkType: frame.linkType, into: &layers, encapsulations: &encapsulations)
    var row = FrameRow(
      id: id, number: Int64(frame.number), time: frame.timestamp ?? FrameRow.noTime,
      length: UInt32(clamping: frame.length), capturedLength: UInt32(clamping: frame.capturedLength))
    if frame.interface > 0, frame.interface < interfaceIDs.count { row.interfaceID = interfaceIDs[frame.interface] }
    if layers.network == .ipv4 || layers.network == .ipv6 {
      let place = FlowFrame(id: id, time: frame.timestamp)
      let slot: Int
      if layers.transport == .fragment {
        noteFragment(layers, frame: id)
        slot = joinFlow(&row, fragment: &layers, bytes: bytes, place: place)
      } else {
        slot = joinFlow(&row, layers, payload: bytes, place: place)
      }
      if layers.isEncapsulated { noteTunnels(row, slot: slot) }
    } else {
      noteLinkFrame(layers, bytes, id: id, linkType: frame.linkType, length: row.length)
      if layers.authenticationOffset >= 0 {
        noteAuthentication(layers, bytes, on: LinkPath(layers), frame: FlowFrame(id: id, time: frame.timestamp))
      }
    }
    count(row, layers)
    if layers.fault.reason != .none {
      log.diagnose(
        layers.fault.code, layers.fault.detail, frame: id, flow: row.flowID == 0 ? nil : row.flowID)
    }
    return row
  }

  /// Counts the frame in the roll-up by time.
  @inline(__always)
  private func count(_ row: FrameRow, _ layers: borrowing PacketLayers) {
    // Flows are numbered as they begin.
    let beginsFlow = row.flowID > newestFlowID
    if beginsFlow { newestFlowID = row.flowID }
    unsafe timeline.add(
      time: row.time == FrameRow.noTime ? nil : row.time,
      kind: row.flowID == 0 ? .other : TrafficTimeline.Kind(layers), length: row.length, beginsFlow: beginsFlow)
  }

  /// Counts a fragment to its flow, or the packet that it completes; `depth` is how many packets put together it was in.
  /// Returns the flow's slot.
  @inline(never)
  private func joinFlow(
    _ row: inout FrameRow, fragment layers: inout PacketLayers, bytes: RawSpan, place: FlowFrame, depth: Int = 0
  ) -> Int {
    let path =
      layers.isEncapsulated
      ? unsafe tunnels.path(encapsulations, rows: rows, frame: row.id) : TunnelTable.noPath
    let outcome = fragments.add(layers, frame: bytes, place: place, path: path)
    if let conflict = fragments.conflict { log.diagnose("ip-fragment-conflict", conflict, frame: row.id) }
    reportIncompleteFragments(atEnd: false)
    switch outcome {
    case .complete(let payload, let ipProtocol):
      layers.ipProtocol = ipProtocol
      unsafe PacketDecoder.decodeReassembled(payload.bytes, into: &layers, encapsulations: &encapsulations)
      if layers.transport == .fragment, depth < CaptureDecoder.fragmentDepth {
        return joinFlow(&row, fragment: &layers, bytes: payload.bytes, place: place, depth: depth + 1)
      }
      return joinFlow(&row, layers, payload: payload.bytes, place: place)
    case .refused(let reason): log.diagnose("ip-fragment", reason, frame: row.id)
    case .waiting: break
    }
    return joinFlow(&row, layers, payload: bytes, place: place)
  }

  /// Counts a packet to its flow, whose slot it returns; `bytes` are what the offsets in `layers` refer to.
  @inline(__always)
  private func joinFlow(
    _ row: inout FrameRow, _ layers: borrowing PacketLayers, payload bytes: RawSpan, place: FlowFrame
  ) -> Int {
    let start = Int(layers.payloadOffset)
    let payload = bytes.part(from: start, to: start &+ Int(layers.capturedPayloadLength))
    let membership = unsafe flows.process(layers, payload: payload, frame: place, observer: log)
    row.flowID = membership.flowID
    row.fromClient = membership.fromClient ? 1 : 0
    row.payloadLength = layers.payloadLength
    if layers.authenticationOffset >= 0 {
      noteAuthentication(
        layers, bytes, on: .tunnel(flow: membership.flowID, fromClient: membership.fromClient), frame: place)
    }
    switch layers.transport {
    case .tcp where layers.hasTransportHeader:
      row.isTCP = true
      row.flags = layers.flags
      row.sequence = layers.sequence
      row.acknowledgment = layers.acknowledgment
      row.window = layers.window
      noteOptions(layers, bytes, membership, frame: row.id)
    case .icmp, .icmpv6: noteICMP(layers, bytes, flow: membership.flowID, frame: row.id)
    default: break
    }
    return membership.slot
  }

  @inline(__always)
  private func noteOptions(
    _ layers: borrowing PacketLayers, _ bytes: RawSpan, _ membership: FlowTable.Membership, frame: Int64
  ) {
    let isSYN = layers.flags & 2 != 0
    if layers.optionsLength == 0, !isSYN { return }
    let start = Int(layers.payloadOffset)
    let options = bytes.part(from: start &- Int(layers.optionsLength), to: start)
    if TCPOptions.isUsual(options), !isSYN { return }
    noteRareOptions(options, isSYN: isSYN, layers, membership, frame: frame)
  }

  @inline(never)
  private func noteRareOptions(
    _ bytes: RawSpan, isSYN: Bool, _ layers: borrowing PacketLayers, _ membership: FlowTable.Membership, frame: Int64
  ) {
    let options = TCPOptions(bytes)
    guard isSYN || !options.blocks.isEmpty else { return }
    if isSYN { unsafe flows.take(options, of: membership) }
    rows.emit(
      TCPOptionsRecord(
        options: options, names: optionNames.names(of: options), acknowledgment: layers.acknowledgment), id: frame)
  }

  @inline(never)
  private func noteICMP(_ layers: borrowing PacketLayers, _ bytes: RawSpan, flow: Int64, frame: Int64) {
    let (reply, request): (UInt8, UInt8) = layers.transport == .icmp ? (0, 8) : (129, 128)
    let type = layers.icmpType
    let isVersion6 = layers.transport == .icmpv6
    let isError = QuotedPacket.isError(type: type, isVersion6: isVersion6)
    rows.emit(
      ICMPRecord(
        flowID: flow, frameID: frame, type: type, code: layers.icmpCode,
        echo: type == reply || type == request ? (layers.icmpIdentifier, layers.icmpSequence) : nil,
        timeToLive: layers.timeToLive,
        neighbor: NeighborMessage(
          type: type, isVersion6: isVersion6, bytes: bytes, payloadOffset: Int(layers.payloadOffset),
          length: Int(layers.capturedPayloadLength)),
        quotation: isError ? quotation(layers, bytes, type: type, isVersion6: isVersion6) : nil))
  }

  /// What an ICMP error says of the packet that it is about.
  private func quotation(
    _ layers: borrowing PacketLayers, _ bytes: RawSpan, type: UInt8, isVersion6: Bool
  ) -> ICMPRecord.Quotation {
    let start = Int(layers.payloadOffset)
    var quotation = ICMPRecord.Quotation()
    if let packet = QuotedPacket(bytes.part(from: start, to: start &+ Int(layers.capturedPayloadLength))) {
      quotation.flowID = unsafe flows.flowID(of: packet.layers)
      if quotation.flowID == nil { quotation.packet = packet }
    }
    if isVersion6 {
      if type == 2 { quotation.mtu = bytes.u32(at: start &- 4) }
    } else if type == 3, layers.icmpCode == 4 {
      quotation.mtu = bytes.u16(at: start &- 2).flatMap { $0 == 0 ? nil : UInt32($0) }
    }
    return quotation
  }

  private func noteFragment(_ layers: borrowing PacketLayers, frame: Int64) {
    rows.emit(
      IPFragmentRecord(
        identification: layers.identification, offset: layers.fragmentOffset, moreFragments: layers.moreFragments,
        ipProtocol: layers.ipProtocol),
      id: frame)
  }

  @inline(never)
  private func noteTunnels(_ row: FrameRow, slot: Int) {
    let path = unsafe tunnels.path(encapsulations, rows: rows, frame: row.id)
    if path == TunnelTable.noPath {
      return log.diagnose("tunnel-limit", "more than \(TunnelTable.limit) combinations of tunnels", frame: row.id)
    }
    tunnels.count(path, flow: row.flowID, slot: slot, fromClient: row.fromClient == 1, length: row.length, rows: rows)
  }

  private func noteLinkFrame(
    _ layers: PacketLayers, _ bytes: RawSpan, id: Int64, linkType: UInt16, length: UInt32
  ) {
    if layers.network == .arp { noteARP(layers, bytes, id: id) }
    if layers.linkProtocol == .linkType { noteUndecoded(layers, id: id) }
    let name =
      layers.network == .arp
      ? "ARP"
      : layers.linkProtocolName?.description
        ?? (layers.etherType == 0 || layers.linkProtocol == .linkType
          ? "Link type \(linkType)" : "0x" + hexadecimal(layers.etherType))
    links.add(name, length: length)
    rows.emit(
      LinkFrameRecord(
        source: layers.hasMAC ? layers.sourceMAC : nil,
        destination: layers.hasDestinationMAC ? layers.destinationMAC : nil, protocolName: name),
      id: id)
  }

  /// Says once in a capture that frames of a link type have a name only.
  private func noteUndecoded(_ layers: PacketLayers, id: Int64) {
    guard undecodedLinkTypes.insert(layers.etherType).inserted else { return }
    let name = layers.linkProtocolName?.description ?? "without a name"
    log.diagnose(
      "undecoded-link-type", "of frames of link type \(layers.etherType) (\(name)) nothing but the name is known",
      frame: id)
  }

  /// Passes on a message of PAP, CHAP or EAP, which stands in `bytes` where `layers` says.
  @inline(never)
  private func noteAuthentication(
    _ layers: borrowing PacketLayers, _ bytes: RawSpan, on path: LinkPath, frame: FlowFrame
  ) {
    let method: LinkLogins.Method
    switch layers.linkProtocol {
    case .pap: method = .pap
    case .chap: method = .chap
    case .eap: method = .eap
    default: return
    }
    let message = bytes.part(from: Int(layers.authenticationOffset)).copied()
    log.remark { $0.authenticationReceived(message.bytes, method, on: path, frame: frame) }
  }

  private func noteARP(_ layers: PacketLayers, _ bytes: RawSpan, id: Int64) {
    do throws(Fault) {
      let message = try ARPMessage(bytes.part(from: Int(layers.arpOffset)))
      if let record = ARPRecord(captureID: rows.captureID, frameID: id, message: message) {
        rows.emit(record)
      } else {
        log.diagnose("unsupported-arp", "ARP for other hardware or protocols than Ethernet and IPv4", frame: id)
      }
    } catch {
      log.diagnose("\(error.reason.rawValue)-arp", error.description, frame: id)
    }
  }

  private func reportIncompleteFragments(atEnd end: Bool) {
    for (frame, reason) in fragments.incomplete(atEnd: end) {
      log.diagnose("incomplete-fragments", reason, frame: frame)
    }
  }

  /// Takes in what a pcapng capture says beside its packets; `interfaces` are those met so far.
  func note(_ note: CaptureNote, interfaces: [CaptureInterface]) {
    switch note {
    case .name(let address, let name):
      log.remark { analysis in
        let sink = analysis.sink
        sink.name(name.bytes, of: sink.addressID(address), source: .capture, frame: nil)
      }
    case .comment(let text, let subject):
      emitInterfaces(interfaces)
      rows.emit(CommentRecord(captureID: rows.captureID, subject: subject, interfaceIDs: interfaceIDs, text: text))
    case .secrets(let type, let bytes):
      rows.emit(DecryptionSecretsRecord(captureID: rows.captureID, type: type, secret: bytes))
    case .omitted(let what):
      log.diagnose("capture-notes-limit", what)
    }
  }

  /// Takes in what the capture says of the last frame decoded beside its bytes.
  func note(_ options: FrameOptions) {
    for text in options.comments {
      rows.emit(CommentRecord(captureID: rows.captureID, frameID: lastFrameID, text: text))
    }
    if let record = FrameFlagsRecord(options.flags) { rows.emit(record, id: lastFrameID) }
  }

  /// Emits what the capturing program counted, by the index of the interface.
  func emit(_ statistics: [Int: InterfaceStatistics]) {
    for (number, counts) in statistics.sorted(by: { $0.key < $1.key }) where number < interfaceIDs.count {
      rows.emit(InterfaceStatisticsRecord(statistics: counts), id: interfaceIDs[number])
    }
  }

  /// Ends a file of a ring; flows and fragments go on in the next. `interfaces` are all that it has.
  func endCapture(interfaces: [CaptureInterface]) {
    emitInterfaces(interfaces)
    emitTraffic()
    log.remark { $0.sink.diagnoseOmissions() }
  }

  /// Goes on with the next file of a ring.
  func beginCapture() {
    firstFrameID += frameCount
    frameCount = 0
    (earliest, latest) = (.max, .min)
    interfaceIDs = []
    let (id, firstFrame) = (captureID + 1, firstFrameID)
    rows.beginCapture(id, firstFrame: firstFrame)
    log.remark { $0.sink.beginCapture(id, firstFrame: firstFrame) }
  }

  /// Ends what is open: nothing follows. `interfaces` are all that the capture has. `handOver` is called now and then to
  /// take what was made: that of all open flows together is many times a batch.
  func finish<Failure: Error>(
    interfaces: [CaptureInterface], handOver: () throws(Failure) -> Void
  ) throws(Failure) {
    emitInterfaces(interfaces)
    reportIncompleteFragments(atEnd: true)
    while unsafe flows.finish(atMost: CaptureDecoder.flowsAtOnce, observer: log) {
      if isFull { try handOver() }
    }
    log.remark { analysis in
      analysis.finish()
      analysis.emitTraffic()
    }
    emitTraffic()
    log.remark { $0.sink.diagnoseOmissions() }
  }

  /// Emits what was counted of the capture's frames.
  private func emitTraffic() {
    let (met, counted) = (tunnels.tunnels, links)
    (tunnels, links) = (TunnelTable(), LinkTraffic())
    log.remark { analysis in
      TunnelTable.emit(met, to: analysis.sink)
      analysis.emit(counted)
    }
    unsafe timeline.emit(to: rows)
    unsafe timeline = TrafficTimeline()
  }
}

/// A 16-bit number in four lower-case hexadecimal digits.
private func hexadecimal(_ value: UInt16) -> String {
  Bytes.hexadecimal([UInt8(value >> 8), UInt8(value & 0xff)])
}

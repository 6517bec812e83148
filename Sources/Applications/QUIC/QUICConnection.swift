import Bytes
import Records

/// One QUIC connection of a flow: what its long headers say, and the handshake in its Initial packets.
final class QUICConnection {
  /// Initial packets of a connection that are decrypted, or tried; a handshake has two to ten of them.
  static let initialLimit = 64
  /// Pairs of keys that are kept: two for each version and each destination that Initial packets were sent to.
  static let keyLimit = 8

  /// What becomes its row.
  struct Facts: Sendable {
    /// Nil: no packet of the client is in the capture.
    var clientVersion: QUICVersion?
    /// That of the server's packets; nil: there are none.
    var serverVersion: QUICVersion?
    /// Of a Version Negotiation packet; nil: none came.
    var offeredVersions: String?
    /// The client's first Destination Connection ID, which it made up.
    var destination: [UInt8]?
    /// The client's own connection ID.
    var client: [UInt8]?
    /// The server's own connection ID.
    var server: [UInt8]?
    /// The connection ID that a Retry packet gave the client; nil: none came.
    var retry: [UInt8]?
    var tokenLength = 0
    var hasEarlyData = false
    var userAgent: String?
    var transportParameters: String?
    var closing: (side: Side, code: Int, reason: [UInt8])?
  }

  private struct Keys {
    let version: QUICVersion
    let destination: [UInt8]
    let side: Side
    let keys: QUICPacketKeys
  }

  /// What is read of one side.
  private struct Direction {
    var stream = QUICCryptoStream()
    var largest: UInt64?
    /// Initial packets that were decrypted.
    var opened = 0
    /// The first Initial packet that was not.
    var failed: (frame: FrameStamp, version: QUICVersion)?
    /// Nothing more of its handshake is read.
    var isOver = false
  }

  private let flow: FlowIdentity
  private let first: FrameStamp
  private(set) var facts = Facts()
  private var client = Direction()
  private var server = Direction()
  private var keys: [Keys] = []
  private var attempts = 0
  /// Whether the next ClientHello is one that has its row already.
  private var isRepeated = false
  private var rows: TLSHandshakeRows

  init(flow: FlowIdentity, first: FrameStamp) {
    self.flow = flow
    self.first = first
    rows = TLSHandshakeRows(flow: flow, transport: .quic)
  }

  /// Bytes of unfinished handshakes.
  var heldBytes: Int { client.stream.heldBytes + server.stream.heldBytes }

  /// Whether Initial packets of `side` were decrypted.
  func hasRead(_ side: Side) -> Bool { side == .client ? client.opened > 0 : server.opened > 0 }

  /// Whether a client's packet with these connection IDs is one of this connection.
  func isSent(to destination: RawSpan, from source: RawSpan) -> Bool {
    guard facts.client.map({ $0.bytes.equals(source) }) ?? false else { return false }
    return [facts.destination, facts.retry, facts.server].contains { $0.map { $0.bytes.equals(destination) } ?? false }
  }

  /// Whether a packet of Google's until Q043, which has one connection ID, is one of this connection.
  func isSent(toGoogle identifier: RawSpan) -> Bool {
    facts.destination.map { $0.bytes.equals(identifier) } ?? false
  }

  /// Whether a server's packet to this connection ID is one of this connection.
  func isAnswered(to destination: RawSpan) -> Bool {
    facts.client.map { $0.bytes.equals(destination) } ?? false
  }

  /// Notes who sent a first packet of the client, and to whom.
  func open(_ header: QUICLongHeader, _ bytes: RawSpan) {
    facts.clientVersion = header.version
    facts.destination = bytes.part(header.destination).copied()
    facts.client = bytes.part(header.source).copied()
  }

  /// Notes who sent a packet of the client that is not its first.
  func join(_ header: QUICLongHeader, _ bytes: RawSpan) {
    facts.clientVersion = header.version
    facts.client = bytes.part(header.source).copied()
  }

  /// Notes a 0-RTT packet.
  func sawEarlyData() { facts.hasEarlyData = true }

  /// Notes the header of one of the server's packets.
  func answer(_ header: QUICLongHeader, _ bytes: RawSpan) {
    facts.serverVersion = header.version
    if facts.server == nil { facts.server = bytes.part(header.source).copied() }
  }

  /// Notes a Version Negotiation packet (RFC 9000, section 17.2.1).
  func negotiate(_ header: QUICLongHeader, _ bytes: RawSpan) {
    let list = bytes.part(from: header.end, to: header.end + 4 * 32)
    beginAnew()
    facts.offeredVersions = stride(from: 0, to: list.byteCount - 3, by: 4).compactMap { list.u32(at: $0) }
      .map { QUICVersion(rawValue: $0).description }.joined(separator: ",")
  }

  /// Notes a Retry packet: the client begins anew with the server's connection ID (RFC 9000, section 17.2.5).
  func retry(_ header: QUICLongHeader, _ bytes: RawSpan) {
    facts.serverVersion = header.version
    guard facts.retry == nil else { return }
    facts.retry = bytes.part(header.source).copied()
    beginAnew()
  }

  /// The client sends its hello again, to another connection ID or in another version.
  private func beginAnew() {
    isRepeated = client.stream.hasConsumed
    client.stream.clear()
  }

  /// Reads an Initial packet of `side`. False: it can not be decrypted as one of this connection.
  func initial(
    _ header: QUICLongHeader, _ body: QUICLongHeader.Body, _ bytes: RawSpan, from side: Side, in frame: FrameStamp,
    context: ApplicationContext
  ) -> Bool {
    if side == .client { facts.tokenLength = max(facts.tokenLength, body.tokenLength) }
    guard !(side == .client ? client.isOver : server.isOver), attempts < QUICConnection.initialLimit else {
      return true
    }
    attempts += 1
    guard let opened = decrypt(header, body, bytes, from: side) else {
      let failed = (frame: frame, version: header.version)
      if side == .client {
        if client.failed == nil { client.failed = failed }
      } else if server.failed == nil {
        server.failed = failed
      }
      return false
    }
    if side == .client {
      facts.clientVersion = facts.clientVersion ?? header.version
      read(opened, header.version, from: side, &client, in: frame, context: context)
    } else {
      read(opened, header.version, from: side, &server, in: frame, context: context)
    }
    if rows.isNegotiated, !client.stream.hasMessage {
      over(&client)
      over(&server)
      keys = []
    }
    return true
  }

  private func decrypt(
    _ header: QUICLongHeader, _ body: QUICLongHeader.Body, _ bytes: RawSpan, from side: Side
  ) -> QUICPacketKeys.Opened? {
    let largest = side == .client ? client.largest : server.largest
    // What the client sent its last first packet to counts; before a Retry, what it made up.
    for destination in [facts.retry, facts.destination] {
      guard let destination, let keys = keys(header.version, destination, side) else { continue }
      guard let opened = keys.open(bytes, from: header.start, body, largest: largest) else { continue }
      // What cannot be authenticated must at least look like frames.
      if !opened.isAuthentic, !QUICConnection.looksRight(opened.payload, header.version) { continue }
      return opened
    }
    return nil
  }

  private func keys(_ version: QUICVersion, _ destination: [UInt8], _ side: Side) -> QUICPacketKeys? {
    let known = keys.first { $0.version == version && $0.side == side && $0.destination == destination }
    if let known { return known.keys }
    guard keys.count < QUICConnection.keyLimit,
      let made = QUICPacketKeys(version, destination: destination, side: side)
    else { return nil }
    keys.append(Keys(version: version, destination: destination, side: side, keys: made))
    return made
  }

  private static func looksRight(_ payload: [UInt8], _ version: QUICVersion) -> Bool {
    guard let type = payload.first else { return false }
    return version == .q050 ? type == 8 : [0, 1, 2, 3, 6, 8].contains(type)
  }

  private func read(
    _ opened: QUICPacketKeys.Opened, _ version: QUICVersion, from side: Side, _ direction: inout Direction,
    in frame: FrameStamp, context: ApplicationContext
  ) {
    direction.opened += 1
    direction.largest = max(direction.largest ?? 0, opened.packetNumber)
    let payload = opened.payload
    let bytes = payload.bytes
    var isTooMuch = false
    if version == .q050 {
      guard side == .client else { return }
      for part in QUICGooglePacket.parts(ofQ050: bytes)
      where !direction.stream.add(bytes.part(part.data), at: part.offset, in: frame) {
        isTooMuch = true
      }
      readTags(version, in: frame, &direction, context: context)
    } else {
      let (frames, fault) = QUICFrame.read(bytes, version: version)
      for part in frames {
        switch part {
        case .crypto(let offset, let data):
          if !direction.stream.add(bytes.part(data), at: offset, in: frame) { isTooMuch = true }
        case .close(let code, let reason):
          close(side, code, bytes.part(reason).copied(), in: frame, context: context)
        }
      }
      if let fault, opened.isAuthentic {
        rows.diagnose(
          "malformed-quic", "QUIC Initial packet malformed at byte \(fault) of its frames", in: frame, context: context)
      }
      readMessages(from: side, in: frame, &direction, context: context)
    }
    guard isTooMuch, !direction.isOver else { return }
    rows.diagnose(
      "malformed-quic", "QUIC handshake limit: a piece of it lies too far on, or there are too many", in: frame,
      context: context)
  }

  /// Notes the first CONNECTION_CLOSE. Codes from 0x100 on are alerts of TLS (RFC 9000, section 20.1).
  private func close(_ side: Side, _ code: Int, _ reason: [UInt8], in frame: FrameStamp, context: ApplicationContext) {
    guard facts.closing == nil else { return }
    facts.closing = (side, code, reason)
    rows.side = side
    if code >> 8 == 1 { rows.alert(2, UInt8(truncatingIfNeeded: code), in: frame, context: context) }
  }

  /// Makes rows of the hellos that are whole.
  private func readMessages(
    from side: Side, in frame: FrameStamp, _ direction: inout Direction, context: ApplicationContext
  ) {
    while !direction.isOver, let first = direction.stream.messageFrame, let header = direction.stream.message.u32(at: 0)
    {
      let type = TLSHandshakeType(rawValue: UInt8(truncatingIfNeeded: header >> 24))
      let length = 4 + Int(header & 0xff_ffff)
      guard let type, type == (side == .client ? .clientHello : .serverHello), length <= QUICCryptoStream.limit else {
        rows.diagnose(
          "malformed-quic",
          "QUIC handshake malformed: the \(side) begins with message \(header >> 24) of \(length) bytes",
          in: first, context: context)
        over(&direction)
        return
      }
      guard direction.stream.message.byteCount >= length else { return }
      if side == .server || !isRepeated {
        rows.message(type, direction.stream.message.part(from: 4, to: length), in: first, context: context)
        noteParameters()
      } else {
        isRepeated = false
      }
      direction.stream.consume(length, in: frame)
      // A HelloRetryRequest asks for another ClientHello, which another ServerHello answers.
      if side == .server, rows.isNegotiated { over(&direction) }
    }
  }

  private func over(_ direction: inout Direction) {
    direction.stream.clear()
    direction.isOver = true
  }

  private func noteParameters() {
    guard facts.transportParameters == nil, let parameters = rows.takeTransportParameters() else { return }
    // The extension of the drafts had another number than the RFC's, and another form until draft 26.
    let isOld = facts.clientVersion?.draft.map { $0 < 27 } ?? false
    let read = QUICTransportParameters(parameters.bytes, isOld: isOld)
    facts.transportParameters = read.text.isEmpty ? nil : read.text
    facts.userAgent = read.userAgent
  }

  /// Takes a part of Google's handshake that travels in the clear.
  func google(_ packet: QUICGooglePacket, _ bytes: RawSpan, in frame: FrameStamp, context: ApplicationContext) {
    if facts.clientVersion == nil {
      facts.clientVersion = packet.version
      facts.destination = bytes.part(packet.identifier).copied()
    }
    guard !client.isOver, attempts < QUICConnection.initialLimit else { return }
    attempts += 1
    for part in packet.parts(bytes) {
      let data = bytes.part(part.data)
      _ = client.stream.add(data, at: part.offset, in: frame)
      // The first CHLO, which the server refused for want of a proof, may be older than the capture.
      if data.starts(with: QUICTagMessage.client) { client.stream.begin(at: part.offset, in: frame) }
    }
    readTags(packet.version, in: frame, &client, context: context)
  }

  private func readTags(
    _ version: QUICVersion, in frame: FrameStamp, _ direction: inout Direction, context: ApplicationContext
  ) {
    while !direction.isOver, let first = direction.stream.messageFrame {
      switch QUICTagMessage.read(direction.stream.message) {
      case .more: return
      case .other: over(&direction)
      case .message(let message):
        emit(message, direction.stream.message, version, in: first, context: context)
        direction.stream.consume(message.length, in: frame)
      }
    }
  }

  private func emit(
    _ message: QUICTagMessage, _ bytes: RawSpan, _ version: QUICVersion, in frame: FrameStamp,
    context: ApplicationContext
  ) {
    let name = message.serverName(of: bytes)
    if facts.userAgent == nil { facts.userAgent = message.userAgent(of: bytes).map { WireText.text($0) } }
    context.sink.emit(
      QUICTagHelloRecord(
        flowID: flow.id, frameID: frame.id, version: version, serverName: name,
        protocolName: message.protocolName(of: bytes), ciphers: message.ciphers(of: bytes)))
    if let name { context.nameServer(of: flow, name.bytes, source: .quic, frame: frame.id) }
  }

  /// Nothing follows.
  func finish(context: ApplicationContext) {
    finish(&client, .client, context: context)
    finish(&server, .server, context: context)
    rows.finish(context: context)
    context.sink.emit(QUICConnectionRecord(flowID: flow.id, frameID: first.id, facts: facts))
  }

  private func finish(_ direction: inout Direction, _ side: Side, context: ApplicationContext) {
    if direction.opened == 0, let failed = direction.failed {
      let reason =
        !failed.version.isReadable
        ? "its keys are not known"
        : facts.clientVersion == nil ? "the client's first one is not in the capture" : "no key fits"
      rows.diagnose(
        "undecryptable-quic",
        "the \(side)'s QUIC Initial packets, version \(failed.version), cannot be decrypted: \(reason)",
        in: failed.frame, context: context)
    }
    defer { over(&direction) }
    guard !direction.isOver, direction.stream.hasMessage else { return }
    guard let frame = direction.stream.messageFrame else {
      rows.diagnose(
        "truncated-tls-handshake", "the first part of the \(side)'s QUIC handshake is not in the capture", in: first,
        context: context)
      return
    }
    let message = direction.stream.message
    if facts.clientVersion?.hasGoogleHandshake == true {
      if case .message(let part) = QUICTagMessage.read(message, isPartial: true) {
        emit(part, message, facts.clientVersion ?? .q050, in: frame, context: context)
      }
      rows.diagnose("truncated-tls-handshake", "CHLO is not whole", in: frame, context: context)
      return
    }
    guard let header = message.u32(at: 0),
      let type = TLSHandshakeType(rawValue: UInt8(truncatingIfNeeded: header >> 24))
    else { return }
    rows.truncated(
      type, message.part(from: 4), length: Int(header & 0xff_ffff), in: frame, context: context)
    noteParameters()
  }
}

extension RawSpan {
  /// Whether `other` has the same bytes.
  fileprivate func equals(_ other: RawSpan) -> Bool {
    guard byteCount == other.byteCount else { return false }
    for index in 0..<byteCount where u8(at: index) != other.u8(at: index) { return false }
    return true
  }
}

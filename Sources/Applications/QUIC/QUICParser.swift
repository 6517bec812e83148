import Bytes
import Records

/// Reads the handshakes of QUIC (RFC 9000, RFC 9001): versions 1 and 2, the drafts from 22 on, and Google's. Initial packets
/// are decrypted with the keys that everybody can work out; what follows them is only counted.
public final class QUICParser: DatagramParser {
  /// `quic`.
  public static let service = "quic"
  /// Packets of one datagram that are looked at; a server's first one has up to four.
  static let packetLimit = 16
  /// Connections of one flow: a client may use a port again, and a hostile one make each packet look like a new one.
  static let connectionLimit = 32
  /// Initial packets of one flow that are tried as the first of a connection. Each costs as much as to derive keys.
  static let beginningLimit = 128

  private let flow: FlowIdentity
  private var connections: [QUICConnection] = []
  private var beginnings = 0
  private var isOverLimit = false

  /// Unfinished handshakes.
  public var heldBytes: Int {
    var count = 0
    for connection in connections { count += connection.heldBytes }
    return count
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// Whether the datagram begins with a long header of a version that is known, or one of Google's public headers with
  /// a version. An Initial packet that decrypts as a client's also tells which side is the client.
  public static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe {
    guard let first = payload.u8(at: 0) else { return .no }
    guard first & 0x80 != 0 else { return QUICGooglePacket.begins(payload) ? .match : .no }
    guard let header = QUICLongHeader(payload, at: 0) else { return .no }
    if header.version == .negotiation { return isNegotiation(header, payload) ? .match : .no }
    if header.version.isReserved {
      // Only a client's first packet, which is long, asks for a version that does not exist.
      return header.first & 0x40 != 0 && header.destination.count >= 8 && payload.byteCount >= 1200 ? .match : .no
    }
    guard header.first & 0x40 != 0 || header.version.hasShortLengths else { return .no }
    if header.version.hasShortLengths { return payload.byteCount >= header.end + 20 ? .match : .no }
    switch header.kind {
    case .versionNegotiation: return .no
    case .retry: return payload.byteCount >= header.end + 16 ? .match : .no
    case .handshake, .zeroRTT: return header.body(payload) == nil ? .no : .match
    case .initial:
      guard let body = header.body(payload) else { return .no }
      guard side == .server, body.end >= 1200 else { return .match }
      let destination = payload.part(header.destination).copied()
      let keys = QUICPacketKeys(header.version, destination: destination, side: .client)
      let opened = keys?.open(payload, from: 0, body, largest: nil)
      return opened?.isAuthentic == true ? .reversed : .match
    }
  }

  /// Whether a Version Negotiation packet offers a version that is known, and nothing but versions lies behind its header.
  private static func isNegotiation(_ header: QUICLongHeader, _ payload: RawSpan) -> Bool {
    let count = payload.byteCount - header.end
    guard count >= 4, count % 4 == 0 else { return false }
    var at = header.end
    while let version = payload.u32(at: at) {
      if QUICVersion(rawValue: version).isKnown { return true }
      at += 4
    }
    return false
  }

  /// The next datagram.
  public func consume(
    _ payload: RawSpan, length: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    guard let first = payload.u8(at: 0) else { return }
    guard first & 0x80 != 0 else {
      if first & 0x09 == 0x09, side == .client, let packet = QUICGooglePacket(payload) {
        let known = connections.last { $0.isSent(toGoogle: payload.part(packet.identifier)) }
        (known ?? add(frame, context))?.google(packet, payload, in: frame, context: context)
      }
      return
    }
    var at = 0
    for _ in 0..<QUICParser.packetLimit {
      guard let header = QUICLongHeader(payload, at: at), let end = read(header, payload, side, frame, context) else {
        return
      }
      at = end
    }
  }

  /// Reads a packet. Returns where the next one begins; nil: none can follow.
  private func read(
    _ header: QUICLongHeader, _ payload: RawSpan, _ side: Side, _ frame: FrameStamp, _ context: ApplicationContext
  ) -> Int? {
    switch header.kind {
    case .versionNegotiation:
      guard QUICParser.isNegotiation(header, payload) else { return nil }
      answered(header, payload, side, frame, context)?.negotiate(header, payload)
      return nil
    case .retry where !header.version.hasShortLengths:
      answered(header, payload, side, frame, context)?.retry(header, payload)
      return nil
    default: break
    }
    if header.version.hasShortLengths {
      readShort(header, payload, side, frame, context)
      return nil
    }
    guard let body = header.body(payload) else { return nil }
    switch header.kind {
    case .initial where side == .client: initial(header, body, payload, frame, context)
    case .initial:
      guard let connection = answered(header, payload, side, frame, context) else { break }
      connection.answer(header, payload)
      _ = connection.initial(header, body, payload, from: .server, in: frame, context: context)
    case .handshake where side == .server: answered(header, payload, side, frame, context)?.answer(header, payload)
    case .zeroRTT where side == .client: sent(header, payload)?.sawEarlyData()
    default: break
    }
    return body.end
  }

  /// A client's Initial packet.
  private func initial(
    _ header: QUICLongHeader, _ body: QUICLongHeader.Body, _ payload: RawSpan, _ frame: FrameStamp,
    _ context: ApplicationContext
  ) {
    func read(_ connection: QUICConnection) -> Bool {
      connection.initial(header, body, payload, from: .client, in: frame, context: context)
    }
    if let known = sent(header, payload) {
      _ = read(known)
      return
    }
    // A new connection; or the server's first packets, or its Retry, are not in the capture.
    beginnings += 1
    guard beginnings <= QUICParser.beginningLimit, connections.count < QUICParser.connectionLimit else {
      giveUp(frame, context)
      return
    }
    let fresh = QUICConnection(flow: flow, first: frame)
    fresh.open(header, payload)
    if let last = connections.last, !read(fresh) {
      if last.facts.clientVersion == nil { return last.join(header, payload) }
      if read(last) { return }
    }
    guard keep(fresh, frame, context) else { return }
    if connections.count == 1 { _ = read(fresh) }
  }

  /// Google's Q046, whose handshake is in the clear, and versions that are known by name only.
  private func readShort(
    _ header: QUICLongHeader, _ payload: RawSpan, _ side: Side, _ frame: FrameStamp, _ context: ApplicationContext
  ) {
    guard side == .client else {
      answered(header, payload, side, frame, context)?.answer(header, payload)
      return
    }
    let known = sent(header, payload)
    guard let connection = known ?? add(frame, context) else { return }
    if known == nil { connection.open(header, payload) }
    if let packet = QUICGooglePacket(header) {
      connection.google(packet, payload, in: frame, context: context)
    } else if known == nil {
      context.sink.diagnose(
        "undecryptable-quic", "the handshake of QUIC \(header.version) is not read", frame: frame.id, flow: flow.id)
    }
  }

  private func sent(_ header: QUICLongHeader, _ payload: RawSpan) -> QUICConnection? {
    connections.last { $0.isSent(to: payload.part(header.destination), from: payload.part(header.source)) }
  }

  /// The connection that a server's packet belongs to; one that the capture has nothing of the client of is begun.
  private func answered(
    _ header: QUICLongHeader, _ payload: RawSpan, _ side: Side, _ frame: FrameStamp, _ context: ApplicationContext
  ) -> QUICConnection? {
    guard side == .server else { return nil }
    let destination = payload.part(header.destination)
    if let known = connections.last(where: { $0.isAnswered(to: destination) }) { return known }
    if let last = connections.last, last.facts.clientVersion == nil { return last }
    return connections.isEmpty ? add(frame, context) : nil
  }

  private func add(_ frame: FrameStamp, _ context: ApplicationContext) -> QUICConnection? {
    let connection = QUICConnection(flow: flow, first: frame)
    return keep(connection, frame, context) ? connection : nil
  }

  /// Whether one more connection is followed.
  private func keep(_ connection: QUICConnection, _ frame: FrameStamp, _ context: ApplicationContext) -> Bool {
    guard connections.count < QUICParser.connectionLimit else {
      giveUp(frame, context)
      return false
    }
    connections.append(connection)
    return true
  }

  private func giveUp(_ frame: FrameStamp, _ context: ApplicationContext) {
    guard !isOverLimit else { return }
    isOverLimit = true
    context.sink.diagnose(
      "malformed-quic",
      "QUIC limit: more than \(QUICParser.connectionLimit) connections of one flow, or \(QUICParser.beginningLimit) tries",
      frame: frame.id, flow: flow.id)
  }

  /// Nothing follows.
  public func finish(context: ApplicationContext) {
    for connection in connections { connection.finish(context: context) }
    connections = []
  }
}

import Bytes
import Crypto
import Records

/// Makes rows of the handshake messages of one flow. TLS and DTLS differ in how messages travel, not in what they say.
struct TLSHandshakeRows {
  /// Bytes of the longest message that is put together. Real certificate chains stay below 32 KiB; the length field
  /// would allow 16 MiB.
  static let messageLimit = 128 * 1024
  /// Certificates of one message that become rows; real chains have up to about ten.
  static let certificateLimit = 100
  /// Diagnostics of one flow: a hostile one could make one of every few bytes.
  static let diagnosticLimit = 32
  /// Alerts of one flow that become rows; one ends a handshake, and a few warnings may come before.
  static let alertLimit = 16
  /// Notes in one row of `tls_messages`.
  static let notesPerRow = 64
  /// Rows of `tls_messages` of one flow; a handshake has about ten.
  static let noteRowLimit = 256

  private let flow: FlowIdentity
  private let transport: TLSTransport
  private var diagnostics: UInt8 = 0
  private var noted: [TLSNote] = []
  private var notedFrame: Int64 = 0
  private var noteRows = 0
  private var alerts: UInt8 = 0
  /// Who sends what comes in.
  var side = Side.client
  /// Of the last ClientHello.
  private var transportParameters: [UInt8]?
  private var offeredSession: [UInt8]?
  private var offeredResumption: TLSClientHello.Resumption?
  /// A ServerHello that answers a ticket without a session ID: what follows it tells whether that was accepted.
  private var undecided: TLSServerHelloRecord?

  /// Whether a ServerHello was seen that is no HelloRetryRequest: no further hello travels in the clear.
  private(set) var isNegotiated = false
  /// Whether the server speaks SSL 2.0.
  private(set) var isSSLv2 = false
  /// Whether the ServerHello seen last is a HelloRetryRequest.
  private(set) var isRetryRequest = false

  private var flowID: Int64 { flow.id }

  init(flow: FlowIdentity, transport: TLSTransport) {
    self.flow = flow
    self.transport = transport
  }

  /// Notes what ends in `frame`: a row for each run of notes of one frame.
  mutating func note(_ note: TLSNote, in frame: FrameStamp, context: ApplicationContext) {
    if undecided != nil { decide(by: note, context: context) }
    guard transport == .tcp, noteRows < TLSHandshakeRows.noteRowLimit else { return }
    if frame.id != notedFrame || noted.count >= TLSHandshakeRows.notesPerRow { flush(context: context) }
    notedFrame = frame.id
    noted.append(note)
  }

  /// Emits the row of what was noted last.
  mutating func flush(context: ApplicationContext) {
    guard !noted.isEmpty, noteRows < TLSHandshakeRows.noteRowLimit else { return }
    context.sink.emit(TLSMessagesRecord(flowID: flowID, frameID: notedFrame, notes: noted))
    noted = []
    noteRows += 1
  }

  /// A whole message: `body` is what follows its header, `frame` holds its first byte.
  mutating func message(_ type: TLSHandshakeType, _ body: RawSpan, in frame: FrameStamp, context: ApplicationContext) {
    do throws(Fault) {
      switch type {
      case .clientHello:
        let hello = try TLSClientHello(body, isDatagram: transport == .udp)
        emit(hello, in: frame, context: context)
        if let fault = hello.fault { throw fault }
      case .serverHello:
        let hello = try TLSServerHello(body)
        isRetryRequest = hello.isRetryRequest
        if !hello.isRetryRequest { isNegotiated = true }
        emit(hello, in: frame, context: context)
        if let fault = hello.fault { throw fault }
      case .certificate: try certificates(body, in: frame, context: context)
      default: break
      }
    } catch {
      diagnose("malformed-tls", error.description, in: frame, context: context)
    }
  }

  private mutating func emit(_ hello: TLSClientHello, in frame: FrameStamp, context: ApplicationContext) {
    context.sink.emit(TLSClientHelloRecord(hello, transport: transport, flowID: flowID, frameID: frame.id))
    offeredSession = hello.sessionBytes.copied()
    offeredResumption = hello.resumption
    if transport == .quic, let parameters = hello.transportBytes { transportParameters = parameters.copied() }
    if let name = hello.nameBytes {
      context.nameServer(of: flow, name, source: transport == .quic ? .quic : .sni, frame: frame.id)
    }
  }

  private mutating func emit(_ hello: TLSServerHello, in frame: FrameStamp, context: ApplicationContext) {
    let record = TLSServerHelloRecord(hello, resumed: isResumed(hello), flowID: flowID, frameID: frame.id)
    guard !hello.isRetryRequest, !hello.isTLS13, record.resumed == nil, offeredSession != nil else {
      context.sink.emit(record)
      return
    }
    undecided = record
  }

  /// Whether the server goes on with an earlier session: in TLS 1.3 it chooses a pre-shared key, before it repeats the
  /// client's session ID. Nil: that cannot be told from the hellos.
  private func isResumed(_ hello: TLSServerHello) -> Bool? {
    if hello.isRetryRequest { return nil }
    if hello.isTLS13 { return hello.extensions.contains(41) }
    guard let offeredSession else { return nil }
    if offeredSession.isEmpty { return offeredResumption == .ticket ? nil : false }
    return hello.session == offeredSession
  }

  /// A server that accepts a ticket goes on to ChangeCipherSpec, perhaps with a new ticket before it (RFC 5077, section
  /// 3.1); one that does not sends its certificate or its key.
  private mutating func decide(by note: TLSNote, context: ApplicationContext) {
    guard side == .server else { return }
    switch note {
    case .handshake(.serverHello): return
    case .handshake(.newSessionTicket), .changeCipherSpec: undecided?.resumed = true
    case .handshake: undecided?.resumed = false
    default: break
    }
    emitUndecided(context: context)
  }

  private mutating func emitUndecided(context: ApplicationContext) {
    if let record = undecided { context.sink.emit(record) }
    undecided = nil
  }

  /// An alert in the clear. Levels that do not exist are no alerts.
  mutating func alert(_ level: UInt8, _ description: UInt8, in frame: FrameStamp, context: ApplicationContext) {
    guard let level = TLSAlert.level(level), alerts < TLSHandshakeRows.alertLimit else { return }
    alerts += 1
    context.sink.emit(
      TLSAlertRecord(flowID: flowID, frameID: frame.id, side: side, level: level, description: description))
  }

  /// Nothing follows.
  mutating func finish(context: ApplicationContext) {
    emitUndecided(context: context)
  }

  /// Gives away the transport parameters of the last ClientHello; nil: there were none, or they are gone.
  mutating func takeTransportParameters() -> [UInt8]? {
    defer { transportParameters = nil }
    return transportParameters
  }

  /// A ClientHello in the form of SSL 2.0.
  mutating func helloSSLv2(_ body: RawSpan, in frame: FrameStamp, context: ApplicationContext) {
    do {
      let hello = try SSLv2ClientHello(body)
      context.sink.emit(SSLv2ClientHelloRecord(flowID: flowID, frameID: frame.id, hello: hello))
    } catch {
      diagnose("malformed-tls", error.description, in: frame, context: context)
    }
  }

  /// A ServerHello of SSL 2.0, behind which nothing is TLS.
  mutating func serverHelloSSLv2(_ body: RawSpan, in frame: FrameStamp, context: ApplicationContext) {
    isSSLv2 = true
    do {
      let hello = try SSLv2ServerHello(body)
      context.sink.emit(SSLv2ServerHelloRecord(flowID: flowID, frameID: frame.id, hello: hello))
      if !hello.certificate.isEmpty {
        certificate(hello.certificate.bytes, position: 1, in: frame, context: context)
      }
    } catch {
      diagnose("malformed-tls", error.description, in: frame, context: context)
    }
  }

  /// A message of `length` bytes of which only `body` can be had. What it says for certain still becomes rows: a
  /// ClientHello with its server name, and the certificates that are whole.
  mutating func truncated(
    _ type: TLSHandshakeType, _ body: RawSpan, length: Int, in frame: FrameStamp, context: ApplicationContext
  ) {
    switch type {
    case .clientHello:
      if let hello = try? TLSClientHello(body, isDatagram: transport == .udp), hello.nameBytes != nil {
        emit(hello, in: frame, context: context)
      }
    case .certificate: _ = try? certificates(body, in: frame, context: context)
    default: break
    }
    let seen = type.isRecorded ? ", \(body.byteCount) seen" : ""
    diagnose(
      "truncated-tls-handshake", "\(type.name) of \(length) bytes is not whole\(seen)", in: frame, context: context)
  }

  /// Emits a row of `diagnostics`, up to `diagnosticLimit` of them.
  mutating func diagnose(_ code: String, _ detail: String, in frame: FrameStamp, context: ApplicationContext) {
    guard diagnostics < TLSHandshakeRows.diagnosticLimit else { return }
    diagnostics += 1
    context.sink.diagnose(code, detail, frame: frame.id, flow: flowID)
  }

  // opaque ASN.1Cert<1..2^24-1>;                              RFC 5246, section 7.4.2
  // struct { ASN.1Cert certificate_list<0..2^24-1>; } Certificate;
  private mutating func certificates(_ body: RawSpan, in frame: FrameStamp, context: ApplicationContext) throws(Fault) {
    var reader = ByteReader(body, layer: "TLS Certificate")
    let length = Int(try reader.u24())
    var position = 0
    while reader.remaining > 0 {
      let size = Int(try reader.u24())
      guard size > 0 else { throw reader.fault(.malformed, "an empty certificate") }
      let der = try reader.bytes(size)
      position += 1
      guard position <= TLSHandshakeRows.certificateLimit else {
        throw reader.fault(.limit, "more than \(TLSHandshakeRows.certificateLimit) certificates")
      }
      certificate(der, position: position, in: frame, context: context)
    }
    if length != body.byteCount - 3 {
      throw reader.fault(.malformed, "a list of \(length) bytes in \(body.byteCount - 3)")
    }
  }

  private mutating func certificate(
    _ der: RawSpan, position: Int, in frame: FrameStamp, context: ApplicationContext
  ) {
    let sha256 = SHA256.hash(der)
    let facts = CertificateFacts.of(der, sha256: sha256)
    context.sink.emit(
      TLSCertificateRecord(
        flowID: flowID, frameID: frame.id, position: position, facts: facts, sha256: sha256, side: side))
    if position == 1, side == .server, let names = facts?.dnsNames {
      let address = context.sink.addressID(flow.server.address)
      for name in names.utf8.split(separator: UInt8(ascii: ",")) {
        // Every byte of UTF-8 text is initialized.
        unsafe context.sink.name(name.span.bytes, of: address, source: .certificate, frame: frame.id)
      }
    }
    if facts == nil {
      diagnose(
        "malformed-certificate", "certificate \(position) of \(der.byteCount) bytes is no X.509 certificate", in: frame,
        context: context)
    }
  }
}

import Bytes
import Records

/// PostgreSQL's protocol 3 (PostgreSQL documentation, chapter 55) up to the end of the authentication; nothing behind it
/// is looked at. A user whom the server lets in without asking for anything, or by a ticket of Kerberos, has no row.
public final class PostgreSQLParser: StreamParser {
  /// `postgresql`.
  public static let service = "postgresql"

  /// Bytes that are kept of one message. Passwords and SCRAM messages are shorter; GSSAPI's tickets may be longer.
  static let keepLimit = 16_384

  private enum Phase {
    /// The client's first message, or the one behind a refused encryption.
    case startup
    /// Encryption was asked for: the server's next byte answers.
    case encryptionAsked
    case authentication
    /// The server agreed to TLS.
    case upgraded
    case over
  }

  private let flow: FlowIdentity
  private var phase = Phase.startup
  private var requests = MessageAssembler(keepLimit: keepLimit)
  private var responses = MessageAssembler(keepLimit: keepLimit)
  private var user = ""
  private var database: String?
  /// What the server has asked for: an authentication request's code (section 55.7).
  private var asked: UInt32?
  /// The SASL mechanism that the client has chosen.
  private var mechanism: String?
  private var login: LoginAttempt?

  /// Another protocol once the server agreed to TLS; done behind the authentication.
  public var outlook: StreamOutlook {
    switch phase {
    case .upgraded: .handedOver
    case .over: .done
    case .startup, .encryptionAsked, .authentication: .open
    }
  }

  /// Unfinished messages, names, and the login that waits for its answer.
  public var heldBytes: Int {
    let names = user.utf8.count + (database?.utf8.count ?? 0) + (mechanism?.utf8.count ?? 0)
    return requests.heldBytes + responses.heldBytes + names + (login?.heldBytes ?? 0)
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// A client's StartupMessage or request for encryption must come first: its length, one of four codes, and of a
  /// StartupMessage a parameter's name.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    if opening.client.byteCount > 0 { return PostgreSQLStartup.probe(opening.client) }
    guard opening.server.byteCount > 0 else { return .more }
    guard !opening.fromStart else { return .no }
    let verdict = PostgreSQLStartup.probe(opening.server)
    return verdict == .match ? .reversed : verdict
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var offset = 0
    while phase != .over, phase != .upgraded, offset < bytes.byteCount {
      if side == .server, phase == .encryptionAsked {
        answerEncryption(bytes.u8(at: offset))
        offset += 1
        continue
      }
      let start = phase == .startup
      let message =
        side == .client
        ? requests.next(in: bytes, from: &offset, frame: frame) {
          start ? PostgreSQLStartup.measure($0) : Self.measure($0)
        }
        : responses.next(in: bytes, from: &offset, frame: frame, measure: Self.measure)
      guard let message else { break }
      if side == .server { response(message, context) } else if start { startup(message) } else { request(message) }
    }
    if requests.isLost || responses.isLost { end(context) }
  }

  /// Behind a gap nothing is certain any more.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    end(context)
  }

  /// Nothing: messages tell their own end.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the login that had no answer.
  public func finish(context: ApplicationContext) {
    end(context)
  }

  /// A message with a type: the type, and the length without it.
  private static func measure(_ bytes: RawSpan) -> MessageMeasure {
    guard let type = bytes.u8(at: 0) else { return .more }
    guard type &- 0x41 < 26 || type &- 0x61 < 26 || type &- 0x30 < 10 else { return .no }
    guard bytes.u8(at: 1) ?? 0 <= 1 else { return .no }
    guard let length = bytes.u32(at: 1) else { return .more }
    return length >= 4 ? .keep(1 + Int(length)) : .no
  }

  private func answerEncryption(_ byte: UInt8?) {
    switch byte {
    case UInt8(ascii: "S"): phase = .upgraded
    case UInt8(ascii: "N"): phase = .startup
    default: phase = .over
    }
  }

  private func startup(_ message: AssembledMessage) {
    switch PostgreSQLStartup(message.bytes.bytes) {
    case .start(let user, let database):
      self.user = user
      self.database = database
      phase = .authentication
    case .encryption, .gssEncryption: phase = .encryptionAsked
    case .cancel, nil: phase = .over
    }
  }

  /// The server's message: an authentication request, an error, or a notice.
  private func response(_ message: AssembledMessage, _ context: ApplicationContext) {
    let bytes = message.bytes.bytes
    switch bytes.u8(at: 0) {
    case UInt8(ascii: "R"): authentication(bytes.u32(at: 5), message.frame, context)
    case UInt8(ascii: "E"):
      // Class 28 is 'invalid authorization specification' (appendix A); what else it may be says nothing of the password.
      let code = PostgreSQLParser.errorCode(bytes)
      answer(code?.hasPrefix("28") == true ? false : nil, message.frame, context)
    default: break
    }
  }

  private func authentication(_ code: UInt32?, _ frame: FrameStamp, _ context: ApplicationContext) {
    switch code {
    case 0: answer(true, frame, context)
    case 3, 5, 7, 9, 10: asked = code
    case 8, 11, 12: break
    default: end(context)
    }
  }

  /// The client's answer to what was asked, all of which have the type `p`.
  private func request(_ message: AssembledMessage) {
    guard message.bytes.first == UInt8(ascii: "p"), !message.isCut else { return }
    let bytes = message.bytes.bytes
    let end = bytes.firstIndex(of: 0, from: 5) ?? bytes.byteCount
    let found: LoginAttempt? =
      switch asked {
      case 3: attempt("password", WireText.text(bytes.part(from: 5, to: end)), .password)
      // `md5` and the digest in hexadecimal.
      case 5 where bytes.starts(with: "md5", at: 5):
        SASLMessage.hexDigest(bytes.part(from: 8, to: end).copied()).map { attempt("md5", $0, .hash) }
      case 7, 9: NTLMAuthenticate(foundIn: bytes.part(from: 5).copied())?.attempt
      case 10: sasl(bytes, end)
      default: nil
      }
    guard var found else { return }
    found.frameID = message.frame.id
    login = found
  }

  /// A client's message of SASL: the first one, which the mechanism's name and a length stand before, or a later one.
  private func sasl(_ bytes: RawSpan, _ end: Int) -> LoginAttempt? {
    guard let mechanism else {
      mechanism = WireText.text(bytes.part(from: 5, to: end))
      return mechanism == "OAUTHBEARER"
        ? SASLMessage.bearer(bytes.part(from: end + 5).copied(), mechanism: "OAUTHBEARER") : nil
    }
    var found = SASLMessage.scramProof(bytes.part(from: 5).copied(), of: user, mechanism: mechanism)
    found?.domain = database
    return found
  }

  private func attempt(_ mechanism: String, _ secret: String, _ kind: CredentialRecord.Kind) -> LoginAttempt {
    LoginAttempt(mechanism: mechanism, domain: database, username: user, secret: secret, kind: kind, frameID: 0)
  }

  private func answer(_ accepted: Bool?, _ frame: FrameStamp, _ context: ApplicationContext) {
    login?.emit(Self.service, accepted: accepted, answer: frame, flow: flow, context: context)
    login = nil
    phase = .over
  }

  private func end(_ context: ApplicationContext) {
    login?.emit(Self.service, accepted: nil, answer: nil, flow: flow, context: context)
    login = nil
    if phase != .upgraded { phase = .over }
  }

  /// The SQLSTATE of an ErrorResponse: fields of a type and text, each ended by NUL; `C` is the code.
  private static func errorCode(_ bytes: RawSpan) -> String? {
    var offset = 5
    while let type = bytes.u8(at: offset), type != 0, let end = bytes.firstIndex(of: 0, from: offset + 1) {
      if type == UInt8(ascii: "C") { return WireText.text(bytes.part(from: offset + 1, to: end)) }
      offset = end + 1
    }
    return nil
  }
}

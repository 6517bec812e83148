import Bytes
import Records

/// RADIUS over UDP (RFC 2865): Access-Requests joined to their answers by identifier.
///
/// An exchange of challenges, as EAP's, is one attempt: the row has what its requests told, the last one first.
public final class RADIUSParser: DatagramParser {
  /// `radius`.
  public static let service = "radius"

  /// Exchanges of one flow in which the server waits for the client's next request; beyond it one more is given up.
  static let challengedLimit = 256

  private static let ports: Set<UInt16> = [1812, 1813, 1645, 1646, 1700, 3799]

  private struct Pending {
    let authenticator: [UInt8]
    let login: LoginAttempt
  }

  private let flow: FlowIdentity
  /// Requests that wait for an answer: one for each of the 256 identifiers.
  private var pending: [UInt8: Pending] = [:]
  /// Attempts that the server has answered by a challenge, by its State, or by the user where it has none.
  private var challenged: [[UInt8]: LoginAttempt] = [:]
  private var held = 0

  /// Requests that wait for an answer, and exchanges that go on.
  public var heldBytes: Int { held }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// Messages that are RADIUS to the last byte, each attribute within the message and, where its type has one, of its
  /// length: on any port requests that have what RFC 2865 and 2866 ask of them, on RADIUS's own all.
  public static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe {
    guard RADIUSMessage.mayBe(payload), let message = RADIUSMessage(payload) else { return .no }
    let isUsual = ports.contains(flow.server.port) || ports.contains(flow.client.port)
    guard isUsual || message.namesNAS && message.isCertain else { return .no }
    return message.isRequest == (side == .client) ? .match : .reversed
  }

  /// The next datagram; one that the capture cut tells nothing.
  public func consume(
    _ payload: RawSpan, length: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    guard let message = RADIUSMessage(payload) else { return }
    if side == .client { request(message, frame, context) } else { answer(message, frame, context) }
  }

  /// Emits what had no answer.
  public func finish(context: ApplicationContext) {
    let logins = pending.values.map(\.login) + challenged.values
    for login in logins.sorted(by: { $0.frameID < $1.frameID }) { emit(login, nil, nil, context) }
    pending = [:]
    challenged = [:]
    held = 0
  }

  private func request(_ message: RADIUSMessage, _ frame: FrameStamp, _ context: ApplicationContext) {
    guard message.code == 1, var login = message.login(in: frame) else { return }
    if let earlier = pending[message.identifier] {
      // Sent again.
      guard earlier.authenticator != message.authenticator else { return }
      emit(earlier.login, nil, nil, context)
      held -= earlier.login.heldBytes
    }
    if let key = message.state ?? message.user, let earlier = challenged.removeValue(forKey: key) {
      held -= earlier.heldBytes + key.count
      login = login.continuing(earlier)
    }
    pending[message.identifier] = Pending(authenticator: message.authenticator, login: login)
    held += login.heldBytes
  }

  private func answer(_ message: RADIUSMessage, _ frame: FrameStamp, _ context: ApplicationContext) {
    guard [2, 3, 11].contains(message.code), let login = pending.removeValue(forKey: message.identifier)?.login else {
      return
    }
    held -= login.heldBytes
    guard message.code == 11 else { return emit(login, message.code == 2, frame, context) }
    guard let key = message.state ?? login.username.map(WireText.bytes), challenged[key] == nil,
      challenged.count < RADIUSParser.challengedLimit
    else { return emit(login, nil, frame, context) }
    challenged[key] = login
    held += login.heldBytes + key.count
  }

  private func emit(_ login: LoginAttempt, _ accepted: Bool?, _ answer: FrameStamp?, _ context: ApplicationContext) {
    login.emit(Self.service, accepted: accepted, answer: answer, flow: flow, context: context)
  }
}

extension LoginAttempt {
  /// The attempt that this and an `earlier` request of the same exchange make.
  fileprivate func continuing(_ earlier: LoginAttempt) -> LoginAttempt {
    let isNamed = mechanism != EAPResponse.unnamed
    let hasProof = secret != nil || earlier.secret == nil
    return LoginAttempt(
      mechanism: isNamed ? mechanism : earlier.mechanism, username: username ?? earlier.username,
      secret: hasProof ? secret : earlier.secret, kind: hasProof ? kind : earlier.kind,
      frameID: hasProof ? frameID : earlier.frameID)
  }
}

extension RADIUSMessage {
  /// Whether it is a request with what makes one: a user with a proof, or an accounting status.
  fileprivate var isCertain: Bool {
    code == 1 && user != nil && proof != nil || code == 4 && isAccounting
  }

  /// The attempt that the request, which arrived in `frame`, is; nil: it gives no proof.
  fileprivate func login(in frame: FrameStamp) -> LoginAttempt? {
    let (mechanism, secret): (String, [UInt8]?)
    var (user, kind) = (user, CredentialRecord.Kind.hash)
    switch proof {
    case .password(let value): (mechanism, secret) = ("PAP", value)
    case .chap(let value): (mechanism, secret) = ("CHAP", value)
    case .msCHAP(let value): (mechanism, secret) = ("MS-CHAP", value)
    case .msCHAP2(let value): (mechanism, secret) = ("MS-CHAPv2", value)
    case .eap(let response):
      (mechanism, secret) = (response?.mechanism ?? EAPResponse.unnamed, response?.proof)
      user = user ?? response?.identity
      if response?.type == 6 { kind = .password }
    case nil: return nil
    }
    return LoginAttempt(
      mechanism: mechanism, username: user.map { WireText.text($0) },
      secret: secret.map { kind == .password ? WireText.text($0) : hexadecimal($0) }, kind: kind, frameID: frame.id)
  }
}

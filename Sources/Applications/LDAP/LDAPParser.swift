import Bytes
import Records

/// LDAP (RFC 4511): binds joined to their responses by message ID. Other operations are passed over.
///
/// A bind without a password asks to be nobody, whatever name it has (RFC 4513, section 5.1.2), and is no login. After
/// StartTLS was accepted, TLS follows. After a SASL bind that agreed on a security layer no message begins any more
/// (RFC 4513, section 5.2.1.1), and the rest is not looked at.
public final class LDAPParser: StreamParser {
  /// `ldap`.
  public static let service = "ldap"

  /// Binds that may wait for a response; beyond it the oldest is given up.
  static let pendingLimit = 100

  private static let startTLS = Array("1.3.6.1.4.1.1466.20037".utf8)

  /// A bind that waits for its response.
  private struct Pending {
    let messageID: Int64
    /// Nil: a step of SASL that names nobody.
    let attempt: LoginAttempt?
    /// Nil: no SASL.
    var exchange: SASLExchange?
  }

  private let flow: FlowIdentity
  private var requests = MessageAssembler(keepLimit: LDAPMessage.keepLimit)
  private var responses = MessageAssembler(keepLimit: LDAPMessage.keepLimit)
  private var pending: [Pending] = []
  /// An exchange in which the server has asked for the client's next message.
  private var unfinished: SASLExchange?
  private var startTLSID: Int64?
  private var isUpgraded = false

  /// Another protocol once StartTLS was accepted; done once both sides send what is no LDAP in the clear.
  public var outlook: StreamOutlook {
    isUpgraded ? .handedOver : requests.isLost && responses.isLost ? .done : .open
  }

  /// Unfinished messages, and binds that wait for a response.
  public var heldBytes: Int {
    let waiting = pending.reduce(0) { $0 + ($1.attempt?.heldBytes ?? 0) + ($1.exchange?.heldBytes ?? 0) }
    return requests.heldBytes + responses.heldBytes + waiting + (unfinished?.heldBytes ?? 0)
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// A client's bind, search or extended request must come first: a message whose length, ID, operation and the
  /// operation's first fields have the only types, and where they are numbers values, that RFC 4511 allows.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    if opening.client.byteCount > 0 { return LDAPProbe.look(opening.client) }
    guard opening.server.byteCount > 0 else { return .more }
    guard !opening.fromStart else { return .no }
    let verdict = LDAPProbe.look(opening.server)
    return verdict == .match ? .reversed : verdict
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var offset = 0
    while !isUpgraded, let message = next(bytes, &offset, side, frame) {
      guard !message.isCut else { continue }
      if side == .client { request(message, context) } else { response(message, context) }
    }
  }

  private func next(
    _ bytes: RawSpan, _ offset: inout Int, _ side: Side, _ frame: FrameStamp
  ) -> AssembledMessage? {
    side == .client
      ? requests.next(in: bytes, from: &offset, frame: frame, measure: LDAPMessage.measure)
      : responses.next(in: bytes, from: &offset, frame: frame, measure: LDAPMessage.measure)
  }

  /// The message that lacks bytes is dropped.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client { requests.gap(of: count) } else { responses.gap(of: count) }
  }

  /// Nothing: messages tell their own end.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the binds that had no final response.
  public func finish(context: ApplicationContext) {
    if let unfinished { emit(unfinished.attempt, nil, nil, context) }
    for bind in pending { emit(bind.attempt, nil, nil, context) }
    pending = []
    unfinished = nil
  }

  private func request(_ message: AssembledMessage, _ context: ApplicationContext) {
    switch LDAPMessage.look(message.bytes.bytes) {
    case .operation(LDAPMessage.bindRequest, _, _):
      if let bind = LDAPBind(message.bytes.bytes) { add(bind, in: message.frame, context) }
    case .operation(LDAPMessage.extendedRequest, _, _):
      guard let (id, name) = LDAPParser.extended(message) else { return }
      if name == LDAPParser.startTLS { startTLSID = id }
    default: break
    }
  }

  private func add(_ bind: LDAPBind, in frame: FrameStamp, _ context: ApplicationContext) {
    switch bind.authentication {
    case .sasl(let mechanism, let message):
      guard var exchange = exchange(mechanism, context) else { return }
      if let message, !message.isEmpty { exchange.take(message, in: frame) }
      wait(Pending(messageID: bind.messageID, attempt: exchange.attempt, exchange: exchange), context)
    case .simple(let name, let password):
      abandon(context)
      guard !password.isEmpty else { return }
      let attempt = LoginAttempt(
        mechanism: "simple", username: name.isEmpty ? nil : WireText.text(name), secret: WireText.text(password),
        kind: .password, frameID: frame.id)
      wait(Pending(messageID: bind.messageID, attempt: attempt), context)
    case .sicily(let message):
      abandon(context)
      guard var attempt = NTLMAuthenticate(foundIn: message)?.attempt else { return }
      attempt.frameID = frame.id
      wait(Pending(messageID: bind.messageID, attempt: attempt), context)
    }
  }

  /// The exchange that a bind with `mechanism` goes on with: the one for which the server has asked, one that has named
  /// nobody yet and whose response is missing, or a new one.
  private func exchange(_ mechanism: [UInt8], _ context: ApplicationContext) -> SASLExchange? {
    let new = SASLExchange(mechanism: mechanism)
    if let unfinished, unfinished.mechanism == new?.mechanism {
      self.unfinished = nil
      return unfinished
    }
    abandon(context)
    if let last = pending.last?.exchange, last.mechanism == new?.mechanism, last.attempt == nil {
      pending.removeLast()
      return last
    }
    return new
  }

  /// The client does not go on with an exchange.
  private func abandon(_ context: ApplicationContext) {
    emit(unfinished?.attempt, nil, nil, context)
    unfinished = nil
  }

  private func wait(_ bind: Pending, _ context: ApplicationContext) {
    if pending.count >= LDAPParser.pendingLimit { emit(pending.removeFirst().attempt, nil, nil, context) }
    pending.append(bind)
  }

  private func response(_ message: AssembledMessage, _ context: ApplicationContext) {
    switch LDAPMessage.look(message.bytes.bytes) {
    case .operation(LDAPMessage.bindResponse, _, _):
      guard let (id, code) = LDAPParser.result(message, LDAPMessage.bindResponse),
        let index = pending.firstIndex(where: { $0.messageID == id })
      else { return }
      let bind = pending.remove(at: index)
      if code == 14, let exchange = bind.exchange {
        abandon(context)
        unfinished = exchange
      } else {
        emit(bind.attempt, code, message.frame, context)
      }
    case .operation(LDAPMessage.extendedResponse, _, _):
      guard let startTLSID, let (id, code) = LDAPParser.result(message, LDAPMessage.extendedResponse), id == startTLSID
      else { return }
      self.startTLSID = nil
      isUpgraded = code == 0
    default: break
    }
  }

  private func emit(_ attempt: LoginAttempt?, _ code: Int64?, _ answer: FrameStamp?, _ context: ApplicationContext) {
    // Result codes of RFC 4511, appendix A. operationsError, timeLimitExceeded, referral, busy, unavailable and other say
    // nothing about the credentials, nor does saslBindInProgress behind a simple bind.
    let accepted: Bool? =
      switch code {
      case nil, 1, 3, 10, 14, 51, 52, 80: nil
      case 0: true
      default: false
      }
    attempt?.emit(LDAPParser.service, accepted: accepted, answer: answer, flow: flow, context: context)
  }

  /// The message ID and request name of an ExtendedRequest (RFC 4511, section 4.12).
  private static func extended(_ message: AssembledMessage) -> (id: Int64, name: [UInt8])? {
    do throws(Fault) {
      var outer = BERReader(message.bytes.bytes)
      var reader = try outer.enter(BERReader.sequence)
      let id = try reader.integer()
      var request = try reader.enter(LDAPMessage.extendedRequest)
      return (id, try request.content(0x80).copied())
    } catch {
      return nil
    }
  }

  /// The message ID and resultCode of a response with `tag` (RFC 4511, section 4.1.9).
  private static func result(_ message: AssembledMessage, _ tag: UInt8) -> (id: Int64, code: Int64)? {
    do throws(Fault) {
      var outer = BERReader(message.bytes.bytes)
      var reader = try outer.enter(BERReader.sequence)
      let id = try reader.integer()
      var response = try reader.enter(tag)
      return (id, try response.integer(BERReader.enumerated))
    } catch {
      return nil
    }
  }
}

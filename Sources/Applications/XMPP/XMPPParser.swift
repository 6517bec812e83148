import Bytes
import Records

/// XMPP (RFC 6120) as far as logins need it: SASL (section 6) and the older `jabber:iq:auth` (XEP-0078) with their
/// answers, and STARTTLS (section 5). What comes behind a login is not looked at.
public final class XMPPParser: StreamParser {
  /// `xmpp`.
  public static let service = "xmpp"
  static let saslNamespace = "urn:ietf:params:xml:ns:xmpp-sasl"
  static let tlsNamespace = "urn:ietf:params:xml:ns:xmpp-tls"
  static let oldNamespace = "jabber:iq:auth"

  /// Bytes of both sides without a login that worked after which nothing more is read.
  static let byteLimit = 1 << 20

  private let flow: FlowIdentity
  private var client = XMPPStanzaReader()
  private var server = XMPPStanzaReader()
  private var exchange: SASLExchange?
  /// A login of `jabber:iq:auth`, and the identifier that its answer has too.
  private var old: (attempt: LoginAttempt, id: [UInt8])?
  private var taken = 0
  private var isOver = false

  /// Whether STARTTLS was accepted.
  private(set) var handsOver = false

  private var isSettled: Bool { isOver || handsOver || taken >= XMPPParser.byteLimit }

  /// What it makes of the bytes that come next.
  public var outlook: StreamOutlook { handsOver ? .handedOver : isSettled ? .done : .open }

  /// Unfinished elements and logins.
  public var heldBytes: Int {
    client.heldBytes + server.heldBytes + (exchange?.heldBytes ?? 0)
      + (old.map { $0.attempt.heldBytes + $0.id.count } ?? 0)
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The next bytes, as long as the login is open.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    let bytes = bytes.part(from: 0, to: max(0, XMPPParser.byteLimit - taken))
    taken += bytes.byteCount
    var index = 0
    while index < bytes.byteCount, !isOver, !handsOver {
      if side == .client {
        if let element = client.next(bytes, at: &index, in: frame) { take(fromClient: element, context) }
      } else if let element = server.next(bytes, at: &index, in: frame) {
        take(fromServer: element, context)
      }
    }
    if isSettled { giveUp(context) }
  }

  /// An element that lacks bytes is dropped, and so is a login that may lack some.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client {
      client.gap()
      exchange?.breakOff()
    } else {
      server.gap()
    }
  }

  /// Nothing to do.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the login that had no answer.
  public func finish(context: ApplicationContext) {
    giveUp(context)
  }

  private func take(fromClient element: XMPPElement, _ context: ApplicationContext) {
    let message = element.text.filter { $0 > 0x20 }
    switch element.tag.name {
    case "auth" where element.isOf(XMPPParser.saslNamespace):
      giveUp(context)
      exchange = element.tag.attribute("mechanism").flatMap { SASLExchange(mechanism: $0) }
      if !message.isEmpty { _ = exchange?.take(base64: message, in: element.tag.frame) }
    case "response" where element.isOf(XMPPParser.saslNamespace):
      if message.isEmpty {
        exchange?.take([], in: element.tag.frame)
      } else {
        _ = exchange?.take(base64: message, in: element.tag.frame)
      }
    case "abort" where element.isOf(XMPPParser.saslNamespace): exchange?.breakOff()
    case "iq": takeOld(element, context)
    default: break
    }
  }

  private func takeOld(_ element: XMPPElement, _ context: ApplicationContext) {
    guard element.child?.name == "query", element.tag.attribute("type") == Array("set".utf8),
      element.child?.attribute("xmlns") == Array(XMPPParser.oldNamespace.utf8), let id = element.tag.attribute("id"),
      let username = element.fields["username"], !username.isEmpty
    else { return }
    giveUp(context)
    let name = WireText.text(XMLTag.unescaped(username))
    if let password = element.fields["password"] {
      let secret = WireText.text(XMLTag.unescaped(password))
      old = (
        LoginAttempt(
          mechanism: "iq:auth", username: name, secret: secret, kind: .password, frameID: element.tag.frame.id), id
      )
    } else if let digest = element.fields["digest"], let secret = SASLMessage.hexDigest(digest) {
      old = (
        LoginAttempt(
          mechanism: "iq:auth digest", username: name, secret: secret, kind: .hash, frameID: element.tag.frame.id), id
      )
    }
  }

  private func take(fromServer element: XMPPElement, _ context: ApplicationContext) {
    let frame = element.tag.frame
    switch element.tag.name {
    case "challenge" where element.isOf(XMPPParser.saslNamespace): exchange?.challenge()
    case "success" where element.isOf(XMPPParser.saslNamespace):
      emit(exchange?.attempt, accepted: true, answer: frame, context)
      exchange = nil
      isOver = true
    case "failure" where element.isOf(XMPPParser.saslNamespace):
      let isUnjudged = XMPPParser.unjudged.contains(element.child?.name ?? "")
      emit(exchange?.attempt, accepted: isUnjudged ? nil : false, answer: frame, context)
      exchange = nil
    case "proceed" where element.isOf(XMPPParser.tlsNamespace): handsOver = true
    case "iq":
      guard let old, element.tag.attribute("id") == old.id else { return }
      let type = element.tag.attribute("type").map { WireText.text($0) }
      guard type == "result" || type == "error" else { return }
      emit(old.attempt, accepted: type == "result", answer: frame, context)
      self.old = nil
      isOver = type == "result"
    default: break
    }
  }

  /// Conditions of a failure that say nothing of the secret (RFC 6120, section 6.5).
  private static let unjudged: Set<String> = [
    "aborted", "encryption-required", "incorrect-encoding", "invalid-mechanism", "malformed-request",
    "mechanism-too-weak", "temporary-auth-failure",
  ]

  private func giveUp(_ context: ApplicationContext) {
    emit(exchange?.attempt, accepted: nil, answer: nil, context)
    emit(old?.attempt, accepted: nil, answer: nil, context)
    (exchange, old) = (nil, nil)
  }

  /// The name of the server that the stream was opened to is the domain of its users.
  private func emit(_ attempt: LoginAttempt?, accepted: Bool?, answer: FrameStamp?, _ context: ApplicationContext) {
    guard var attempt else { return }
    if attempt.domain == nil { attempt.domain = client.recipient.map { WireText.text(XMLTag.unescaped($0)) } }
    attempt.emit(XMPPParser.service, accepted: accepted, answer: answer, flow: flow, context: context)
  }
}

import Bytes
import Records

/// Logins of link layers, which have no flow, or lie inside one as in L2TP and PPTP: PAP, CHAP, MS-CHAP and EAP-MD5 in
/// PPP, EAP-MD5 in IEEE 802.1X. One for each capture.
///
/// An answer belongs to the last request of the other end that has its identifier.
public final class LinkLogins {
  /// Logins that may wait for an answer, and names of clients that are kept; beyond it all of them are given up.
  static let limit = 1024

  /// What a message is of.
  public enum Method: Sendable {
    /// RFC 1334.
    case pap
    /// RFC 1994.
    case chap
    /// RFC 3748.
    case eap
  }

  private struct Key: Hashable {
    let path: LinkPath
    let method: Method
    let identifier: UInt8
  }

  private var pending: [Key: LoginAttempt] = [:]
  /// What clients of EAP called themselves.
  private var identities: [LinkPath: String] = [:]

  /// Logins of nothing.
  public init() {}

  /// Takes the message at the front of `bytes`, which went along `path`.
  public func consume(
    _ bytes: RawSpan, _ method: Method, on path: LinkPath, in frame: FrameStamp, context: ApplicationContext
  ) {
    guard let message = LinkMessage(bytes) else { return }
    switch (method, message.code) {
    case (.pap, 1), (.chap, 2), (.eap, 2):
      let path = path.ofClient(isSender: true)
      let key = Key(path: path, method: method, identifier: message.identifier)
      begin(attempt(message, method, on: path), key, frame, context)
    case (.pap, 2), (.pap, 3), (.chap, 3), (.chap, 4), (.eap, 3), (.eap, 4):
      let path = path.ofClient(isSender: false).reversed
      guard let key = request(Key(path: path, method: method, identifier: message.identifier)),
        let attempt = pending.removeValue(forKey: key)
      else { return }
      let isPositive = method == .pap ? message.code == 2 : message.code == 3
      LinkLogins.emit(attempt, on: key.path, accepted: isPositive, answer: frame, context)
    default: break
    }
  }

  private func attempt(_ message: borrowing LinkMessage, _ method: Method, on path: LinkPath) -> LoginAttempt? {
    switch method {
    case .pap: return message.pap()
    case .chap: return message.chap()
    case .eap:
      if let identity = message.eapIdentity() {
        if identities.count >= LinkLogins.limit { identities.removeAll() }
        identities[path] = identity
      }
      return message.eapMD5(identity: identities[path])
    }
  }

  /// The request that an answer belongs to. One to a group address belongs to the only client that waits for it.
  private func request(_ answer: Key) -> Key? {
    guard answer.path.isEAPOL, answer.path.low == 0 else { return answer }
    let fitting = pending.keys.filter { $0.path.isEAPOL && $0.identifier == answer.identifier }
    return fitting.count == 1 ? fitting[0] : nil
  }

  /// Emits the logins that had no answer.
  public func finish(context: ApplicationContext) {
    for (key, attempt) in pending.sorted(by: { $0.value.frameID < $1.value.frameID }) {
      LinkLogins.emit(attempt, on: key.path, accepted: nil, answer: nil, context)
    }
    pending = [:]
  }

  private func begin(_ found: LoginAttempt?, _ key: Key, _ frame: FrameStamp, _ context: ApplicationContext) {
    guard var attempt = found else { return }
    attempt.frameID = frame.id
    if let waiting = pending[key] {
      // The same again is a repetition: what counts is the first.
      attempt.frameID = waiting.frameID
      if attempt == waiting { return }
      attempt.frameID = frame.id
      LinkLogins.emit(waiting, on: key.path, accepted: nil, answer: nil, context)
    } else if pending.count >= LinkLogins.limit {
      finish(context: context)
    }
    pending[key] = attempt
  }

  private static func emit(
    _ attempt: LoginAttempt, on path: LinkPath, accepted: Bool?, answer: FrameStamp?, _ context: ApplicationContext
  ) {
    context.sink.emit(
      CredentialRecord(
        flowID: path.flowID, frameID: attempt.frameID, protocolName: path.isEAPOL ? "eap" : "ppp",
        mechanism: attempt.mechanism, domain: attempt.domain, username: attempt.username, secret: attempt.secret,
        kind: attempt.kind, accepted: accepted, answerFrameID: answer?.id))
  }
}

import Bytes
import Records

/// Joins a client's AS-REQs to what the KDC answers, for one flow.
///
/// A request that proves nothing is an attempt only where the KDC decides on it: it usually asks for preauthentication,
/// and the next request is the attempt. Where the KDC answers such a request by a ticket, what it encrypted by the
/// client's key is the row's secret, as anyone may ask for it.
struct KerberosExchange {
  /// Requests that may wait for an answer; beyond it the oldest is given up.
  static let pendingLimit = 16

  private struct Pending {
    /// Nil: of a ticket-granting exchange, which logs nobody in.
    let request: KerberosRequest?
    let frame: FrameStamp
  }

  private let flow: FlowIdentity
  private var pending: [Pending] = []
  /// How many of the first ones a gap in the KDC's bytes may have answered.
  private var doubtful = 0

  /// Requests that wait for an answer.
  var heldBytes: Int { pending.reduce(0) { $0 + ($1.request?.heldBytes ?? 0) } }

  init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The next message from `side`, which began in `frame`.
  mutating func consume(
    _ message: KerberosMessage, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    switch (message, side) {
    case (.request(let request), .client): wait(Pending(request: request, frame: frame), context)
    case (.ticketRequest, .client): wait(Pending(request: nil, frame: frame), context)
    case (.reply(let cipher), .server): reply(cipher, frame, context)
    case (.ticketReply, .server):
      if let index = pending.firstIndex(where: { $0.request == nil }) { _ = remove(at: index) }
    case (.error(let code), .server): refuse(code, frame, context)
    default: break
    }
  }

  private mutating func wait(_ new: Pending, _ context: ApplicationContext) {
    // Sent again, as UDP needs it.
    guard !pending.contains(where: { $0.request == new.request }) else { return }
    // A client of TCP waits for the answer before it asks again.
    let surplus = max(doubtful, pending.count - KerberosExchange.pendingLimit + 1, 0)
    for request in pending.prefix(surplus) { give(up: request, context) }
    pending.removeFirst(surplus)
    doubtful = 0
    pending.append(new)
  }

  /// Bytes of the KDC are missing.
  mutating func gap() {
    doubtful = pending.count
  }

  private mutating func remove(at index: Int) -> Pending {
    doubtful = max(0, doubtful - 1)
    return pending.remove(at: index)
  }

  private mutating func reply(_ cipher: KerberosCipher?, _ frame: FrameStamp, _ context: ApplicationContext) {
    guard let index = pending.firstIndex(where: { $0.request != nil }) else { return }
    let answered = remove(at: index)
    guard let request = answered.request else { return }
    let attempt =
      if request.proof == nil, let cipher {
        request.attempt(answeredWith: cipher, in: frame)
      } else {
        request.attempt(in: answered.frame)
      }
    emit(attempt, true, frame, context)
  }

  private mutating func refuse(_ code: Int64, _ frame: FrameStamp, _ context: ApplicationContext) {
    guard !pending.isEmpty else { return }
    let answered = remove(at: 0)
    guard let request = answered.request else { return }
    switch code {
    // KRB_ERR_RESPONSE_TOO_BIG asks for the same request over TCP, KDC_ERR_PREAUTH_REQUIRED and
    // KDC_ERR_MORE_PREAUTH_DATA_REQUIRED for another one.
    case 52: break
    case 25, 91: give(up: answered, context)
    case _ where KerberosExchange.refusals.contains(code):
      emit(request.attempt(in: answered.frame), false, frame, context)
    default:
      guard request.proof != nil else { return }
      emit(request.attempt(in: answered.frame), nil, frame, context)
    }
  }

  /// Errors that are about the client (RFC 4120, section 7.5.9; RFC 4556, section 3.1.3): its entry has expired, it is
  /// unknown, it has no key, a policy is against it, it is revoked or not yet valid, its key has expired, its proof does
  /// not hold, does not decrypt or is of another time; its certificate is not trusted, its signature is wrong, its name
  /// is not the certificate's.
  private static let refusals: Set<Int64> = [1, 6, 9, 12, 18, 21, 23, 24, 31, 37, 62, 64, 66]

  /// Emits what had no answer.
  mutating func finish(_ context: ApplicationContext) {
    for request in pending { give(up: request, context) }
    pending = []
  }

  private func give(up waiting: Pending, _ context: ApplicationContext) {
    guard let request = waiting.request, request.proof != nil else { return }
    emit(request.attempt(in: waiting.frame), nil, nil, context)
  }

  private func emit(
    _ attempt: LoginAttempt, _ accepted: Bool?, _ answer: FrameStamp?, _ context: ApplicationContext
  ) {
    attempt.emit(KerberosDatagramParser.service, accepted: accepted, answer: answer, flow: flow, context: context)
  }
}

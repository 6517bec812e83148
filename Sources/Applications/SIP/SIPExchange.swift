import Bytes
import Records

/// Joins requests with credentials to their final responses, for one flow. Either side may ask.
struct SIPExchange {
  /// Credentials that may wait for a response; beyond it the oldest is given up.
  static let pendingLimit = 32
  /// Requests with a final response that are remembered, for what is sent again behind it.
  static let answeredLimit = 8

  private struct Pending {
    let key: SIPMessage.Key
    let side: Side
    let isForProxy: Bool
    let attempt: LoginAttempt
  }

  private let flow: FlowIdentity
  private var pending: [Pending] = []
  private var answered: [SIPMessage.Key] = []

  /// Credentials that wait for a response, and what joins responses to requests.
  var heldBytes: Int {
    pending.reduce(answered.reduce(0) { $0 + $1.heldBytes }) { $0 + $1.key.heldBytes + $1.attempt.heldBytes }
  }

  init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The next message from `side`, which began in `frame`.
  mutating func consume(
    _ message: SIPMessage, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    if let status = message.status { return answer(message, status, from: side, frame, context) }
    // An ACK and a CANCEL repeat what their INVITE had (RFC 3261, section 22.1); UDP has requests sent again.
    guard message.isChallengeable, !answered.contains(message.key),
      !pending.contains(where: { $0.key == message.key && $0.side == side })
    else { return }
    for credential in message.credentials {
      guard let attempt = credential.attempt(in: frame) else { continue }
      if pending.count >= SIPExchange.pendingLimit { emit(pending.removeFirst().attempt, nil, nil, context) }
      pending.append(
        Pending(key: message.key, side: side, isForProxy: credential.isForProxy, attempt: attempt))
    }
  }

  private mutating func answer(
    _ message: SIPMessage, _ status: Int, from side: Side, _ frame: FrameStamp, _ context: ApplicationContext
  ) {
    guard status >= 200 else { return }
    let attempts = pending.filter { $0.key == message.key && $0.side != side }
    guard !attempts.isEmpty else { return }
    pending.removeAll { $0.key == message.key && $0.side != side }
    if answered.count >= SIPExchange.answeredLimit { answered.removeFirst() }
    answered.append(message.key)
    for attempt in attempts {
      let accepted = SIPExchange.verdict(status, isForProxy: attempt.isForProxy, isStale: message.isStale)
      emit(attempt.attempt, accepted, frame, context)
    }
  }

  /// What a final response says of credentials: nil where the nonce was too old, and where it is about something else.
  private static func verdict(_ status: Int, isForProxy: Bool, isStale: Bool) -> Bool? {
    switch status {
    case 200..<300: true
    case 401: isForProxy ? true : isStale ? nil : false
    case 407: isForProxy && !isStale ? false : nil
    case 403: false
    default: nil
    }
  }

  /// Emits what had no final response.
  mutating func finish(_ context: ApplicationContext) {
    for attempt in pending { emit(attempt.attempt, nil, nil, context) }
    pending = []
  }

  private func emit(
    _ attempt: LoginAttempt, _ accepted: Bool?, _ answer: FrameStamp?, _ context: ApplicationContext
  ) {
    attempt.emit(SIPDatagramParser.service, accepted: accepted, answer: answer, flow: flow, context: context)
  }
}

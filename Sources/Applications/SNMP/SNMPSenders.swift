import Bytes

/// Which communities and users have a row already, so that a manager that polls an agent all day, each time from another
/// port, gives one for each answer: accepted, refused, or none at all, which is known at the capture's end.
final class SNMPSenders {
  /// Communities and users, by client and server, that are remembered. Behind that each flow has rows of its own.
  static let limit = 65_536

  /// Who spoke to whom, as whom.
  struct Key: Hashable {
    let client: IPAddress
    let server: IPAddress
    let mechanism: String
    let name: [UInt8]
  }

  /// What was told of one of them.
  private struct Known {
    var isAccepted = false
    var isRefused = false
    /// The first attempt, where none has had an answer.
    var unanswered: (attempt: LoginAttempt, flow: FlowIdentity)?
  }

  private var known: [Key: Known] = [:]

  /// Takes an attempt that had no answer.
  func leave(_ attempt: LoginAttempt, of key: Key, flow: FlowIdentity, context: ApplicationContext) {
    guard known[key] == nil else { return }
    guard known.count < SNMPSenders.limit else {
      return attempt.emit(SNMPParser.service, accepted: nil, answer: nil, flow: flow, context: context)
    }
    known[key] = Known(unanswered: (attempt, flow))
  }

  /// Takes an attempt with its answer.
  func settle(
    _ attempt: LoginAttempt, of key: Key, accepted: Bool, answer: FrameStamp, flow: FlowIdentity,
    context: ApplicationContext
  ) {
    var told = known[key] ?? Known()
    guard accepted ? !told.isAccepted : !told.isRefused else { return }
    if accepted { told.isAccepted = true } else { told.isRefused = true }
    told.unanswered = nil
    if known[key] != nil || known.count < SNMPSenders.limit { known[key] = told }
    attempt.emit(SNMPParser.service, accepted: accepted, answer: answer, flow: flow, context: context)
  }

  /// Emits what had no answer in the whole capture.
  func finish(_ context: ApplicationContext) {
    for (attempt, flow) in known.values.compactMap(\.unanswered).sorted(by: { $0.attempt.frameID < $1.attempt.frameID })
    {
      attempt.emit(SNMPParser.service, accepted: nil, answer: nil, flow: flow, context: context)
    }
    known = [:]
  }
}

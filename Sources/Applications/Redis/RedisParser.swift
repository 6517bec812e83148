import Bytes
import Records

/// Redis (RESP2, RESP3 and inline commands): the logins of AUTH and HELLO.
///
/// A server answers commands in order, one reply each, so that a login's reply is found by counting. Commands behind which
/// more comes than replies (SUBSCRIBE, MONITOR, PSYNC, CLIENT REPLY) end the counting.
public final class RedisParser: StreamParser {
  /// `redis`.
  public static let service = "redis"

  /// Logins that may wait for their replies; more are emitted without.
  static let pendingLimit = 256

  private struct Pending {
    let attempt: LoginAttempt
    /// Which of the flow's commands it is.
    let ordinal: Int
  }

  /// Commands whose answers are not one reply each.
  private static let unanswered: Set<String> = [
    "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "MONITOR", "SYNC", "PSYNC", "CLIENT REPLY",
  ]

  private let flow: FlowIdentity
  private var commands = RESPReader(readsCommands: true)
  private var replies = RESPReader(readsCommands: false)
  private var commandCount = 0
  private var replyCount = 0
  private var pending: [Pending] = []
  private var hasClientGap = false
  /// Whether replies can still be counted.
  private var isInStep = true
  private var isDiagnosed = false

  /// It is done when commands cannot be read any more and no login waits for its reply.
  public var outlook: StreamOutlook {
    (commands.isMalformed || hasClientGap) && pending.isEmpty ? .done : .open
  }

  /// Unfinished values and logins.
  public var heldBytes: Int {
    commands.heldBytes + replies.heldBytes + pending.reduce(0) { $0 + $1.attempt.heldBytes }
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The next bytes. A side that is no RESP any more is not looked at.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var index = 0
    if side == .client {
      while !hasClientGap, let value = commands.next(bytes, at: &index, in: frame) { command(value, context) }
    } else {
      while isInStep, let value = replies.next(bytes, at: &index, in: frame) { reply(value, context) }
    }
    guard commands.isMalformed || replies.isMalformed, !isDiagnosed else { return }
    isDiagnosed = true
    context.sink.diagnose("malformed-redis", "bytes that are no RESP", frame: frame.id, flow: flow.id)
    if replies.isMalformed { loseStep(context) }
  }

  /// Where the next value begins cannot be told behind a gap.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client { hasClientGap = true } else { loseStep(context) }
  }

  /// Nothing to do: a value that has not ended is none.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the logins that had no reply.
  public func finish(context: ApplicationContext) {
    loseStep(context)
  }

  private func command(_ value: RESPReader.Value, _ context: ApplicationContext) {
    // Redis answers neither an empty line nor an empty array.
    guard let name = value.leaves.first.map({ RedisParser.upper($0) }) else { return }
    defer { commandCount += 1 }
    let words = [name, value.leaves.dropFirst().first.map { RedisParser.upper($0) } ?? ""]
    if RedisParser.unanswered.contains(name) || RedisParser.unanswered.contains(words.joined(separator: " ")) {
      return loseStep(context)
    }
    guard !value.isCut, let (mechanism, username, secret) = RedisParser.login(name, value.leaves) else { return }
    let attempt = LoginAttempt(
      mechanism: mechanism, username: username.map { WireText.text($0) }, secret: WireText.text(secret),
      kind: .password, frameID: value.frame.id)
    if isInStep, pending.count < RedisParser.pendingLimit {
      pending.append(Pending(attempt: attempt, ordinal: commandCount))
    } else {
      emit(attempt, accepted: nil, answer: nil, context)
    }
  }

  /// `AUTH [username] password`, `HELLO version AUTH username password ...`.
  private static func login(
    _ name: String, _ words: [[UInt8]]
  ) -> (mechanism: String, username: [UInt8]?, secret: [UInt8])? {
    switch (name, words.count) {
    case ("AUTH", 2): return ("AUTH", nil, words[1])
    case ("AUTH", 3): return ("AUTH", words[1], words[2])
    case ("HELLO", 5...):
      guard let mark = words.indices.dropFirst(2).first(where: { upper(words[$0]) == "AUTH" }), mark + 2 < words.count
      else { return nil }
      return ("HELLO AUTH", words[mark + 1], words[mark + 2])
    default: return nil
    }
  }

  private static func upper(_ bytes: [UInt8]) -> String {
    bytes.count > 32 ? "" : String(decoding: bytes, as: UTF8.self).uppercased()
  }

  private func reply(_ value: RESPReader.Value, _ context: ApplicationContext) {
    // Pushes and attributes stand between replies; a reply more than there are commands is to one before the capture.
    guard value.type != UInt8(ascii: ">"), value.type != UInt8(ascii: "|"), replyCount < commandCount else { return }
    defer { replyCount += 1 }
    guard let attempt = pending.first?.attempt, pending.first?.ordinal == replyCount else { return }
    pending.removeFirst()
    emit(attempt, accepted: RedisParser.accepted(attempt, value), answer: value.frame, context)
  }

  private static func accepted(_ attempt: LoginAttempt, _ reply: RESPReader.Value) -> Bool? {
    let text = String(decoding: reply.leaves.first ?? [], as: UTF8.self)
    switch reply.type {
    case UInt8(ascii: "+") where text == "OK" && attempt.mechanism == "AUTH": return true
    case UInt8(ascii: "%"), UInt8(ascii: "*"): return attempt.mechanism == "HELLO AUTH" ? true : nil
    case UInt8(ascii: "-"): return text.hasPrefix("WRONGPASS") || text.contains("invalid password") ? false : nil
    default: return nil
    }
  }

  private func loseStep(_ context: ApplicationContext) {
    isInStep = false
    for waiting in pending { emit(waiting.attempt, accepted: nil, answer: nil, context) }
    pending = []
  }

  private func emit(_ attempt: LoginAttempt, accepted: Bool?, answer: FrameStamp?, _ context: ApplicationContext) {
    attempt.emit(RedisParser.service, accepted: accepted, answer: answer, flow: flow, context: context)
  }
}

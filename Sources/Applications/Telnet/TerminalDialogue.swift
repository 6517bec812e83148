import Bytes
import Records

/// Finds the logins in what a host shows on a terminal and what its user types: a line typed behind a prompt for a name
/// or password is one, and what the host shows next says whether it let the user in.
///
/// Prompts are told by their words (`LoginPrompt`). Where they are in another language, a line that an echoing host does
/// not echo, behind a line with a colon at its end that it did echo, is a password as well; that is believed of the first
/// lines of a dialogue only, since editors and pagers do not echo either.
struct TerminalDialogue {
  /// Bytes shown since the last prompt behind which nothing is looked at any more.
  static let quietLimit = 4 << 20
  /// Bytes shown behind a password among which its answer is looked for; a message of the day may stand before it.
  static let answerLimit = 1 << 16
  /// Bytes kept of a line that is shown.
  static let shownLimit = 256
  /// Lines kept that were typed before they were asked for.
  static let aheadLimit = 4
  /// Lines typed among which a password is told by its missing echo.
  static let unechoedLimit = 8

  private let flow: FlowIdentity
  private let service: String
  /// The mechanism of a login for which no password is asked, where the protocol has one: a shell's prompt is its answer.
  private let trust: String?

  /// Who logs in, as far as it is known, and the frame in which the name was given.
  private var username: String?
  private var usernameFrame: Int64?
  /// Whether the host says that it shows what is typed.
  var hostEchoes = false

  private var shown: [UInt8] = []
  private var shownFrame: FrameStamp?
  /// Whether the line that is shown lacks bytes, or is longer than what is kept.
  private var isShownDamaged = false
  private var escape = EscapeSequence()
  private var shownCount = 0

  private var line = TypedLine()
  private var open: LoginPrompt?
  /// Where the echo of the line begins that is being typed behind a colon of unknown meaning.
  private var echoStart: Int?
  /// The line behind a colon of unknown meaning that was not echoed so far.
  private var unechoed: TypedLine.Line?
  /// The line before, behind a colon of unknown meaning: a name, if a password follows.
  private var lastAnswer: String?
  private var typedLines = 0
  private var ahead: [TypedLine.Line] = []
  private var attempt: LoginAttempt?
  /// Bytes shown since then.
  private var answerCount = 0
  private var isLoggedIn = false
  /// Whether the host has shown something since the dialogue began or a name was given, the name's echo aside.
  private var hasShown = false

  /// A dialogue of `flow`, whose rows are of `service`; `trust` is the mechanism of a login without a
  /// password, where the protocol has one.
  init(flow: FlowIdentity, service: String, trust: String? = nil) {
    self.flow = flow
    self.service = service
    self.trust = trust
  }

  /// Whether no login has been asked for in so long that none is looked for.
  var isOver: Bool { shownCount > TerminalDialogue.quietLimit }

  /// Bytes kept of lines and of a login.
  var heldBytes: Int {
    shown.count + line.bytes.count + ahead.reduce(0) { $0 + $1.bytes.count } + (unechoed?.bytes.count ?? 0)
      + (username?.utf8.count ?? 0) + (lastAnswer?.utf8.count ?? 0) + (attempt?.heldBytes ?? 0)
  }

  /// The client has given the user's name by itself.
  mutating func name(_ username: String, frame: Int64) {
    self.username = username
    usernameFrame = frame
  }

  /// The host has refused the user who was named, without asking for a password.
  mutating func refuse(_ frame: FrameStamp, _ context: ApplicationContext) {
    guard let username, let usernameFrame else { return }
    emit(login(of: username, secret: nil, usernameFrame), accepted: false, answer: frame, context)
    self.username = nil
  }

  /// Bytes of `side` are missing: who logs in is not known any more, nor what becomes of a login that has no answer yet.
  mutating func gap(of side: Side, _ context: ApplicationContext) {
    if side == .client {
      finish(context)
      line.skip()
    } else {
      // The line that is shown need not be whole.
      endUnanswered(context)
      clearShown()
      isShownDamaged = true
      hasShown = true
      open = nil
    }
    username = nil
    usernameFrame = nil
    ahead = []
    unechoed = nil
    lastAnswer = nil
  }

  /// Emits the login that is not answered, judged by the line that is shown.
  mutating func finish(_ context: ApplicationContext) {
    if isWaiting, !isShownDamaged, let said = LoginAnswer.said(by: shown) { settle(said, context) }
    judgePrompt(context)
    endUnanswered(context)
  }

  private mutating func endUnanswered(_ context: ApplicationContext) {
    if let attempt { emit(attempt, accepted: nil, answer: nil, context) }
    attempt = nil
  }

  // MARK: The user

  /// The next byte that the user typed.
  mutating func typed(_ byte: UInt8, _ frame: FrameStamp, _ context: ApplicationContext) {
    if line.begins(with: byte) { beginLine(context) }
    guard let line = line.append(byte, in: frame) else { return }
    if typedLines < TerminalDialogue.unechoedLimit { typedLines += 1 } else { lastAnswer = nil }
    endLine(line, context)
    // The user's Enter ends the line on the screen, also where the host does not say so.
    clearShown()
    echoStart = nil
  }

  private mutating func beginLine(_ context: ApplicationContext) {
    judgePrompt(context)
    unechoed = nil
    let asks = open == nil && !isShownDamaged && LoginPrompt.trimmed(shown).last == UInt8(ascii: ":")
    echoStart = asks && !isLoggedIn && typedLines < TerminalDialogue.unechoedLimit ? shown.count : nil
  }

  private mutating func endLine(_ line: TypedLine.Line, _ context: ApplicationContext) {
    guard let asked = open else { return endUnasked(line) }
    open = nil
    answer(asked, with: line, context)
  }

  private mutating func endUnasked(_ line: TypedLine.Line) {
    guard !line.isDamaged, !line.bytes.isEmpty else { return }
    if let echoStart {
      if isEcho(from: echoStart) { lastAnswer = WireText.text(line.bytes) } else { unechoed = line }
      return
    }
    lastAnswer = nil
    if !isLoggedIn, attempt == nil, !hasShown, ahead.count < TerminalDialogue.aheadLimit { ahead.append(line) }
  }

  private mutating func answer(_ asked: LoginPrompt, with line: TypedLine.Line, _ context: ApplicationContext) {
    defer { lastAnswer = nil }
    if case .user = asked {
      isLoggedIn = false
      username = line.isDamaged || line.bytes.isEmpty ? nil : WireText.text(line.bytes)
      usernameFrame = username == nil ? nil : line.frame.id
      hasShown = false
    } else if case .password(let owner) = asked, !line.isDamaged {
      begin(owner ?? username ?? lastAnswer, line)
    }
  }

  private mutating func begin(_ username: String?, _ line: TypedLine.Line) {
    attempt = login(of: username, secret: WireText.text(line.bytes), line.frame.id)
    answerCount = 0
  }

  // MARK: The host

  /// The next byte that the host shows.
  mutating func shown(_ byte: UInt8, _ frame: FrameStamp, _ context: ApplicationContext) {
    shownCount += 1
    if attempt != nil {
      answerCount += 1
      if answerCount > TerminalDialogue.answerLimit { endUnanswered(context) }
    }
    guard !escape.takes(byte) else { return }
    switch byte {
    case 0x0d, 0x0a: endShown(context)
    case TypedLine.backspace: _ = shown.popLast()
    case 0..<0x20 where byte != 0x09, 0x7f: break
    default:
      if usernameFrame == nil { hasShown = true }
      if shown.isEmpty { shownFrame = frame }
      guard shown.count < TerminalDialogue.shownLimit else {
        isShownDamaged = true
        return
      }
      shown.append(byte)
      if byte == UInt8(ascii: ":") || byte == UInt8(ascii: "?") { ask(context) }
    }
  }

  /// Opens the prompt that the line has become, unless it is the echo of what is being typed.
  private mutating func ask(_ context: ApplicationContext) {
    guard open == nil, line.isUntouched, !isShownDamaged, let asked = LoginPrompt.asked(by: shown) else { return }
    shownCount = 0
    open = asked
    guard !ahead.isEmpty else { return }
    judgePrompt(context)
    open = nil
    answer(asked, with: ahead.removeFirst(), context)
    clearShown()
  }

  private mutating func endShown(_ context: ApplicationContext) {
    defer {
      clearShown()
      if line.isUntouched { open = nil }
    }
    let text = LoginPrompt.trimmed(shown)
    if !text.isEmpty, !(username.map { text.elementsEqual($0.utf8) } ?? false) { hasShown = true }
    if let line = unechoed {
      unechoed = nil
      if isEcho(from: 0) {
        lastAnswer = WireText.text(line.bytes)
      } else if hostEchoes, let username = username ?? lastAnswer {
        begin(username, line)
        lastAnswer = nil
      }
    }
    guard !isShownDamaged, isWaiting else { return }
    if let said = LoginAnswer.said(by: shown) { settle(said, context) }
    // A prompt that was left alone: the host went on by itself.
    if attempt != nil, LoginPrompt.asked(by: Array(text)) != nil { settle(false, context) }
  }

  /// Whether the host is to say something to a login.
  private var isWaiting: Bool { attempt != nil || username != nil && !isLoggedIn }

  /// Whether what is shown from `start` on is text, and not the stars that some hosts show for a password.
  private func isEcho(from start: Int) -> Bool {
    shown.dropFirst(start).contains { $0 != UInt8(ascii: "*") && $0 != 0x20 }
  }

  private mutating func clearShown() {
    shown = []
    shownFrame = nil
    isShownDamaged = false
  }

  // MARK: The outcome

  /// Takes the prompt that waits for its answer as what the host says to the login before: asking again, it refused it.
  private mutating func judgePrompt(_ context: ApplicationContext) {
    guard !isShownDamaged else { return }
    if open != nil {
      if attempt != nil { settle(false, context) }
    } else if LoginAnswer.isShellPrompt(shown) {
      if attempt != nil || trust != nil { settle(true, context) }
      enter()
    }
  }

  private mutating func settle(_ accepted: Bool, _ context: ApplicationContext) {
    if let attempt {
      emit(attempt, accepted: accepted, answer: shownFrame, context)
    } else if accepted, !isLoggedIn, let username, let usernameFrame {
      emit(login(of: username, secret: nil, usernameFrame), accepted: true, answer: shownFrame, context)
    }
    attempt = nil
    if accepted { enter() }
  }

  private mutating func enter() {
    isLoggedIn = true
    username = nil
    usernameFrame = nil
    ahead = []
  }

  private func login(of username: String?, secret: String?, _ frame: Int64) -> LoginAttempt {
    let mechanism = secret == nil ? trust ?? "login" : username == nil ? "password" : "login"
    return LoginAttempt(
      mechanism: mechanism, username: username, secret: secret, kind: .password, frameID: frame)
  }

  private func emit(_ attempt: LoginAttempt, accepted: Bool?, answer: FrameStamp?, _ context: ApplicationContext) {
    attempt.emit(service, accepted: accepted, answer: answer, flow: flow, context: context)
  }
}

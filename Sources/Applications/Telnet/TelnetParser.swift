import Bytes
import Records

/// Telnet (RFC 854): the logins that its text asks for, the options taken out.
///
/// ```
/// text = *( line end )            end = CR LF / CR NUL / LF / CR
/// ```
/// Text is an NVT's (RFC 854, 'THE NETWORK VIRTUAL TERMINAL'): a line that is typed ends with CR LF, CR NUL, or, in
/// binary mode, CR.
public final class TelnetParser: StreamParser {
  /// `telnet`.
  public static let service = "telnet"

  private let flow: FlowIdentity
  private var clientReader = TelnetReader()
  private var serverReader = TelnetReader()
  private var dialogue: TerminalDialogue
  private var isEncrypted = false
  private var startsTLS = (client: false, server: false)

  /// What it makes of the bytes that come next: TLS follows where both sides have said so, and nothing is looked at that
  /// is encrypted otherwise, or when no login has been asked for in very long.
  public var outlook: StreamOutlook {
    if startsTLS.client, startsTLS.server { return .handedOver }
    return isEncrypted || dialogue.isOver ? .done : .open
  }

  /// Unfinished lines and subnegotiations.
  public var heldBytes: Int { clientReader.heldBytes + serverReader.heldBytes + dialogue.heldBytes }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
    dialogue = TerminalDialogue(flow: flow, service: TelnetParser.service)
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var index = 0
    while case .open = outlook, let byte = bytes.u8(at: index) {
      index += 1
      let event = side == .client ? clientReader.append(byte) : serverReader.append(byte)
      guard let event else { continue }
      if side == .client { typed(event, frame, context) } else { shown(event, frame, context) }
    }
    if case .done = outlook { dialogue.finish(context) }
  }

  /// The line that lacks bytes is dropped.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client { clientReader.skip() } else { serverReader.skip() }
    dialogue.gap(of: side, context)
  }

  /// Nothing to do: a login ends with its line.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the login that had no answer.
  public func finish(context: ApplicationContext) {
    dialogue.finish(context)
  }

  private func typed(_ event: TelnetReader.Event, _ frame: FrameStamp, _ context: ApplicationContext) {
    switch event {
    case .data(let byte): dialogue.typed(byte, frame, context)
    case .command(TelnetCode.eraseCharacter): dialogue.typed(TypedLine.backspace, frame, context)
    case .command(TelnetCode.eraseLine): dialogue.typed(TypedLine.kill, frame, context)
    case .command(TelnetCode.interrupt): dialogue.typed(TypedLine.interrupt, frame, context)
    case .command, .negotiation: break
    case .subnegotiation(let parameters):
      switch parameters.first {
      case TelnetCode.startTLS where parameters == [TelnetCode.startTLS, 1]: startsTLS.client = true
      case TelnetCode.encrypt where parameters.dropFirst().first == 3: isEncrypted = true
      case TelnetCode.environ, TelnetCode.newEnviron:
        if let name = TelnetEnvironment.user(parameters) { dialogue.name(name, frame: frame.id) }
      default: break
      }
    }
  }

  private func shown(_ event: TelnetReader.Event, _ frame: FrameStamp, _ context: ApplicationContext) {
    switch event {
    case .data(let byte): dialogue.shown(byte, frame, context)
    case .negotiation(TelnetCode.will, TelnetCode.echo): dialogue.hostEchoes = true
    case .negotiation(TelnetCode.wont, TelnetCode.echo): dialogue.hostEchoes = false
    case .command, .negotiation: break
    case .subnegotiation(let parameters):
      if parameters == [TelnetCode.startTLS, 1] { startsTLS.server = true }
      if parameters.starts(with: [TelnetCode.encrypt, 3]) { isEncrypted = true }
    }
  }
}

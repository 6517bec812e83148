import Bytes
import Records

/// Rlogin (RFC 1282): a login by trust in the client's host, or by the password that the server asks for.
///
/// ```
/// client = NUL client-user NUL server-user NUL terminal "/" speed NUL *( data / FF FF "s" "s" window-size(8) )
/// server = ( NUL *data / 01 message )
/// ```
public final class RloginParser: StreamParser {
  /// `rlogin`.
  public static let service = "rlogin"

  /// The texts in front of the data, the first of which is empty.
  private static let fieldCount = 4
  /// The mechanism of trust, after the file that grants it.
  static let trust = "rhosts"

  private let flow: FlowIdentity
  private var fields = RemoteFields()
  private var dialogue: TerminalDialogue
  private var isAnswered = false
  private var isOver = false
  /// Bytes of a window's size that were seen, 0xff first.
  private var windowBytes = 0

  /// Nothing is looked at behind a refusal, or when no login has been asked for in very long.
  public var outlook: StreamOutlook { isOver || dialogue.isOver ? .done : .open }

  /// The first texts and unfinished lines.
  public var heldBytes: Int { fields.heldBytes + dialogue.heldBytes }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
    dialogue = TerminalDialogue(flow: flow, service: RloginParser.service, trust: RloginParser.trust)
    dialogue.hostEchoes = true
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var index = 0
    while case .open = outlook, let byte = bytes.u8(at: index) {
      index += 1
      if side == .client { typed(byte, frame, context) } else { shown(byte, frame, context) }
    }
    if case .done = outlook { dialogue.finish(context) }
  }

  /// The line that lacks bytes is dropped; without the first texts nothing is known.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client, fields.fields.count < RloginParser.fieldCount { isOver = true }
    if side == .server { isAnswered = true }
    windowBytes = 0
    dialogue.gap(of: side, context)
  }

  /// Nothing to do: a login ends with its line.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the login that had no answer.
  public func finish(context: ApplicationContext) {
    dialogue.finish(context)
  }

  private func typed(_ byte: UInt8, _ frame: FrameStamp, _ context: ApplicationContext) {
    guard fields.fields.count >= RloginParser.fieldCount else {
      fields.append(byte, in: frame)
      if fields.fields.count == RloginParser.fieldCount {
        dialogue.name(WireText.text(fields.fields[2]), frame: fields.frames[0])
      }
      return
    }
    // The size of the window, which the server asks for out of band.
    if windowBytes > 0 || byte == 0xff {
      let isStart = windowBytes < 4
      let expected: UInt8 = windowBytes < 2 ? 0xff : 0x73
      windowBytes = isStart && byte != expected || windowBytes == 11 ? 0 : windowBytes + 1
      return
    }
    dialogue.typed(byte, frame, context)
  }

  private func shown(_ byte: UInt8, _ frame: FrameStamp, _ context: ApplicationContext) {
    guard isAnswered else {
      isAnswered = true
      if byte == 1 {
        dialogue.refuse(frame, context)
        isOver = true
      }
      return
    }
    // What the server sends out of band (RFC 1282, 'Flow Control') stands among the data.
    if byte != 0x80 { dialogue.shown(byte, frame, context) }
  }
}

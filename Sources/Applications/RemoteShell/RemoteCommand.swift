import Bytes
import Records

/// What rsh and rexec have in common: four texts of the client, and a server that answers with NUL, or with 1 and why not.
///
/// ```
/// client = [ port-for-errors ] NUL text NUL text NUL command NUL *data
/// server = ( NUL *data / 01 message LF )
/// ```
struct RemoteCommand {
  private static let fieldCount = 4

  private let flow: FlowIdentity
  private let service: String
  private var fields = RemoteFields()
  private var accepted: Bool?
  private var answer: FrameStamp?
  private var isBroken = false
  private var isEmitted = false

  /// A command of `flow`, whose row is of `service`.
  init(flow: FlowIdentity, service: String) {
    self.flow = flow
    self.service = service
  }

  /// Whether nothing more is to come that matters.
  var isOver: Bool { isBroken || answer != nil && hasFields }

  /// The first texts.
  var heldBytes: Int { fields.heldBytes }

  private var hasFields: Bool { fields.fields.count >= RemoteCommand.fieldCount }

  /// Takes bytes of `side`; what follows the texts and the answer is passed over.
  mutating func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp) {
    guard !isOver else { return }
    if side == .client {
      var index = 0
      while !hasFields, let byte = bytes.u8(at: index) {
        fields.append(byte, in: frame)
        index += 1
      }
    } else if answer == nil, let first = bytes.u8(at: 0) {
      answer = frame
      accepted = first == 0 ? true : first == 1 ? false : nil
    }
  }

  /// What lacks bytes cannot be followed.
  mutating func gap(from side: Side) {
    if side == .server ? answer == nil : !hasFields { isBroken = true }
  }

  /// Emits the login, once. `attempt` makes it of the second and third text and of the third's frame; the second and the
  /// third have come.
  mutating func emit(
    _ context: ApplicationContext, _ attempt: (_ second: String, _ third: String, _ frame: Int64) -> LoginAttempt
  ) {
    guard !isEmitted, fields.fields.count > 2 else { return }
    isEmitted = true
    attempt(WireText.text(fields.fields[1]), WireText.text(fields.fields[2]), fields.frames[2])
      .emit(service, accepted: accepted, answer: answer, flow: flow, context: context)
  }

  /// Whether the first bytes of `opening` are these texts: the port a number, the others printable and not empty; and
  /// whether the server has answered. At the usual port (`isPort`) the port for errors may be left out, and the answer.
  static func probe(_ opening: borrowing Opening, isPort: Bool) -> Probe {
    guard opening.fromStart else { return .no }
    guard let first = opening.client.u8(at: 0) else { return opening.server.byteCount == 0 ? .more : .no }
    guard (0x30...0x39).contains(first) || first == 0 && isPort, opening.server.u8(at: 0) ?? 0 <= 1,
      case .texts(let texts, let isWhole) = RemoteFields.shape(opening.client, from: 0, count: fieldCount)
    else { return .no }
    // Five digits and a NUL at most.
    var end = 0
    while let digit = opening.client.u8(at: end), (0x30...0x39).contains(digit) { end += 1 }
    guard end <= 5, opening.client.u8(at: end) ?? 0 == 0, !texts.dropFirst().contains([]) else { return .no }
    return isWhole && (isPort || opening.server.byteCount > 0) ? .match : .more
  }
}

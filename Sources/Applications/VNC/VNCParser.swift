import Bytes
import Records

/// RFB, the protocol of VNC (RFC 6143, section 7), up to the end of its authentication; nothing behind it is looked at.
///
/// ```
/// server "RFB 003.008\n"   client "RFB 003.008\n"
/// server count(1) types    client type(1)               from 3.7 on; in 3.3 the server sends type(4)
/// server challenge(16)     client response(16)          type 2, VNC Authentication
/// server result(4)                                      0 OK, others failed
/// ```
/// TightVNC's type 16 leads to the same. Of VeNCrypt (type 19) what needs no TLS is read: the password of `Plain`, and
/// that TLS follows.
public final class VNCParser: StreamParser {
  /// `vnc`.
  public static let service = "vnc"

  /// Bytes that VeNCrypt's user name and password may have, each.
  static let nameLimit = 1024
  /// Tunnels and methods that TightVNC may offer.
  static let tightLimit = 64

  private let flow: FlowIdentity
  private var step = VNCStep.serverVersion
  /// What has come of the step's message.
  private var buffer: [UInt8] = []
  private var frame = FrameStamp(id: 0, time: nil)
  private var login: LoginAttempt?

  /// Another protocol once both sides agreed on TLS; done behind the authentication.
  public var outlook: StreamOutlook {
    switch step {
    case .upgraded: .handedOver
    case .over: .done
    default: .open
    }
  }

  /// An unfinished message, and the login that waits for its result.
  public var heldBytes: Int { buffer.count + (login?.heldBytes ?? 0) }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The server's first bytes must be its version: `RFB`, a blank and twice three digits (versions up to 5 are in use).
  public static func probe(_ opening: borrowing Opening) -> Probe {
    if opening.server.byteCount > 0 { return look(opening.server) }
    // The server greets whatever a client sends.
    guard opening.client.byteCount > 0, !opening.fromStart else { return .more }
    let verdict = look(opening.client)
    return verdict == .match ? .reversed : verdict
  }

  private static func look(_ bytes: RawSpan) -> Probe {
    for (index, letter) in "RFB 000.000\n".utf8.enumerated() {
      guard let byte = bytes.u8(at: index) else { return .more }
      guard letter == UInt8(ascii: "0") ? byte &- 0x30 < 10 : byte == letter else { return .no }
    }
    return .match
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var offset = 0
    while let (speaker, count) = step.expected, offset < bytes.byteCount {
      // Each side waits for the other: who speaks out of turn is not understood.
      guard side == speaker else { return end(context) }
      if buffer.isEmpty { self.frame = frame }
      let stop = min(bytes.byteCount, offset + count - buffer.count)
      buffer.append(span: bytes.part(from: offset, to: stop))
      offset = stop
      guard buffer.count == count else { return }
      let message = buffer
      buffer = []
      take(message, context)
    }
  }

  /// Behind a gap nothing is certain any more.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    end(context)
  }

  /// Nothing: each message has its length.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the login that had no answer.
  public func finish(context: ApplicationContext) {
    end(context)
  }

  /// Takes the step's message.
  private func take(_ message: [UInt8], _ context: ApplicationContext) {
    let bytes = message.bytes
    let number = Int(bytes.u32(at: 0) ?? 0)
    switch step {
    case .serverVersion: step = .clientVersion
    case .clientVersion: step = version(bytes)
    case .offer: step = message[0] == 0 ? .over : .types(Int(message[0]))
    case .types: step = .choice
    case .decision: step = number == 2 ? .challenge : .over
    case .choice: step = chosen(message[0])
    case .challenge: step = .response
    case .response:
      login = LoginAttempt(
        mechanism: "VNC", username: nil, secret: hexadecimal(message), kind: .hash, frameID: frame.id)
      step = .result
    case .result:
      login?.emit(Self.service, accepted: number == 0, answer: frame, flow: flow, context: context)
      login = nil
      step = .over
    case .tightTunnels: step = number > Self.tightLimit ? .over : number == 0 ? .tightMethods : .tightTunnelList(number)
    case .tightTunnelList: step = .tightTunnelChoice
    case .tightTunnelChoice: step = .tightMethods
    case .tightMethods: step = (1...Self.tightLimit).contains(number) ? .tightMethodList(number) : .over
    case .tightMethodList: step = .tightMethodChoice
    case .tightMethodChoice: step = number == 2 ? .challenge : .over
    case .veNCryptServerVersion: step = .veNCryptClientVersion
    case .veNCryptClientVersion: step = message == [0, 2] ? .veNCryptStatus : .over
    case .veNCryptStatus: step = message[0] == 0 ? .veNCryptOffer : .over
    case .veNCryptOffer: step = message[0] == 0 ? .over : .veNCryptTypes(Int(message[0]))
    case .veNCryptTypes: step = .veNCryptChoice
    // Plain; TLSNone to X509Plain, and with SASL.
    case .veNCryptChoice:
      step = number == 256 ? .plainLengths : (257...264).contains(number) ? .veNCryptAgreement : .over
    case .veNCryptAgreement: step = message[0] == 1 ? .upgraded : .over
    case .plainLengths: step = plain(user: number, password: Int(bytes.u32(at: 4) ?? 0))
    case .plain(let user, _):
      login = LoginAttempt(
        mechanism: "Plain", username: WireText.text(bytes.part(from: 0, to: user)),
        secret: WireText.text(bytes.part(from: user)), kind: .password, frameID: frame.id)
      step = .result
    case .upgraded, .over: break
    }
  }

  /// What follows the client's version, which is the one that counts.
  private func version(_ bytes: RawSpan) -> VNCStep {
    guard case .match = VNCParser.look(bytes) else { return .over }
    return bytes.starts(with: "003.00", at: 4) && (bytes.u8(at: 10) ?? 0) < UInt8(ascii: "7") ? .decision : .offer
  }

  private func chosen(_ type: UInt8) -> VNCStep {
    switch type {
    case 2: .challenge
    case 16: .tightTunnels
    case 18: .upgraded
    case 19: .veNCryptServerVersion
    default: .over
    }
  }

  private func plain(user: Int, password: Int) -> VNCStep {
    guard user <= Self.nameLimit, password <= Self.nameLimit, user + password > 0 else { return .over }
    return .plain(user: user, password: password)
  }

  private func end(_ context: ApplicationContext) {
    login?.emit(Self.service, accepted: nil, answer: nil, flow: flow, context: context)
    login = nil
    buffer = []
    if step != .upgraded { step = .over }
  }
}

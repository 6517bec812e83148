import Bytes
import Records

/// SOCKS 4, 4a and 5 (RFC 1928): the login of RFC 1929, and the user of SOCKS4, who is a name without a secret; what the
/// tunnel carries is recognised anew. Methods that wrap what follows (GSSAPI) and UDP associations are not followed.
public final class SOCKSParser: StreamParser {
  /// `socks`.
  public static let service = "socks"

  /// The message that comes next.
  private enum Stage {
    case greeting
    case choice
    case login
    case status
    case request
    /// `count` replies; a BIND has two.
    case reply(count: Int)
    case request4
    case reply4(count: Int)
    case tunnel
    case over

    /// Who sends it; nil: nobody.
    var side: Side? {
      switch self {
      case .greeting, .login, .request, .request4: .client
      case .choice, .status, .reply, .reply4: .server
      case .tunnel, .over: nil
      }
    }
  }

  private let flow: FlowIdentity
  private var stage: Stage?
  private var kept: [Side: [UInt8]] = [:]
  /// The frame of each byte that is kept.
  private var frames: [Side: [FrameStamp]] = [:]
  private var attempt: LoginAttempt?

  /// How many of the bytes that came last are the tunnel's. Where a client has sent some before the tunnel was open, it is
  /// not known: they are not kept.
  public private(set) var unread: Int?

  /// What it makes of the bytes that come next: once the proxy has opened the tunnel they are another protocol's.
  public var outlook: StreamOutlook {
    switch stage {
    case .tunnel: .handedOver
    case .over: .done
    default: .open
    }
  }

  /// Unfinished messages, with the frame of each byte.
  public var heldBytes: Int {
    kept.values.reduce(0) { $0 + $1.count * (1 + MemoryLayout<FrameStamp>.stride) } + (attempt?.heldBytes ?? 0)
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if stage == nil, side == .client { stage = bytes.u8(at: 0) == 4 ? .request4 : .greeting }
    guard stage?.side != nil else { return }
    let taken = bytes.part(from: 0, to: SOCKSMessages.limit - (kept[side]?.count ?? 0))
    kept[side, default: []].append(span: taken)
    frames[side, default: []] += Array(repeating: frame, count: taken.byteCount)
    while let next = stage?.side, step(next, context) {}
    guard stage?.side == nil else { return }
    let left = (kept[side]?.count ?? 0) + bytes.byteCount - taken.byteCount
    if kept[side.other]?.isEmpty ?? true, left <= bytes.byteCount { unread = left }
    end(context)
  }

  /// What lacks bytes cannot be followed.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    stage = .over
    end(context)
  }

  /// Nothing to do: a message that has not ended is none.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the login that had no answer.
  public func finish(context: ApplicationContext) {
    settle(nil, nil, context)
  }

  private func end(_ context: ApplicationContext) {
    (kept, frames) = ([:], [:])
    finish(context: context)
  }

  /// Takes the message that comes next from `side`; false where it is not whole yet.
  private func step(_ side: Side, _ context: ApplicationContext) -> Bool {
    guard let bytes = kept[side], let frame = frames[side]?.first, let stage else { return false }
    let length: Int? =
      switch stage {
      case .greeting: SOCKSMessages.greeting(bytes.bytes)
      case .login: SOCKSMessages.login(bytes.bytes)
      case .request, .reply: SOCKSMessages.request(bytes.bytes)
      case .request4: SOCKSMessages.request4(bytes.bytes)
      case .choice, .status: bytes.count >= 2 ? 2 : nil
      case .reply4: bytes.count >= 8 ? 8 : nil
      case .tunnel, .over: nil
      }
    guard let length else { return false }
    self.stage = length == 0 ? .over : next(stage, Array(bytes.prefix(length)), frame, context)
    kept[side]?.removeFirst(length)
    frames[side]?.removeFirst(length)
    return true
  }

  /// What follows the message `bytes` of `stage`, which has two bytes at least.
  private func next(
    _ stage: Stage, _ bytes: [UInt8], _ frame: FrameStamp, _ context: ApplicationContext
  ) -> Stage {
    let code = bytes[1]
    switch stage {
    case .greeting: return bytes[0] == 5 ? .choice : .over
    case .choice: return bytes[0] == 5 && code == 0 ? .request : bytes[0] == 5 && code == 2 ? .login : .over
    case .login:
      guard bytes[0] == 1 else { return .over }
      let (name, password) = (bytes[2..<(2 + Int(code))], bytes.dropFirst(3 + Int(code)))
      attempt = LoginAttempt(
        mechanism: "USER/PASS", username: WireText.text(Array(name)), secret: WireText.text(Array(password)),
        kind: .password, frameID: frame.id)
      return .status
    case .status:
      // The version is that of the login's message; some servers send SOCKS' own.
      settle(bytes[0] == 1 || bytes[0] == 5 ? code == 0 : nil, frame, context)
      return code == 0 ? .request : .over
    case .request: return bytes[0] == 5 && (code == 1 || code == 2) ? .reply(count: Int(code)) : .over
    case .request4:
      let user = bytes.dropFirst(8).prefix { $0 != 0 }
      if !user.isEmpty {
        attempt = LoginAttempt(
          mechanism: "USERID", username: WireText.text(Array(user)), secret: nil, kind: .password, frameID: frame.id)
      }
      return code == 1 || code == 2 ? .reply4(count: Int(code)) : .over
    case .reply(let count): return bytes[0] != 5 || code != 0 ? .over : count > 1 ? .reply(count: 1) : .tunnel
    case .reply4(let count):
      settle(bytes[0] == 0 ? SOCKSMessages.isAccepted(reply4: code) : nil, frame, context)
      return bytes[0] != 0 || code != 90 ? .over : count > 1 ? .reply4(count: 1) : .tunnel
    case .tunnel, .over: return .over
    }
  }

  private func settle(_ accepted: Bool?, _ answer: FrameStamp?, _ context: ApplicationContext) {
    attempt?.emit(SOCKSParser.service, accepted: accepted, answer: answer, flow: flow, context: context)
    attempt = nil
  }
}

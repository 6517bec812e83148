import Bytes
import Records

/// TDS, the protocol of SQL Server, versions 7.0 to 7.4 ([MS-TDS]), up to the end of the login; nothing behind it is
/// looked at.
///
/// Where both sides agree to encrypt, they shake hands inside of TDS packets: hellos and certificates are read there, the
/// login is not seen. Windows' own authentication has a row where it is by NTLM.
public final class TDSParser: StreamParser {
  /// `tds`.
  public static let service = "tds"

  /// Bytes of a message, all its packets together.
  static let messageLimit = 65_536

  private let flow: FlowIdentity
  private var requests = MessageAssembler(keepLimit: TDSPacket.lengthLimit)
  private var responses = MessageAssembler(keepLimit: TDSPacket.lengthLimit)
  /// The packets of the client's and the server's message so far, without their headers.
  private var request: [UInt8] = []
  private var response: [UInt8] = []
  private var requestFrame = FrameStamp(id: 0, time: nil)
  private var responseFrame = FrameStamp(id: 0, time: nil)
  /// Whether a login was sent, which the server's next messages judge.
  private var isLoggingIn = false
  private var login: LoginAttempt?
  private var tls: TLSParser?
  private var isOver = false

  /// Done behind the login.
  public var outlook: StreamOutlook { isOver ? .done : .open }

  /// Unfinished messages, and the login that waits for its answer.
  public var heldBytes: Int {
    requests.heldBytes + responses.heldBytes + request.count + response.count + (login?.heldBytes ?? 0)
      + (tls?.heldBytes ?? 0)
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// A client's PRELOGIN or LOGIN7 must come first: the packet's type, status and length, and of the one its first
  /// option, of the other its own length and version.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    if opening.client.byteCount > 0 { return TDSPacket.probe(opening.client) }
    guard opening.server.byteCount > 0 else { return .more }
    guard !opening.fromStart else { return .no }
    let verdict = TDSPacket.probe(opening.server)
    return verdict == .match ? .reversed : verdict
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var offset = 0
    while !isOver {
      let packet =
        side == .client
        ? requests.next(in: bytes, from: &offset, frame: frame, measure: TDSPacket.measure)
        : responses.next(in: bytes, from: &offset, frame: frame, measure: TDSPacket.measure)
      guard let packet else { break }
      if isHandshake(packet, side) {
        tls?.consume(
          packet.bytes.bytes.part(from: TDSPacket.headerSize), from: side, in: packet.frame, context: context)
      } else if side == .client {
        takeRequest(packet, context)
      } else {
        takeResponse(packet, context)
      }
    }
    if requests.isLost || responses.isLost { end(context) }
  }

  /// Whether a packet holds records of TLS, which begin with the client's handshake.
  private func isHandshake(_ packet: AssembledMessage, _ side: Side) -> Bool {
    guard packet.bytes[0] == TDSPacket.preLogin else { return false }
    if tls == nil, side == .client, request.isEmpty, packet.bytes.count > TDSPacket.headerSize,
      packet.bytes[TDSPacket.headerSize] == 0x16
    {
      tls = TLSParser(flow: flow)
    }
    return tls != nil
  }

  /// Behind a gap nothing is certain any more.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    end(context)
  }

  /// Nothing: messages tell their own end.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the login that had no answer.
  public func finish(context: ApplicationContext) {
    end(context)
  }

  private func takeRequest(_ packet: AssembledMessage, _ context: ApplicationContext) {
    if request.isEmpty { requestFrame = packet.frame }
    request.append(contentsOf: packet.bytes.dropFirst(TDSPacket.headerSize))
    guard request.count <= Self.messageLimit else { return end(context) }
    // The last packet of a message has the first bit of its status set.
    guard packet.bytes[1] & 1 == 1 else { return }
    let message = request
    request = []
    switch packet.bytes[0] {
    case TDSPacket.login7:
      guard let found = TDSLogin(message.bytes) else { return end(context) }
      isLoggingIn = true
      login = found.attempt(in: requestFrame)
    case TDSPacket.sspi:
      guard isLoggingIn, var found = NTLMAuthenticate(foundIn: message)?.attempt else { return }
      found.frameID = requestFrame.id
      login = found
    default: break
    }
  }

  private func takeResponse(_ packet: AssembledMessage, _ context: ApplicationContext) {
    guard isLoggingIn else { return }
    if response.isEmpty { responseFrame = packet.frame }
    response.append(contentsOf: packet.bytes.dropFirst(TDSPacket.headerSize))
    guard packet.bytes[1] & 1 == 1 || response.count > Self.messageLimit else { return }
    let message = response
    response = []
    // SSPI goes on by a token of its own.
    if message.first == 0xed { return }
    login?.emit(
      Self.service, accepted: TDSAnswer.accepted(message.bytes), answer: responseFrame, flow: flow, context: context)
    login = nil
    end(context)
  }

  private func end(_ context: ApplicationContext) {
    login?.emit(Self.service, accepted: nil, answer: nil, flow: flow, context: context)
    login = nil
    tls?.finish(context: context)
    tls = nil
    isOver = true
    (request, response) = ([], [])
  }
}

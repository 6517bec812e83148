import Bytes
import Records

/// The protocol of MySQL and MariaDB up to the end of the first authentication; nothing behind it is looked at
/// (COM_CHANGE_USER among it).
///
/// The client asks for TLS in a packet of its own, to which the server does not answer; a ClientHello in the same TCP
/// segment is lost.
public final class MySQLParser: StreamParser {
  /// `mysql`.
  public static let service = "mysql"

  /// Bytes that are kept of one packet.
  static let keepLimit = 16_384
  /// Bytes of a response that make a secret: an RSA key of 4096 bits encrypts a password into so many. What is longer is a
  /// ticket.
  static let secretLimit = 512

  private enum Phase {
    case greeting
    case response
    case authentication
    /// The client has asked for TLS.
    case upgraded
    case over
  }

  private let flow: FlowIdentity
  private var phase = Phase.greeting
  private var requests = MessageAssembler(keepLimit: keepLimit)
  private var responses = MessageAssembler(keepLimit: keepLimit)
  private var user = ""
  private var database: String?
  /// How the client's next packet is to be read.
  private var plugin = ""
  private var login: LoginAttempt?
  /// The server asked for the password itself, encrypted by its public key, behind a first response.
  private var asksInFull = false

  /// Another protocol once the client has asked for TLS; done behind the authentication.
  public var outlook: StreamOutlook {
    switch phase {
    case .upgraded: .handedOver
    case .over: .done
    case .greeting, .response, .authentication: .open
    }
  }

  /// Unfinished packets, names, and the login that waits for its answer.
  public var heldBytes: Int {
    let names = user.utf8.count + (database?.utf8.count ?? 0) + plugin.utf8.count
    return requests.heldBytes + responses.heldBytes + names + (login?.heldBytes ?? 0)
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The server's first bytes must be a greeting: a packet of 45 to 400 bytes with the number 0 and the protocol 10, a
  /// version of printable characters that begins with a digit, and zeros where the packet has them.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    if opening.server.byteCount > 0 { return MySQLGreeting.probe(opening.server) }
    // The server greets whatever a client sends.
    guard opening.client.byteCount > 0, !opening.fromStart else { return .more }
    let verdict = MySQLGreeting.probe(opening.client)
    return verdict == .match ? .reversed : verdict
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client, phase == .greeting { return }
    var offset = 0
    while phase != .over, phase != .upgraded {
      let packet =
        side == .client
        ? requests.next(in: bytes, from: &offset, frame: frame, measure: Self.measure)
        : responses.next(in: bytes, from: &offset, frame: frame, measure: Self.measure)
      guard let packet else { break }
      if side == .client { request(packet) } else { response(packet, context) }
    }
  }

  /// Behind a gap nothing is certain any more.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    end(context)
  }

  /// Nothing: packets tell their own end.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the login that had no answer.
  public func finish(context: ApplicationContext) {
    end(context)
  }

  private static func measure(_ bytes: RawSpan) -> MessageMeasure {
    guard let head = bytes.u32(at: 0) else { return .more }
    return .keep(4 + Int((head >> 8).byteSwapped >> 8))
  }

  private func request(_ packet: AssembledMessage) {
    let payload = packet.bytes.bytes.part(from: 4)
    switch phase {
    case .response:
      guard !packet.isCut, let response = MySQLResponse(payload) else {
        phase = .over
        return
      }
      guard !response.asksEncryption else {
        phase = .upgraded
        return
      }
      phase = .authentication
      (user, database) = (response.user, response.database)
      plugin = response.plugin ?? "mysql_native_password"
      login = attempt(response.response, packet.frame)
    case .authentication where !packet.isCut && !asksInFull:
      // The client asks for the server's public key.
      guard plugin != "sha256_password" || payload.byteCount != 1 else { return }
      login = attempt(payload.copied(), packet.frame)
    default: break
    }
  }

  /// What the client, who sent `data` by `plugin`, shows of its password.
  private func attempt(_ data: [UInt8], _ frame: FrameStamp) -> LoginAttempt {
    let (secret, kind): (String?, CredentialRecord.Kind) =
      switch plugin {
      case "mysql_clear_password", "dialog": (WireText.text(Array(data.prefix { $0 != 0 })), .password)
      // No bytes stand for no password.
      case _ where data.isEmpty: ("", .password)
      default: (data.count <= MySQLParser.secretLimit ? hexadecimal(data) : nil, .hash)
      }
    return LoginAttempt(
      mechanism: plugin, domain: database, username: user, secret: secret, kind: kind, frameID: frame.id)
  }

  private func response(_ packet: AssembledMessage, _ context: ApplicationContext) {
    let payload = packet.bytes.bytes.part(from: 4)
    if phase == .greeting {
      phase = .response
      return
    }
    guard phase == .authentication else {
      // An error before the client has said anything.
      phase = .over
      return
    }
    switch payload.u8(at: 0) {
    case 0: answer(true, packet.frame, context)
    case 0xff: answer(MySQLParser.isRefusal(payload.u16(at: 1)?.byteSwapped) ? false : nil, packet.frame, context)
    case 0xfe:
      // AuthSwitchRequest; without a plugin it means the one before 4.1.
      let end = payload.firstIndex(of: 0, from: 1) ?? payload.byteCount
      plugin = end > 1 ? WireText.text(payload.part(from: 1, to: end)) : "mysql_old_password"
    case 1 where plugin == "caching_sha2_password" && payload.u8(at: 1) == 4: asksInFull = true
    case 1: break
    default: end(context)
    }
  }

  /// Whether an error says that the credentials are wrong or the account is closed: ER_ACCESS_DENIED_ERROR,
  /// ER_ACCESS_DENIED_NO_PASSWORD_ERROR, ER_NOT_SUPPORTED_AUTH_MODE, ER_MUST_CHANGE_PASSWORD_LOGIN,
  /// ER_ACCOUNT_HAS_BEEN_LOCKED, ER_USER_ACCESS_DENIED_FOR_USER_ACCOUNT_BLOCKED_BY_PASSWORD_LOCK.
  private static func isRefusal(_ code: UInt16?) -> Bool {
    code.map { [1045, 1698, 1251, 1862, 3118, 3955].contains($0) } ?? false
  }

  private func answer(_ accepted: Bool?, _ frame: FrameStamp, _ context: ApplicationContext) {
    login?.emit(Self.service, accepted: accepted, answer: frame, flow: flow, context: context)
    login = nil
    phase = .over
  }

  private func end(_ context: ApplicationContext) {
    login?.emit(Self.service, accepted: nil, answer: nil, flow: flow, context: context)
    login = nil
    if phase != .upgraded { phase = .over }
  }
}

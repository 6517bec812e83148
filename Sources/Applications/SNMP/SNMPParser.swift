import Bytes
import Records

/// SNMP over UDP (RFC 3417): the communities of versions 1 and 2c, and the users of version 3 (RFC 3414).
///
/// A community or user has one row for a client, a server and what the agent said, whatever the number of messages; one
/// without an answer only where there is none in the whole capture. An agent does not answer a wrong community.
public final class SNMPParser: DatagramParser {
  /// `snmp`.
  public static let service = "snmp"

  /// Communities and users of one flow that may wait for an answer; others count as without one.
  static let pendingLimit = 64

  private struct Attempt {
    let key: SNMPSenders.Key
    let login: LoginAttempt
    var messageID: Int64
  }

  private let flow: FlowIdentity
  private var pending: [Attempt] = []

  /// Communities and users that wait for an answer.
  public var heldBytes: Int { pending.reduce(0) { $0 + $1.key.name.count + $1.login.heldBytes } }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// Messages that are SNMP to their last byte: every field of version, sender and PDU has its type. Requests and traps
  /// tell the client, answers the server.
  public static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe {
    guard payload.u8(at: 0) == BERReader.sequence, let message = SNMPMessage(payload) else { return .no }
    guard let isAnswer = message.isAnswer else { return .match }
    return isAnswer == (side == .server) ? .match : .reversed
  }

  /// The next datagram; one that the capture cut tells nothing.
  public func consume(
    _ payload: RawSpan, length: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    guard let message = SNMPMessage(payload), let attempt = attempt(message, frame) else { return }
    let isAnswer = message.isAnswer ?? (side == .server)
    if isAnswer { return answer(message, attempt, frame, context) }
    if let index = pending.firstIndex(where: { $0.key == attempt.key }) {
      pending[index].messageID = message.messageID
    } else if pending.count < SNMPParser.pendingLimit {
      pending.append(attempt)
    } else {
      leave(attempt, context)
    }
  }

  /// Emits what had no answer.
  public func finish(context: ApplicationContext) {
    for attempt in pending { leave(attempt, context) }
    pending = []
  }

  /// What `message` says of a login; nil: it names nobody, as when an agent is asked for its engine ID.
  private func attempt(_ message: SNMPMessage, _ frame: FrameStamp) -> Attempt? {
    let name: [UInt8]
    let login: LoginAttempt
    switch message.sender {
    case .community(let community):
      name = community
      login = LoginAttempt(
        mechanism: "community", username: nil, secret: WireText.text(community), kind: .password, frameID: frame.id)
    case .user(let user, let authentication, let isEncrypted):
      guard !user.isEmpty else { return nil }
      name = user
      let level = authentication == nil ? "noAuthNoPriv" : isEncrypted ? "authPriv" : "authNoPriv"
      login = LoginAttempt(
        mechanism: "USM " + level, username: WireText.text(user), secret: authentication.map { hexadecimal($0) },
        kind: .hash, frameID: frame.id)
    }
    return Attempt(
      key: SNMPSenders.Key(
        client: flow.client.address, server: flow.server.address, mechanism: login.mechanism, name: name),
      login: login, messageID: message.messageID)
  }

  /// Takes an answer of the agent, which names the community, or the message that it answers.
  private func answer(
    _ message: SNMPMessage, _ attempt: Attempt, _ frame: FrameStamp, _ context: ApplicationContext
  ) {
    guard case .user = message.sender else {
      let index = pending.firstIndex { $0.key == attempt.key }
      // An answer to a request that the capture lacks holds the community as well.
      return settle(index.map { pending.remove(at: $0) } ?? attempt, true, frame, context)
    }
    guard let index = pending.firstIndex(where: { $0.messageID == message.messageID }) else { return }
    switch message.kind {
    case .report(let object):
      guard let accepted = SNMPParser.verdict(object) else { return }
      settle(pending.remove(at: index), accepted, frame, context)
    default: settle(pending.remove(at: index), true, frame, context)
    }
  }

  /// What a report says of the user: usmStats (RFC 3414, section 5) 1.3.6.1.6.3.15.1.1.n.0, of which 2
  /// (NotInTimeWindows) and 4 (UnknownEngineIDs) only ask to be asked again; nil: nothing.
  private static func verdict(_ object: [UInt8]) -> Bool? {
    guard object.count == 10, object.starts(with: [0x2b, 6, 1, 6, 3, 15, 1, 1]) else { return nil }
    return [1, 3, 5, 6].contains(object[8]) ? false : nil
  }

  private func settle(_ attempt: Attempt, _ accepted: Bool, _ answer: FrameStamp, _ context: ApplicationContext) {
    context.snmpSenders.settle(
      attempt.login, of: attempt.key, accepted: accepted, answer: answer, flow: flow, context: context)
  }

  private func leave(_ attempt: Attempt, _ context: ApplicationContext) {
    context.snmpSenders.leave(attempt.login, of: attempt.key, flow: flow, context: context)
  }
}

import Bytes
import Records

/// SMB 1, 2 and 3 as far as logins need them: session setup and what the server answers, directly over TCP or in
/// NetBIOS sessions.
///
/// A client that is let in as a guest has not shown that its password is right: such a login counts as not judged.
public final class SMBParser: StreamParser {
  /// `smb`.
  public static let service = "smb"

  /// Logins that may wait for an answer; beyond it the oldest is given up.
  static let pendingLimit = 16
  /// Bytes of one side in search of a message after which nothing more is read: the flow is something else.
  static let strangeByteLimit = 1 << 20

  private struct Pending {
    /// Of the request; nil: the server has asked for another one.
    var messageID: UInt64?
    let attempt: LoginAttempt
  }

  private let flow: FlowIdentity
  private var client = SMBMessageReader()
  private var server = SMBMessageReader()
  private var pending: [Pending] = []
  /// Whether the server wants responses to its challenge, not passwords; nil: not known.
  private var encryptsPasswords: Bool?

  /// What it makes of the bytes that come next.
  public var outlook: StreamOutlook {
    max(client.strangeBytes, server.strangeBytes) > SMBParser.strangeByteLimit ? .done : .open
  }

  /// Unfinished messages and logins.
  public var heldBytes: Int {
    client.heldBytes + server.heldBytes + pending.reduce(0) { $0 + $1.attempt.heldBytes }
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var index = 0
    while index < bytes.byteCount {
      if side == .client {
        if let message = client.next(bytes, at: &index, in: frame) { request(message, context) }
      } else if let message = server.next(bytes, at: &index, in: frame) {
        response(message, context)
      }
    }
  }

  /// A message that lacks bytes is dropped.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client { client.gap(of: count) } else { server.gap(of: count) }
  }

  /// Nothing to do.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the logins that had no answer.
  public func finish(context: ApplicationContext) {
    giveUp(context) { _ in true }
  }

  private func request(_ message: SMBMessage, _ context: ApplicationContext) {
    guard let header = SMBHeader(message.bytes.bytes), !header.isResponse, header.kind == .sessionSetup else { return }
    let found = SMBSessionSetup.attempt(message.bytes.bytes, header, encryptsPasswords: encryptsPasswords)
    guard var attempt = found else {
      // The next token of a login whose secret was sent before.
      if let index = pending.firstIndex(where: { $0.messageID == nil }) { pending[index].messageID = header.messageID }
      return
    }
    attempt.frameID = message.frame.id
    giveUp(context) { $0.messageID == nil || $0.messageID == header.messageID }
    if pending.count >= SMBParser.pendingLimit {
      emit(pending.removeFirst().attempt, accepted: nil, answer: nil, context)
    }
    pending.append(Pending(messageID: header.messageID, attempt: attempt))
  }

  private func response(_ message: SMBMessage, _ context: ApplicationContext) {
    let bytes = message.bytes.bytes
    guard let header = SMBHeader(bytes), header.isResponse else { return }
    if header.kind == .negotiate { return noteSecurity(bytes) }
    guard let index = pending.firstIndex(where: { $0.messageID == header.messageID }) else { return }
    if header.status == .moreProcessingRequired {
      pending[index].messageID = nil
    } else {
      let accepted = header.status.accepted == true && isGuest(bytes, header) ? nil : header.status.accepted
      emit(pending.remove(at: index).attempt, accepted: accepted, answer: message.frame, context)
    }
  }

  /// The security mode of a negotiate response of SMB 1 ([MS-CIFS] 2.2.4.52.2): 1 byte with 17 words, 2 bytes with 13; bit
  /// 1 asks for responses.
  private func noteSecurity(_ message: RawSpan) {
    guard let words = message.u8(at: SMBHeader.size1), words == 17 || words == 13,
      let mode = message.u8(at: SMBHeader.size1 + 3)
    else { return }
    encryptsPasswords = mode & 2 != 0
  }

  /// Whether the client was let in without a look at its secret: `SMB_SETUP_GUEST` of SMB 1,
  /// `SMB2_SESSION_FLAG_IS_GUEST` and `..._IS_NULL`.
  private func isGuest(_ message: RawSpan, _ header: SMBHeader) -> Bool {
    let flags = message.u16(at: header.isVersion2 ? SMBHeader.size2 + 2 : SMBHeader.size1 + 5)?.byteSwapped ?? 0
    return flags & (header.isVersion2 ? 3 : 1) != 0
  }

  private func giveUp(_ context: ApplicationContext, _ isOver: (Pending) -> Bool) {
    for login in pending where isOver(login) { emit(login.attempt, accepted: nil, answer: nil, context) }
    pending.removeAll(where: isOver)
  }

  private func emit(_ attempt: LoginAttempt, accepted: Bool?, answer: FrameStamp?, _ context: ApplicationContext) {
    attempt.emit(SMBParser.service, accepted: accepted, answer: answer, flow: flow, context: context)
  }
}

import Bytes
import Records

/// Rsh (rshd(8) of 4.2BSD and later): a command, run by trust in the client's host. Nothing secret is sent, which makes
/// it worth knowing: a row has the name and what the server said.
public final class RshParser: StreamParser {
  /// `rsh`.
  public static let service = "rsh"
  /// The port of its servers.
  static let port: UInt16 = 514

  private var command: RemoteCommand

  /// Nothing is looked at behind the first texts and the answer.
  public var outlook: StreamOutlook { command.isOver ? .done : .open }

  /// The first texts.
  public var heldBytes: Int { command.heldBytes }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    command = RemoteCommand(flow: flow, service: RshParser.service)
  }

  /// A client at a privileged port, which is all that makes a server believe it.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    guard (512..<1024).contains(opening.flow.client.port), opening.flow.server.port != RexecParser.port else {
      return .no
    }
    return RemoteCommand.probe(opening, isPort: opening.flow.server.port == port)
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    command.consume(bytes, from: side, in: frame)
    if command.isOver { finish(context: context) }
  }

  /// What lacks bytes cannot be followed.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    command.gap(from: side)
    if command.isOver { finish(context: context) }
  }

  /// Nothing to do.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the login, also one that had no answer.
  public func finish(context: ApplicationContext) {
    // The client's user, then the server's.
    command.emit(context) { _, user, frame in
      LoginAttempt(mechanism: RloginParser.trust, username: user, secret: nil, kind: .password, frameID: frame)
    }
  }
}

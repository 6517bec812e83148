import Bytes
import Records

/// Rexec (rexecd(8) of 4.2BSD and later): a command, run for a user with a password.
public final class RexecParser: StreamParser {
  /// `rexec`.
  public static let service = "rexec"
  /// The port of its servers.
  static let port: UInt16 = 512

  private var command: RemoteCommand

  /// Nothing is looked at behind the first texts and the answer.
  public var outlook: StreamOutlook { command.isOver ? .done : .open }

  /// The first texts.
  public var heldBytes: Int { command.heldBytes }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    command = RemoteCommand(flow: flow, service: RexecParser.service)
  }

  /// At another port than 512 the client's must be unprivileged, since rsh looks the same.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let isPort = opening.flow.server.port == port
    guard isPort || opening.flow.client.port >= 1024 && opening.flow.server.port != RshParser.port else { return .no }
    return RemoteCommand.probe(opening, isPort: isPort)
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
    command.emit(context) { user, password, frame in
      LoginAttempt(mechanism: "USER/PASS", username: user, secret: password, kind: .password, frameID: frame)
    }
  }
}

import Bytes

/// Reads the handshakes of TLS over TCP (RFC 8446, RFC 5246, and back to SSL 2.0's ClientHello): hellos, and
/// certificates where they are sent in the clear. Once a side encrypts, no more of it is looked at.
public final class TLSParser: StreamParser {
  /// `tls`.
  public static let service = "tls"

  private var rows: TLSHandshakeRows
  private var client = TLSRecordReader()
  private var server = TLSRecordReader()

  /// Done once both sides have said all that travels in the clear.
  public var outlook: StreamOutlook { client.isFinished && server.isFinished ? .done : .open }

  /// Unfinished handshake messages.
  public var heldBytes: Int { client.heldBytes + server.heldBytes }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    rows = TLSHandshakeRows(flow: flow, transport: .tcp)
  }

  /// Whether the flow opens with TLS records. Hellos also tell which side is the client.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    TLSProbe.stream(client: opening.client, server: opening.server, fromStart: opening.fromStart)
  }

  /// The next bytes from `side`.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    rows.side = side
    switch side {
    case .client where !client.isFinished: client.consume(bytes, in: frame, rows: &rows, context: context)
    case .server where !server.isFinished: server.consume(bytes, in: frame, rows: &rows, context: context)
    default: break
    }
  }

  /// The next `count` bytes from `side` are not in the capture.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    rows.side = side
    if side == .client {
      client.gap(of: count, rows: &rows, context: context)
    } else {
      server.gap(of: count, rows: &rows, context: context)
    }
  }

  /// `side` has sent its last byte.
  public func close(_ side: Side, context: ApplicationContext) {
    rows.side = side
    if side == .client {
      client.finish(rows: &rows, context: context)
    } else {
      server.finish(rows: &rows, context: context)
    }
  }

  /// Nothing follows.
  public func finish(context: ApplicationContext) {
    close(.client, context: context)
    close(.server, context: context)
    rows.finish(context: context)
  }
}

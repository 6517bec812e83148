import Bytes

/// What a TCP connection has sent while its protocol is not known yet.
final class StreamProbing {
  private struct Piece {
    let frame: FrameStamp
    let count: Int
    let side: Side
  }

  private var pieces: [Piece] = []
  private var client: [UInt8] = []
  private var server: [UInt8] = []

  /// Segments kept.
  var count: Int { pieces.count }

  /// What this costs to keep, for `ApplicationContext.heldBytes`.
  var heldBytes: Int { 2 * (client.count + server.count) }

  /// Keeps a segment.
  func keep(_ bytes: RawSpan, from side: Side, in frame: FrameStamp) {
    pieces.append(Piece(frame: frame, count: bytes.byteCount, side: side))
    if side == .client { client.append(span: bytes) } else { server.append(span: bytes) }
  }

  /// Whether probes are shown as much of `side` as they will ever be.
  func isFull(_ side: Side) -> Bool {
    (side == .client ? client.count : server.count) >= StreamAnalyzer.probeLimit
  }

  /// Calls `body` with what probes are shown of the client's and the server's bytes.
  func withOpening<Result>(_ body: (RawSpan, RawSpan) -> Result) -> Result {
    let (client, server) = (client, server)
    return body(
      client.bytes.part(from: 0, to: StreamAnalyzer.probeLimit),
      server.bytes.part(from: 0, to: StreamAnalyzer.probeLimit))
  }

  /// Calls `body` with each segment, in the order in which they came.
  func forEach(_ body: (RawSpan, Side, FrameStamp) -> Void) {
    let (client, server) = (client, server)
    var (clientStart, serverStart) = (0, 0)
    for piece in pieces {
      if piece.side == .client {
        body(client.bytes.part(from: clientStart, to: clientStart + piece.count), .client, piece.frame)
        clientStart += piece.count
      } else {
        body(server.bytes.part(from: serverStart, to: serverStart + piece.count), .server, piece.frame)
        serverStart += piece.count
      }
    }
  }
}

/// Hears what happens in flows. A slot names a flow while it is open; slots are used again.
///
/// An observer must not call back into the flow table.
public protocol FlowObserver: AnyObject {
  /// A packet began a flow.
  func flowBegan(_ flow: borrowing Flow, slot: Int)

  /// The next payload bytes of one end of a TCP connection, each given once and in order. `frame` is the one that they
  /// arrived in, which may be older than the present one.
  func streamReceived(_ bytes: RawSpan, of flow: borrowing Flow, slot: Int, fromClient: Bool, frame: FlowFrame)

  /// The next `count` payload bytes of one end are not in the capture.
  func streamLost(_ count: Int, of flow: borrowing Flow, slot: Int, fromClient: Bool, frame: FlowFrame)

  /// One end has sent its last byte, by FIN or RST. `isLast` says that the other had before.
  func streamClosed(slot: Int, fromClient: Bool, isLast: Bool)

  /// Something is remarkable about a TCP segment. What is told of one segment is told in the order of the analysis.
  func segmentNoted(_ note: TCPNote, frame: FlowFrame)

  /// Something is odd about what one end of a TCP connection sends.
  func streamOdd(_ oddity: StreamOddity, of flow: borrowing Flow, fromClient: Bool, frame: FlowFrame)

  /// The payload of a UDP datagram; `length` is its length on the wire, `payload` is shorter where the capture cut it.
  func datagramReceived(
    _ payload: RawSpan, length: Int, of flow: borrowing Flow, slot: Int, fromClient: Bool, frame: FlowFrame)

  /// A flow is over: it is given whole, for the last time. `first` is the frame of its first packet; `connection` holds
  /// what TCP adds.
  func flowEnded(_ flow: borrowing Flow, first: FlowFrame, connection: borrowing TCPConnection?, slot: Int)
}

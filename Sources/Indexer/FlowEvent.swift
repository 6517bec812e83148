import Flows

/// One thing that the flow table told of: plain memory, since there is one for nearly every frame.
///
/// What does not fit is in the lists of `FlowEvents`, in the order of the events.
struct FlowEvent: BitwiseCopyable, Sendable {
  /// What it is.
  enum Kind: UInt8, BitwiseCopyable, Sendable {
    /// A TCP connection began; its ends are in `identities`.
    case connectionBegan
    /// The first payload of a TCP connection follows; its ends are in `identities`.
    case streamIntroduced
    /// The first payload of a UDP flow follows; its ends are in `identities`.
    case datagramsIntroduced
    /// The next `count` bytes of one end of a TCP connection, in `bytes`.
    case streamReceived
    /// The next `count` bytes of one end of a TCP connection are not in the capture; `number` is its row of `flows`.
    case streamLost
    /// One end of a TCP connection has sent its last byte.
    case streamClosed
    /// One end of the TCP connection with row `number` of `flows` does something odd: `detail` is a `StreamOddity`.
    case streamOdd
    /// A UDP payload of `number` bytes on the wire, `count` of them in `bytes`.
    case datagramReceived
    /// A flow is over; it is in `ended`.
    case flowEnded
    /// What is in `remarks` is to be done.
    case remark
  }

  let kind: Kind
  /// Whether the flow's client sent it.
  var fromClient = false
  /// Of what `kind` says.
  var detail: UInt8 = 0
  /// Where the flow is kept while it is open.
  var slot: Int32 = 0
  /// Bytes.
  var count = 0
  /// Of what `kind` says.
  var number: Int64 = 0
  /// The frame that it arrived in.
  var frame = FlowFrame(id: 0, time: nil)
}

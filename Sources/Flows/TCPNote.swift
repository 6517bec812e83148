/// Something remarkable about a TCP segment, as Wireshark's TCP analysis finds it (Wireshark User's Guide, section 7.5).
public enum TCPNote: Sendable, Equatable {
  /// Its data, SYN or FIN was sent before.
  case retransmission
  /// It was sent again because the receiver had repeated its acknowledgment.
  case fastRetransmission
  /// Its data was sent before and had been acknowledged.
  case spuriousRetransmission
  /// It comes behind a later one, sooner than it can have been sent again.
  case outOfOrder
  /// It begins behind what is expected: something before it is missing.
  case previousSegmentNotCaptured
  /// It acknowledges what the capture does not hold.
  case ackedUnseenSegment
  /// It repeats an acknowledgment: for how many-th time, and in which row of `frames` that stands.
  case duplicateACK(number: UInt32, of: Int64)
  /// No byte, or one, from before the next one: it only asks for an answer.
  case keepAlive
  /// The answer to a keep-alive.
  case keepAliveACK
  /// Its sender can take no more data.
  case zeroWindow
  /// One byte to a receiver that can take none.
  case zeroWindowProbe
  /// The answer to such a byte, still without room.
  case zeroWindowProbeACK
  /// It tells nothing but another window.
  case windowUpdate
  /// It fills the receiver's window to the last byte.
  case windowFull
  /// Its SYN begins a connection between addresses and ports that had one before.
  case portNumbersReused

  /// As in `tcp_notes.note`.
  public var name: StaticString {
    switch self {
    case .retransmission: "retransmission"
    case .fastRetransmission: "fast-retransmission"
    case .spuriousRetransmission: "spurious-retransmission"
    case .outOfOrder: "out-of-order"
    case .previousSegmentNotCaptured: "previous-segment-not-captured"
    case .ackedUnseenSegment: "acked-unseen-segment"
    case .duplicateACK: "dup-ack"
    case .keepAlive: "keep-alive"
    case .keepAliveACK: "keep-alive-ack"
    case .zeroWindow: "zero-window"
    case .zeroWindowProbe: "zero-window-probe"
    case .zeroWindowProbeACK: "zero-window-probe-ack"
    case .windowUpdate: "window-update"
    case .windowFull: "window-full"
    case .portNumbersReused: "port-numbers-reused"
    }
  }
}

public import Bytes

/// What a pcapng capture says beside its packets.
public enum CaptureNote: Sendable, Equatable {
  /// A name that the capture file gives an address (name resolution block): bytes as sent, not empty.
  case name(IPAddress, [UInt8])
  /// A comment, bytes as sent, not empty.
  case comment([UInt8], CommentSubject)
  /// Secrets for decryption, as they are: the block's type and its bytes.
  case secrets(type: UInt32, bytes: [UInt8])
  /// There are more of these than are kept, the limit included: for a person.
  case omitted(String)
}

/// What a comment of a capture file is about; comments of frames are in `FrameOptions`.
public enum CommentSubject: Sendable, Equatable {
  /// The section, which is the file where there is one.
  case section
  /// An interface, by its index in `CaptureReader.interfaces`.
  case interface(Int)
  /// The statistics of an interface, by its index.
  case statistics(Int)
  /// Names of addresses.
  case names
  /// Secrets for decryption.
  case secrets
}

/// What a pcapng block says of its packet beside the bytes.
public struct FrameOptions: Sendable, Equatable {
  /// `opt_comment`, each not empty.
  public internal(set) var comments: [[UInt8]] = []
  /// `epb_flags`; 0: none, or nothing said.
  public internal(set) var flags: UInt32 = 0

  /// Whether nothing is said.
  var isEmpty: Bool { comments.isEmpty && flags == 0 }
}

/// What the capturing program counted on an interface (interface statistics block): the last that the file says. Counts that
/// it does not give are nil; times are nanoseconds since the epoch.
public struct InterfaceStatistics: Sendable, Equatable {
  /// When the program counted.
  public internal(set) var time: Int64?
  /// When the capture began.
  public internal(set) var start: Int64?
  /// When the capture ended.
  public internal(set) var end: Int64?
  /// Packets that arrived.
  public internal(set) var received: Int64?
  /// Packets that the interface dropped for lack of resources.
  public internal(set) var dropped: Int64?
  /// Packets that passed the capture filter.
  public internal(set) var accepted: Int64?
  /// Packets that the operating system dropped.
  public internal(set) var droppedBySystem: Int64?
  /// Packets that were delivered to the program.
  public internal(set) var delivered: Int64?
  /// Packets lost before those captured, as their own blocks say.
  public internal(set) var lostBetween: Int64?

  /// Packets that the capture lacks because they were dropped, as far as the file tells.
  public var losses: Int64 {
    let counted = (dropped ?? 0).addingReportingOverflow(droppedBySystem ?? 0)
    return max(counted.overflow ? .max : counted.partialValue, lostBetween ?? 0)
  }

  /// Adds packets that a frame says were lost before it.
  mutating func lose(_ count: UInt64) {
    let sum = (lostBetween ?? 0).addingReportingOverflow(Int64(clamping: count))
    lostBetween = sum.overflow ? .max : sum.partialValue
  }
}

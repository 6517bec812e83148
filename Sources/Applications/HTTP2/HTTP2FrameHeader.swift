import Bytes

/// The nine bytes before each frame's payload (RFC 9113, section 4.1):
///
///     Length (24), Type (8), Flags (8), Reserved (1), Stream Identifier (31)
struct HTTP2FrameHeader: Sendable, BitwiseCopyable {
  /// Bytes of a header.
  static let size = 9

  /// Frame types that are read (section 6).
  enum Kind: UInt8 {
    case data, headers, priority, resetStream, settings, pushPromise, ping, goAway, windowUpdate, continuation
  }

  /// Bytes of the payload.
  let length: Int
  /// Nil: one that is not known, which is passed over (section 5.5).
  let kind: Kind?
  /// Flags; what they mean depends on the type.
  let flags: UInt8
  /// 0: the connection.
  let stream: UInt32
  /// Whether the reserved bit is set.
  let isReservedSet: Bool

  /// The header whose first byte is `first`, and whose others are `rest`, the second one highest.
  init(_ first: UInt8, _ rest: UInt64) {
    length = Int(first) << 16 | Int(rest >> 48)
    kind = Kind(rawValue: UInt8(truncatingIfNeeded: rest >> 40))
    flags = UInt8(truncatingIfNeeded: rest >> 32)
    stream = UInt32(truncatingIfNeeded: rest) & 0x7fff_ffff
    isReservedSet = rest & 0x8000_0000 != 0
  }

  /// A DATA or HEADERS frame ends what its side says on the stream.
  var endsStream: Bool { flags & 0x01 != 0 }
  /// A frame of a field block is its last one.
  var endsBlock: Bool { flags & 0x04 != 0 }
  /// A DATA, HEADERS or PUSH_PROMISE frame is padded.
  var isPadded: Bool { flags & 0x08 != 0 }
  /// A HEADERS frame has a priority.
  var hasPriority: Bool { flags & 0x20 != 0 }
  /// A SETTINGS or PING frame only acknowledges one.
  var isAcknowledgement: Bool { flags & 0x01 != 0 }

  /// Whether its flags and its length are what its type allows, so that bytes in the middle of something else are not
  /// taken for it. Only frames of a stream that have a payload are looked at.
  var isPlausible: Bool {
    guard !isReservedSet, stream != 0, length > 0 else { return false }
    switch kind {
    case .data: return flags & ~0x09 == 0
    case .headers: return flags & ~0x2d == 0
    case .resetStream, .windowUpdate: return flags == 0 && length == 4
    case .priority, .settings, .pushPromise, .ping, .goAway, .continuation, nil: return false
    }
  }
}

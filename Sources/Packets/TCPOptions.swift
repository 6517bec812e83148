public import Bytes

/// The options of a TCP header (RFC 9293, section 3.1).
///
///     +--------+--------+---------+--------+
///     | Kind=0 | Kind=1 | Kind>1  | Length | ... Length - 2 bytes
///     +--------+--------+---------+--------+
///
/// An option whose length is impossible ends the reading; what stands before it is kept.
public struct TCPOptions: Sendable {
  /// What an option's kind is called (IANA, TCP option kind numbers).
  public enum Kind {
    /// The name in kebab-case, or nil where the number has to do.
    static func name(of kind: UInt8) -> String? {
      switch kind {
      case 0: "eol"
      case 1: "nop"
      case 2: "mss"
      case 3: "window-scale"
      case 4: "sack-permitted"
      case 5: "sack"
      case 8: "timestamps"
      case 19: "md5"
      case 29: "ao"
      case 30: "mptcp"
      case 34: "fast-open"
      default: nil
      }
    }
  }

  /// A block of data that arrived: from `left` to before `right`, raw sequence numbers.
  public struct Block: Sendable, BitwiseCopyable {
    /// Sequence number of its first byte.
    public let left: UInt32
    /// Sequence number behind its last byte.
    public let right: UInt32

    /// The block from `left` to before `right`.
    public init(left: UInt32, right: UInt32) {
      self.left = left
      self.right = right
    }
  }

  /// Blocks that fit into a header.
  public static let blockLimit = 4
  /// The largest shift of a window (RFC 7323, section 2.3); greater ones mean this one.
  public static let greatestShift: UInt8 = 14
  /// What the usual timestamps begin with: two NOPs, kind 8 and length 10 (RFC 7323, appendix A).
  public static let alignedTimestamps: UInt32 = 0x0101_080a
  /// Bytes of the usual timestamps.
  public static let alignedTimestampsLength = 12

  /// The kinds in order, as numbers.
  public private(set) var kinds: [UInt8] = []
  /// Maximum segment size.
  public private(set) var maximumSegmentSize: UInt16?
  /// Shift of windows as sent (RFC 7323).
  public private(set) var windowScale: UInt8?
  /// Timestamp, and the one that it echoes (RFC 7323).
  public private(set) var timestamps: (value: UInt32, echo: UInt32)?
  /// Cookie of TCP Fast Open; empty where one is asked for (RFC 7413).
  public private(set) var fastOpenCookie: [UInt8]?
  /// What has been received behind a gap (RFC 2018); four at most.
  public private(set) var blocks: [Block] = []

  /// Whether `bytes` hold nothing but timestamps as most systems write them.
  @inlinable
  @inline(__always)
  public static func isUsual(_ bytes: RawSpan) -> Bool {
    bytes.byteCount == alignedTimestampsLength && bytes.u32(at: 0) == alignedTimestamps
  }

  /// Reads what a header holds behind its first 20 bytes, as far as it was captured.
  public init(_ bytes: RawSpan) {
    kinds.reserveCapacity(8)
    var offset = 0
    while let kind = bytes.u8(at: offset) {
      guard kind > 1 else {
        kinds.append(kind)
        if kind == 0 { return }
        offset += 1
        continue
      }
      guard let length = bytes.u8(at: offset + 1), length >= 2, offset + Int(length) <= bytes.byteCount else { return }
      kinds.append(kind)
      take(kind, bytes.part(from: offset + 2, to: offset + Int(length)))
      offset += Int(length)
    }
  }

  private mutating func take(_ kind: UInt8, _ value: RawSpan) {
    switch kind {
    case 2 where value.byteCount == 2: maximumSegmentSize = value.u16(at: 0)
    case 3 where value.byteCount == 1: windowScale = value.u8(at: 0)
    case 5: takeBlocks(value)
    case 8 where value.byteCount == 8:
      if let sent = value.u32(at: 0), let echo = value.u32(at: 4) { timestamps = (sent, echo) }
    case 34: fastOpenCookie = value.copied()
    default: break
    }
  }

  private mutating func takeBlocks(_ value: RawSpan) {
    var offset = 0
    while let left = value.u32(at: offset), let right = value.u32(at: offset + 4), blocks.count < TCPOptions.blockLimit
    {
      blocks.append(Block(left: left, right: right))
      offset += 8
    }
  }

  /// The names of the kinds in order, comma separated; the number where there is no name.
  public var kindNames: String {
    var names = ""
    // Room for the longest name and a comma each, so that it is asked for once.
    names.reserveCapacity(kinds.count * 16)
    for kind in kinds {
      if !names.isEmpty { names.append(",") }
      names.append(Kind.name(of: kind) ?? String(kind))
    }
    return names
  }

  /// Whether the first block says what was received twice, nil without blocks: it lies before `acknowledgment`, or within
  /// the second block (RFC 2883, section 4).
  public func isDuplicateReport(acknowledgment: UInt32) -> Bool? {
    guard let first = blocks.first else { return nil }
    if Int32(bitPattern: acknowledgment &- first.right) >= 0 { return true }
    guard blocks.count > 1 else { return false }
    let second = blocks[1]
    return Int32(bitPattern: first.left &- second.left) >= 0 && Int32(bitPattern: second.right &- first.right) >= 0
  }
}

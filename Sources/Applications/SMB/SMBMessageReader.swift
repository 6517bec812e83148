import Bytes

/// Cuts one direction of SMB into messages, and keeps those that have to do with a login. All others, files foremost, are
/// passed over by their length.
///
/// ```
/// type (1), length (3), message       RFC 1002, section 4.3.1; without NetBIOS the type is always 0 ([MS-SMB2] 2.1)
/// ```
struct SMBMessageReader {
  /// Bytes kept of a message: a Kerberos ticket may be longer, but only its beginning is read.
  static let limit = 16_384
  /// Bytes before a message.
  static let lengthSize = 4

  private enum Stage {
    case length, kind, body
    /// Bytes are missing: nothing but the beginning of a message tells where one begins.
    case lost
  }

  private var stage = Stage.length
  private var bytes: [UInt8] = []
  /// Bytes to have before the next decision.
  private var wanted = SMBMessageReader.lengthSize
  /// Bytes of the message.
  private var length = 0
  /// Bytes to pass over.
  private var skipped = 0
  private var frame: FrameStamp?
  /// The last eight bytes of those that are passed over in search of a message.
  private var window = UInt64.max

  /// Bytes in a row that were passed over in search of a message.
  private(set) var strangeBytes = 0

  /// Bytes kept of the unfinished message.
  var heldBytes: Int { bytes.count }

  /// Takes bytes of `input` from `index` up to the end of the next message of a login, and moves `index` behind them; nil
  /// where there is none.
  mutating func next(_ input: RawSpan, at index: inout Int, in frame: FrameStamp) -> SMBMessage? {
    while index < input.byteCount {
      if skipped > 0 {
        let count = min(skipped, input.byteCount - index)
        skipped -= count
        index += count
      } else if stage == .lost {
        search(input, at: &index, in: frame)
      } else {
        if bytes.isEmpty { self.frame = frame }
        let count = min(wanted - bytes.count, input.byteCount - index)
        bytes.append(span: input.part(from: index, to: index + count))
        index += count
        if bytes.count >= wanted, let message = decide(in: frame) { return message }
      }
    }
    return nil
  }

  /// `count` bytes are missing: where they are of a message that is passed over, nothing is lost.
  mutating func gap(of count: Int) {
    if skipped >= count { skipped -= count } else { lose() }
  }

  private mutating func lose() {
    bytes.removeAll(keepingCapacity: true)
    skipped = 0
    window = .max
    stage = .lost
  }

  private mutating func begin(skipping count: Int) {
    bytes.removeAll(keepingCapacity: true)
    wanted = SMBMessageReader.lengthSize
    stage = .length
    skipped = count
    strangeBytes = 0
  }

  /// As many bytes as were wanted are there.
  private mutating func decide(in frame: FrameStamp) -> SMBMessage? {
    switch stage {
    case .length: takeLength(in: frame)
    case .kind: takeKind(in: frame)
    case .body, .lost: break
    }
    guard stage == .body, bytes.count >= wanted, let first = self.frame else { return nil }
    let message = SMBMessage(bytes: Array(bytes.dropFirst(SMBMessageReader.lengthSize)), frame: first)
    begin(skipping: SMBMessageReader.lengthSize + length - bytes.count)
    return message
  }

  private mutating func takeLength(in frame: FrameStamp) {
    let word = bytes.bytes.u32(at: 0) ?? 0
    switch word >> 24 {
    case 0 where word & 0xff_ffff >= UInt32(SMBHeader.size1):
      length = Int(word & 0xff_ffff)
      wanted = SMBMessageReader.lengthSize + SMBHeader.kindSize
      stage = .kind
    // Session request, its responses, and keep-alive; the length has 17 bits.
    case 0x81...0x85: begin(skipping: Int(word & 0x1_ffff))
    default: searchAgain(in: frame)
    }
  }

  private mutating func takeKind(in frame: FrameStamp) {
    switch SMBHeader.kind(bytes.bytes.part(from: SMBMessageReader.lengthSize)) {
    case nil: searchAgain(in: frame)
    case .other: begin(skipping: SMBMessageReader.lengthSize + length - bytes.count)
    case .negotiate, .sessionSetup:
      wanted = SMBMessageReader.lengthSize + min(length, SMBMessageReader.limit)
      stage = .body
    }
  }

  /// What was kept is no beginning of a message; one may begin inside it, but not end.
  private mutating func searchAgain(in frame: FrameStamp) {
    let old = bytes
    lose()
    var index = 1
    _ = next(old.bytes, at: &index, in: frame)
  }

  /// Looks for the next message's length and first four bytes.
  private mutating func search(_ input: RawSpan, at index: inout Int, in frame: FrameStamp) {
    while let byte = input.u8(at: index) {
      index &+= 1
      window = window &<< 8 | UInt64(byte)
      strangeBytes &+= 1
      let magic = UInt32(truncatingIfNeeded: window)
      guard magic == SMBHeader.version1 || magic == SMBHeader.version2, window >> 56 == 0,
        window >> 32 & 0xff_ffff >= UInt64(SMBHeader.size1)
      else { continue }
      for shift in stride(from: UInt64(56), through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: window >> shift))
      }
      self.frame = frame
      length = Int(window >> 32 & 0xff_ffff)
      wanted = SMBMessageReader.lengthSize + SMBHeader.kindSize
      stage = .kind
      return
    }
  }
}

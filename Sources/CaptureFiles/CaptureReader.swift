import Bytes

/// Reads a pcap or pcapng capture once, from front to back, compressed (`Compression`) or not.
///
/// Memory does not depend on the size of the file: large blocks are read, and each frame is lent to the caller where it
/// lies in the block, neither allocated nor copied.
///
/// ```swift
/// let reader = try CaptureReader(path: "trace.pcapng")
/// let end = reader.forEachFrame { frame, bytes in
///   print(frame.number, bytes.byteCount)
///   return true
/// }
/// ```
public final class CaptureReader {
  /// The path that stands for standard input.
  public static let standardInput = "-"

  /// What was opened.
  public let path: String
  /// The format, found from the first bytes.
  public let format: CaptureFormat
  /// The interfaces met so far: one for pcap, growing while a pcapng file is read.
  public internal(set) var interfaces: [CaptureInterface] = []
  /// Hears what a pcapng file says beside its packets, between two frames. It must not call this reader's methods.
  public var onNote: (CaptureNote) -> Void = { _ in }
  /// What is said of the frame that was handed out last, where it `hasOptions`.
  public internal(set) var frameOptions = FrameOptions()
  /// What the capturing program counted so far, by the index of the interface; interfaces of which nothing is said are absent.
  public internal(set) var statistics: [Int: InterfaceStatistics] = [:]
  /// What the file is compressed with; nil: nothing.
  public var compression: Compression? { input.compression }
  /// Size on disk; nil for standard input and pipes.
  public var totalBytes: Int64? { input.totalBytes }
  /// Bytes taken from the file so far, as it stands on disk: with `totalBytes`, the progress.
  public var bytesRead: Int64 { input.bytesRead }

  var input: BlockInput
  let pcap: PcapFileHeader?
  var pcapng = PcapngState()
  var notes = PcapngNotes()
  /// Number of the last frame counted.
  var lastNumber = 0
  private var end: CaptureEnd?

  /// Opens the file and reads its header.
  ///
  /// - Parameters:
  ///   - path: `-` is standard input.
  ///   - hashing: false saves the digest.
  ///   - shouldStop: asked a few times a second while a pipe is silent; reading ends as `stopped` when it says so.
  public init(
    path: String, hashing: Bool = true, shouldStop: @escaping () -> Bool = { false }
  ) throws(CaptureFileError) {
    var input = try BlockInput(path: path, hashing: hashing, shouldStop: shouldStop)
    let opening = try CaptureReader.opening(&input, path: path)
    self.path = path
    self.input = input
    switch opening {
    case .pcap(let header):
      format = .pcap
      pcap = header
      interfaces = [
        CaptureInterface(
          number: 0, name: nil, description: nil, linkType: header.linkType, snaplen: header.snaplen)
      ]
    case .pcapng:
      format = .pcapng
      pcap = nil
    }
  }

  /// Calls `body` with every frame in the order of the file, until it returns false.
  ///
  /// The span is valid during the call only. `body` may read this reader's properties; it must not call its methods.
  /// After `stopped`, and after an error of `body`, another call goes on with the next frame.
  public func forEachFrame<Failure: Error>(
    _ body: (CapturedFrame, RawSpan) throws(Failure) -> Bool
  ) throws(Failure) -> CaptureEnd {
    if let end { return end }
    let result = if let pcap { try readPcap(pcap, body) } else { try readPcapng(body) }
    if result != .stopped { end = result }
    return result
  }

  /// The SHA-256 (64 lower-case hexadecimal digits, empty without `hashing`) and the size in bytes of the whole file as
  /// it stands on disk. Reads what is left of it, so that no frame can be read afterwards; without `draining` both are of
  /// the part that was read.
  public func finish(draining: Bool = true) -> (sha256: String, size: Int64) {
    if end == nil { end = .stopped }
    if draining { input.drain() }
    return (input.digest, input.bytesRead)
  }

  /// Why no record could be completed: `what` starts at the window's front and needs `wanted` bytes.
  func shortage(_ what: String, wanted: Int) -> CaptureEnd {
    switch input.ending {
    case .cut(let detail): return .truncated(detail)
    case .corrupt(let detail), .failed(let detail): return .unreadable(detail)
    case .interrupted: return .stopped
    case .open, .ended: break
    }
    if input.available == 0 { return .complete }
    return .truncated("\(what) at byte \(input.position) needs \(wanted) bytes, the file has \(input.available) more")
  }
}

extension CaptureReader {
  enum Opening {
    case pcap(PcapFileHeader)
    case pcapng
  }

  /// Finds the format, and for pcap passes over the header.
  static func opening(_ input: inout BlockInput, path: String) throws(CaptureFileError) -> Opening {
    let sniffed = 512
    _ = input.fill(sniffed)
    if case .failed(let reason) = input.ending { throw .unreadable(path: path, reason: reason) }
    if input.ending == .interrupted { throw .unreadable(path: path, reason: "interrupted") }
    guard input.available > 0 else { throw .empty(path: path) }
    let compression = Compression.of(input.window)
    if let compression {
      _ = input.begin(compression) && input.fill(sniffed)
      switch input.ending {
      case .failed(let reason): throw .unreadable(path: path, reason: reason)
      case .interrupted: throw .unreadable(path: path, reason: "interrupted")
      case .corrupt(let reason) where input.available == 0, .cut(let reason) where input.available == 0:
        throw .damagedCompression(path: path, reason: reason)
      default: break
      }
      guard input.available > 0 else { throw .empty(path: path) }
      if let inner = Compression.of(input.window)?.rawValue ?? FileSignature.unsupportedCompression(input.window) {
        throw .compressedTwice(path: path, outer: compression.rawValue, inner: inner)
      }
    } else if let name = FileSignature.unsupportedCompression(input.window) {
      throw .unsupportedCompression(path: path, name: name)
    }
    if var header = try PcapFileHeader(input.window, path: path) {
      header.settleRecordHeader(input.window)
      input.advance(header.headerLength)
      return .pcap(header)
    }
    if input.window.u32(at: 0) == PcapngBlock.sectionHeader {
      try PcapngState.checkFirstSection(input.window, path: path)
      return .pcapng
    }
    throw .notACapture(path: path, looksLike: FileSignature.looksLike(input.window), inside: compression)
  }
}

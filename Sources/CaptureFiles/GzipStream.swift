import Bytes
import CZlib

/// Decompresses a gzip file (RFC 1952) of any number of members.
@safe struct GzipStream: ~Copyable {
  /// What one step came to.
  enum Step {
    /// So many bytes were written, at least one.
    case produced(Int)
    /// The last member is complete, and nothing of gzip follows.
    case ended
    /// The input ended inside a member.
    case cut
    /// The data is no valid gzip; zlib's reason.
    case corrupt(String)
    /// The file cannot be read; the system's reason.
    case failed(String)
    /// The caller wants to stop, while nothing came.
    case interrupted
  }

  /// 15 for the largest window, and 32 to read the header of gzip as well as zlib's.
  private static let windowBits: CInt = 47

  /// On the heap, since zlib's state points back at it.
  private let stream: UnsafeMutablePointer<z_stream>
  private var input: MemoryBlock
  private var lower: Int
  private var upper: Int
  private var betweenMembers = false

  /// A stream whose first bytes stand in `input` from `lower` to `upper`. Nil where zlib finds no memory.
  init?(input: consuming MemoryBlock, from lower: Int, to upper: Int) {
    let created = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe created.initialize(to: z_stream())
    let size = unsafe CInt(MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(created, GzipStream.windowBits, ZLIB_VERSION, size) == Z_OK else {
      unsafe created.deallocate()
      return nil
    }
    unsafe stream = created
    self.input = input
    self.lower = lower
    self.upper = upper
  }

  deinit {
    unsafe inflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Decompresses more of `file` into `output` behind `start`, which must leave room.
  mutating func step(file: inout FileBytes, into output: inout MemoryBlock, from start: Int) -> Step {
    while true {
      if lower == upper {
        switch file.more(&input, &lower, &upper, wanted: 1) {
        case .bytes: break
        case .end: return betweenMembers ? .ended : .cut
        case .failed(let reason): return .failed(reason)
        case .interrupted: return .interrupted
        }
      }
      if betweenMembers {
        // What follows the last member and is not another one is padding, as gzip itself has it.
        guard input.part(lower, upper).u8(at: 0) == 0x1f else { return .ended }
        unsafe inflateReset(stream)
        betweenMembers = false
      }
      let result = inflateOnce(into: &output, from: start)
      lower &+= result.taken
      if result.code == Z_STREAM_END { betweenMembers = true }
      // What came out before a fault is good; zlib repeats the fault on the next call.
      if result.produced > 0 { return .produced(result.produced) }
      switch result.code {
      case Z_STREAM_END: break
      case Z_OK, Z_BUF_ERROR: break
      case Z_NEED_DICT: return .corrupt("a preset dictionary is needed")
      default: return .corrupt(message)
      }
      if result.taken == 0, result.code != Z_STREAM_END { return .corrupt("no progress") }
    }
  }

  private mutating func inflateOnce(
    into output: inout MemoryBlock, from start: Int
  ) -> (code: CInt, produced: Int, taken: Int) {
    let (lower, upper) = (lower, upper)
    // The three pointers are valid for the call: both blocks are held by their closures, the counts are theirs.
    return unsafe input.withFree(from: lower) { source in
      unsafe output.withFree(from: start) { target in
        unsafe stream.pointee.next_in = source.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_in = UInt32(clamping: upper &- lower)
        unsafe stream.pointee.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(clamping: target.count)
        let (before, room) = unsafe (stream.pointee.avail_in, stream.pointee.avail_out)
        let code = unsafe inflate(stream, Z_NO_FLUSH)
        let taken = unsafe Int(before) - Int(stream.pointee.avail_in)
        let produced = unsafe Int(room) - Int(stream.pointee.avail_out)
        return (code, produced, taken)
      }
    }
  }

  private var message: String {
    guard let text = unsafe stream.pointee.msg else { return "invalid data" }
    return unsafe String(cString: text)
  }
}

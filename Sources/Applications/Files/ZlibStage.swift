import Bytes
import CZlib

/// `gzip` and `deflate` by zlib.
///
/// It is safe to use: its pointers are its own, from the initializer to the end of its life, and never leave it.
@safe final class ZlibStage: DecodingStage {
  private let isGzip: Bool
  // zlib keeps the address of its stream, so that the stream must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var isOpen = false
  /// The first of the two bytes that tell zlib's wrapper.
  private var first: UInt8?

  /// 40 kB at most, which `DecodingBudget.openLimit` bounds.
  var heldBytes: Int { 0 }

  init(isGzip: Bool) {
    self.isGzip = isGzip
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
  }

  deinit {
    // The memory belongs to the stream alone, which was allocated by the initializer; zlib has let go of it then.
    if isOpen { unsafe _ = inflateEnd(stream) }
    unsafe stream.deallocate()
  }

  func step(_ input: RawSpan, from offset: inout Int, into room: UnsafeMutableRawBufferPointer) -> DecodingStep {
    if !isOpen {
      guard let next = input.u8(at: offset) else { return DecodingStep() }
      if isGzip {
        guard open(windowBits: 15 + 16) else { return DecodingStep(outcome: .failed("zlib could not begin")) }
      } else if let first {
        // A header of zlib's wrapper (RFC 1950, section 2.2), else none: negative.
        let hasWrapper = first & 0x0f == 8 && (Int(first) << 8 | Int(next)) % 31 == 0
        guard open(windowBits: hasWrapper ? 15 : -15) else {
          return DecodingStep(outcome: .failed("zlib could not begin"))
        }
        var (start, held) = (0, [first])
        held.reserveCapacity(1)
        let step = unsafe inflate(held.bytes, from: &start, into: room)
        guard case .more = step.outcome, step.produced == 0 else { return step }
      } else {
        first = next
        offset += 1
        return DecodingStep()
      }
    }
    return unsafe inflate(input, from: &offset, into: room)
  }

  private func open(windowBits: Int32) -> Bool {
    // A zeroed stream is what zlib asks for; it copies nothing from the version text.
    isOpen = unsafe inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    return isOpen
  }

  private func inflate(
    _ input: RawSpan, from offset: inout Int, into room: UnsafeMutableRawBufferPointer
  ) -> DecodingStep {
    // zlib counts in 32 bits.
    let rest = input.part(from: offset, to: offset + Int(Int32.max))
    // zlib reads `avail_in` bytes at `next_in` and writes `avail_out` at `next_out`, both within their memory; it does
    // not write to its input in spite of the pointer's type.
    let (result, left, space) = unsafe rest.withUnsafeBytes { bytes -> (Int32, Int, Int) in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(
        mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
      unsafe stream.pointee.avail_in = UInt32(clamping: bytes.count)
      unsafe stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
      unsafe stream.pointee.avail_out = UInt32(clamping: room.count)
      let result = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
      return unsafe (result, Int(stream.pointee.avail_in), Int(stream.pointee.avail_out))
    }
    offset += rest.byteCount - left
    let produced = room.count - space
    switch result {
    case Z_OK, Z_BUF_ERROR: return DecodingStep(produced: produced)
    case Z_STREAM_END: return DecodingStep(produced: produced, outcome: .ended)
    default:
      return DecodingStep(
        produced: produced, outcome: .failed(isGzip ? "no valid gzip data" : "no valid deflate data"))
    }
  }

  /// Another gzip member.
  func goesOn(with byte: UInt8) -> Bool {
    isGzip && byte == 0x1f && (unsafe inflateReset(stream)) == Z_OK
  }
}

import Bytes
import CZlib

/// Undoes the content codings `gzip` and `deflate` (RFC 9110, section 8.4.1) of one object as it comes in, to count its
/// bytes and to see the first of them. Nothing else is kept.
///
/// It is safe to use: its pointers are its own, from the initializer to the end of its life, and never leave it.
@safe final class ContentDecoder {
  private enum State {
    /// Before the first two bytes, which tell zlib's wrapper.
    case beginning
    case inflating
    /// Behind the end of the data; another gzip member may follow.
    case ended
    /// Behind the end, and behind something that is no gzip member.
    case padded
    case failed(String)
  }

  /// Bytes decoded so far.
  private(set) var count = 0
  /// The first of them, up to as many as are wanted.
  private(set) var firstBytes: [UInt8] = []

  private let coding: ContentCodings.Coding
  private let budget: DecodingBudget
  private let kept: Int
  private var state = State.beginning
  private var held: [UInt8] = []
  // zlib keeps the address of its stream, so that the stream must not move.
  private let stream: UnsafeMutablePointer<z_stream>
  private var isOpen = false

  /// A decoder at the beginning of a body, of whose decoded bytes the first `kept` are wanted.
  init(
    _ coding: ContentCodings.Coding, budget: DecodingBudget = DecodingBudget(), keeping kept: Int = FileLimits.signature
  ) {
    self.coding = coding
    self.budget = budget
    self.kept = kept
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
  }

  deinit {
    close()
    // Allocated by the initializer; zlib has let go of it.
    unsafe stream.deallocate()
  }

  /// Frees zlib's memory.
  private func close() {
    guard isOpen else { return }
    isOpen = false
    // The memory belongs to the stream alone.
    unsafe _ = inflateEnd(stream)
    budget.end()
  }

  /// Why decoding stopped before the end of the bytes given; nil while it has not.
  var failure: String? {
    if case .failed(let reason) = state { reason } else { nil }
  }

  /// Whether the data ended where the format says so.
  var isEnded: Bool {
    switch state {
    case .ended, .padded: true
    case .beginning, .inflating, .failed: false
    }
  }

  /// Takes the first bytes, of which none are then left.
  func takeFirstBytes() -> [UInt8] {
    defer { firstBytes = [] }
    return firstBytes
  }

  /// Decodes the next bytes of the body.
  func decode(_ bytes: RawSpan) {
    switch state {
    case .beginning:
      guard held.count + bytes.byteCount >= 2 else { return held.append(span: bytes) }
      if held.isEmpty {
        open(bytes)
        inflateAll(bytes)
      } else {
        held.append(span: bytes)
        let first = held
        held = []
        open(first.bytes)
        inflateAll(first.bytes)
      }
    case .inflating, .ended: inflateAll(bytes)
    case .padded, .failed: break
    }
    switch state {
    case .padded, .failed: close()
    case .beginning, .inflating, .ended: break
    }
  }

  /// Bytes of the body are missing, so that what follows cannot be decoded.
  func stop() {
    if failure == nil { state = .failed("bytes are missing") }
    close()
  }

  private func open(_ bytes: RawSpan) {
    guard budget.begin() else {
      return state = .failed("more than \(DecodingBudget.openLimit) bodies are decoded at once")
    }
    // 32 more than the window's bits: gzip or zlib, as the data says; negative: no wrapper.
    var windowBits: Int32 = 15 + 32
    if coding == .deflate, let header = bytes.u16(at: 0), header >> 8 & 0x0f != 8 || header % 31 != 0 {
      windowBits = -15
    }
    // A zeroed stream is what zlib asks for; it copies nothing from the version text.
    let result = unsafe inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    isOpen = result == Z_OK
    if isOpen {
      state = .inflating
    } else {
      budget.end()
      state = .failed("zlib could not begin")
    }
  }

  private func inflateAll(_ bytes: RawSpan) {
    // zlib counts in 32 bits.
    guard bytes.byteCount <= Int(UInt32.max) else { return state = .failed("more bytes at once than zlib can count") }
    // zlib reads `avail_in` bytes at `next_in` and writes `avail_out` at `next_out`, both within their memory; it does
    // not write to its input in spite of the pointer's type.
    unsafe bytes.withUnsafeBytes { input in
      guard let start = input.baseAddress else { return }
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: UInt8.self))
      unsafe stream.pointee.avail_in = UInt32(input.count)
      var isGoingOn = beginNextMember()
      while isGoingOn {
        unsafe stream.pointee.next_out = budget.output
        unsafe stream.pointee.avail_out = UInt32(DecodingBudget.outputSize)
        let result = unsafe inflate(stream, Z_NO_FLUSH)
        let (left, room) = unsafe (stream.pointee.avail_in, Int(stream.pointee.avail_out))
        let isWithinLimit = unsafe keep(
          UnsafeRawBufferPointer(start: budget.output, count: DecodingBudget.outputSize - room))
        switch result {
        case Z_OK: isGoingOn = isWithinLimit && (left > 0 || room == 0)
        case Z_STREAM_END where isWithinLimit:
          state = .ended
          isGoingOn = left > 0 && beginNextMember()
        case Z_STREAM_END, Z_BUF_ERROR: isGoingOn = false
        default:
          if isWithinLimit { state = .failed(coding == .gzip ? "no valid gzip data" : "no valid deflate data") }
          isGoingOn = false
        }
      }
    }
  }

  /// Whether there is something to inflate: behind the end of one gzip member, another must begin.
  private func beginNextMember() -> Bool {
    switch state {
    case .inflating: return true
    case .ended:
      // `next_in` is within the input: there is at least one byte more.
      guard coding == .gzip, unsafe stream.pointee.next_in.pointee == 0x1f, unsafe inflateReset(stream) == Z_OK else {
        state = .padded
        return false
      }
      state = .inflating
      return true
    case .beginning, .padded, .failed: return false
    }
  }

  /// Counts output; false where the limit is reached.
  private func keep(_ produced: UnsafeRawBufferPointer) -> Bool {
    let room = kept - firstBytes.count
    if room > 0 { unsafe firstBytes.append(contentsOf: produced.prefix(room)) }
    count += produced.count
    guard budget.spend(produced.count) else {
      state = .failed("all content of the capture decodes to more than \(DecodingBudget.limit) bytes")
      return false
    }
    guard count > FileLimits.decoded else { return true }
    count = FileLimits.decoded
    state = .failed("it decodes to more than \(FileLimits.decoded) bytes")
    return false
  }
}

import Bytes
import CZlib

/// Undoes the compression of the messages that one side sends (RFC 7692, section 7.2.2), to count their bytes and to see
/// the first of them.
///
/// Behind something that was lost it begins anew: what refers to lost text is then an error, and nothing comes out wrong.
///
/// It is safe to use: its pointers are its own, from the initializer to the end of its life, and never leave it.
@safe final class WebSocketInflater {
  private let budget: DecodingBudget
  private let keepsContext: Bool
  // zlib keeps the address of its stream, so that the stream must not move.
  private let stream: UnsafeMutablePointer<z_stream>

  /// Bytes of the message so far.
  private(set) var count = 0
  /// The first of them.
  private(set) var firstBytes: [UInt8] = []
  /// Why the message could not be inflated; nil while it could.
  private(set) var failure: String?

  /// An inflater; `keepsContext`: messages refer to earlier ones. Nil where too much is inflated already.
  init?(budget: DecodingBudget, keepsContext: Bool) {
    guard budget.begin() else { return nil }
    self.budget = budget
    self.keepsContext = keepsContext
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    // A zeroed stream is what zlib asks for; it copies nothing from the version text. Negative bits: no wrapper.
    let result = unsafe inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    if result != Z_OK { failure = "zlib could not begin" }
  }

  deinit {
    // The memory belongs to the stream alone, which was allocated by the initializer.
    unsafe _ = inflateEnd(stream)
    unsafe stream.deallocate()
    budget.end(releasing: 0)
  }

  /// Begins a message.
  func begin() {
    if failure != nil || !keepsContext { reset() }
    count = 0
    firstBytes = []
  }

  /// What came before is lost.
  func reset() {
    // C call on the stream that the initializer made.
    failure = unsafe inflateReset(stream) == Z_OK ? nil : "zlib could not begin again"
  }

  /// Takes the message's beginning, of which nothing is then left.
  func takeFirstBytes() -> [UInt8] {
    defer { firstBytes = [] }
    return firstBytes
  }

  /// The message is over: adds what its sender has left out.
  func end() {
    let tail: [UInt8] = [0x00, 0x00, 0xff, 0xff]
    inflate(tail.bytes)
  }

  /// Inflates the next bytes of the message.
  func inflate(_ bytes: RawSpan) {
    guard failure == nil, bytes.byteCount <= Int(UInt32.max) else { return }
    // zlib reads `avail_in` bytes at `next_in` and writes `avail_out` at `next_out`, both within their memory; it does
    // not write to its input in spite of the pointer's type.
    unsafe bytes.withUnsafeBytes { input in
      guard let start = input.baseAddress else { return }
      unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: start.assumingMemoryBound(to: UInt8.self))
      unsafe stream.pointee.avail_in = UInt32(input.count)
      let output = unsafe budget.output(0)
      while true {
        unsafe stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(clamping: output.count)
        let result = unsafe CZlib.inflate(stream, Z_SYNC_FLUSH)
        let (left, room) = unsafe (stream.pointee.avail_in, Int(stream.pointee.avail_out))
        unsafe keep(UnsafeRawBufferPointer(rebasing: output.prefix(output.count - room)))
        guard failure == nil else { return }
        switch result {
        case Z_OK where left > 0 || room == 0: continue
        case Z_OK, Z_BUF_ERROR: return
        case Z_STREAM_END:
          // A final block, behind which the next one begins anew (section 7.2.3.4).
          unsafe _ = inflateReset(stream)
          guard left > 0 else { return }
        default:
          failure = "no valid deflate data, or it refers to what is missing"
          return
        }
      }
    }
  }

  private func keep(_ produced: UnsafeRawBufferPointer) {
    let room = WebSocketLimits.text - firstBytes.count
    if room > 0 { unsafe firstBytes.append(contentsOf: produced.prefix(room)) }
    count += produced.count
    if !budget.spend(produced.count) {
      failure = "all content of the capture decodes to more than \(DecodingBudget.limit) bytes"
    } else if count > WebSocketLimits.decoded {
      count = WebSocketLimits.decoded
      failure = "it decodes to more than \(WebSocketLimits.decoded) bytes"
    }
  }
}

import Bytes
import CBrotli

/// `br` by libbrotlidec.
///
/// It is safe to use: its pointer is its own, from the initializer to the end of its life, and never leaves it.
@safe final class BrotliStage: DecodingStage {
  /// The functions of libbrotlidec, which are loaded once, never changed and never unloaded.
  private struct Library: @unchecked Sendable {
    let functions: pcapindex_brotli

    init?() {
      var functions = pcapindex_brotli()
      // C call that fills the structure.
      guard unsafe pcapindex_brotli_open(&functions) != 0 else { return nil }
      self.functions = functions
    }
  }

  private static let library = Library()

  /// Whether libbrotlidec is installed.
  static var isAvailable: Bool { library != nil }

  private var functions: pcapindex_brotli
  // The decoder keeps the address of its stream, so that the stream must not move.
  private let stream: UnsafeMutablePointer<pcapindex_brotli_stream>

  /// Its window, which grows to what the data needs, 16 MiB at most, and its tables.
  var heldBytes: Int { unsafe Int(clamping: stream.pointee.held) }

  /// Nil where libbrotlidec or memory is missing.
  init?() {
    guard let library = BrotliStage.library else { return nil }
    functions = library.functions
    unsafe stream = .allocate(capacity: 1)
    unsafe stream.initialize(to: pcapindex_brotli_stream())
    // C call that fills the stream; where it fails, `deinit` has nothing to end.
    guard unsafe pcapindex_brotli_begin(&functions, stream) != 0 else { return nil }
  }

  deinit {
    // The memory belongs to the stream alone, which was allocated by the initializer.
    unsafe pcapindex_brotli_end(&functions, stream)
    unsafe stream.deallocate()
  }

  func step(_ input: RawSpan, from offset: inout Int, into room: UnsafeMutableRawBufferPointer) -> DecodingStep {
    let rest = input.part(from: offset)
    // It reads `count` bytes and writes `space` bytes at most, both within their memory, for the call alone.
    let (result, used, produced) = unsafe rest.withUnsafeBytes { bytes -> (Int32, Int, Int) in
      var (count, space) = (bytes.count, room.count)
      let result = unsafe pcapindex_brotli_step(
        &functions, stream, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), &count,
        room.baseAddress?.assumingMemoryBound(to: UInt8.self), &space)
      return (result, count, space)
    }
    offset += used
    switch result {
    case 0: return DecodingStep(produced: produced, outcome: .failed("no valid brotli data"))
    case 1: return DecodingStep(produced: produced, outcome: .ended)
    default: return DecodingStep(produced: produced)
    }
  }

  /// Nothing follows a stream.
  func goesOn(with byte: UInt8) -> Bool { false }
}

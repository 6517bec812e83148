import Bytes
import CNGHTTP2

/// Decodes the field blocks that one side of a connection sends (HPACK, RFC 7541), by libnghttp2.
///
/// A block that was lost takes with it what it would have added to the dynamic table. A decoder that begins anew gives
/// nothing wrong all the same: entries are counted from the newest one (section 2.3.3), so that those added since have
/// their right numbers, and older ones have numbers that the new table does not reach, which is an error.
///
/// It is safe to use: its pointer is its own, from the initializer to the end of its life, and never leaves it.
@safe final class HPACKDecoder {
  /// The functions of libnghttp2, loaded once; nil where it is not installed.
  @safe private struct Library: @unchecked Sendable {
    // C pointers to what is loaded once, never changed and never freed.
    var functions: pcapindex_hpack

    static let shared = Library()

    private init?() {
      var functions = pcapindex_hpack()
      // C call that fills the structure.
      guard unsafe pcapindex_hpack_open(&functions) != 0 else { return nil }
      self.functions = functions
    }
  }

  /// Bytes that a dynamic table has before anything is agreed on (RFC 9113, section 6.5.2).
  private static let usualTable = 4096

  private var functions: pcapindex_hpack
  private var inflater: OpaquePointer?
  private var tableLimit = HPACKDecoder.usualTable

  /// A decoder with an empty dynamic table; nil where libnghttp2 is not installed.
  init?() {
    guard let library = Library.shared else { return nil }
    functions = library.functions
    // C call; what it returns is freed by `deinit` or `reset`.
    unsafe inflater = pcapindex_hpack_make(&functions)
    guard unsafe inflater != nil else { return nil }
  }

  deinit {
    // Made by the initializer or by `reset`.
    if let inflater = unsafe inflater { unsafe pcapindex_hpack_free(&functions, inflater) }
  }

  /// Bytes of the dynamic table.
  var heldBytes: Int {
    guard let inflater = unsafe inflater else { return 0 }
    var functions = functions
    // C call that reads a number.
    return unsafe Int(clamping: pcapindex_hpack_size(&functions, inflater))
  }

  /// Whoever reads these blocks allows a dynamic table of `size` bytes (SETTINGS_HEADER_TABLE_SIZE), of which
  /// `HTTP2Limits.table` are given. A smaller size than before changes nothing: the sender, who says so in its next
  /// block, may not have heard of it yet, and entries that it no longer has are not referred to.
  func allowTable(_ size: Int) {
    let size = min(size, HTTP2Limits.table)
    guard size > tableLimit, let inflater = unsafe inflater else { return }
    tableLimit = size
    // C call between two blocks.
    unsafe _ = pcapindex_hpack_resize(&functions, inflater, size)
  }

  /// Begins anew with an empty table: a block was lost, or could not be decoded.
  func reset() {
    // The old one is not used again.
    if let inflater = unsafe inflater { unsafe pcapindex_hpack_free(&functions, inflater) }
    unsafe inflater = pcapindex_hpack_make(&functions)
    guard let inflater = unsafe inflater, tableLimit > HPACKDecoder.usualTable else { return }
    unsafe _ = pcapindex_hpack_resize(&functions, inflater, tableLimit)
    // The sender may have made its table as large as it may before the loss.
    _ = decode(HPACKDecoder.sizeUpdate(tableLimit).bytes) { _, _ in }
  }

  /// A dynamic table size update (RFC 7541, section 6.3).
  private static func sizeUpdate(_ size: Int) -> [UInt8] {
    var bytes: [UInt8] = [0x3f]
    var rest = max(0, size - 31)
    while rest >= 128 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(truncatingIfNeeded: rest)]
  }

  /// Calls `body` with each name and value of a whole `block`. False where it is malformed, or refers to what the table
  /// does not hold: the decoder must then be `reset`.
  func decode(_ block: RawSpan, _ body: (_ name: RawSpan, _ value: RawSpan) -> Void) -> Bool {
    guard let inflater = unsafe inflater else { return false }
    // The library reads `left` bytes from `start` on, all within the block; a field's bytes live until the next call.
    return unsafe block.withUnsafeBytes { input in
      var start = unsafe input.baseAddress?.assumingMemoryBound(to: UInt8.self)
      var left = input.count
      while true {
        let step = unsafe pcapindex_hpack_next(&functions, inflater, start, left)
        let used = unsafe Int(step.used)
        guard used >= 0, used <= left else { return false }
        unsafe start = start.map { unsafe $0 + used }
        left -= used
        if unsafe step.has_field != 0, let name = unsafe step.name, let value = unsafe step.value {
          unsafe body(
            RawSpan(_unsafeStart: name, byteCount: Int(clamping: step.name_length)),
            RawSpan(_unsafeStart: value, byteCount: Int(clamping: step.value_length)))
        } else if left == 0 {
          return unsafe step.is_final != 0
        }
      }
    }
  }
}

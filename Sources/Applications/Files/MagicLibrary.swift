import Bytes
import CMagic
import Synchronization

/// libmagic with the database of this machine, which is loaded when it is first asked.
///
/// It is safe to use: its pointers are its own, to what is loaded once and never freed.
@safe struct MagicLibrary {
  // libmagic is no two threads' at a time.
  private static let shared = Mutex<MagicLibrary?>(MagicLibrary())

  private var magic: pcapindex_magic

  private init?() {
    var magic = unsafe pcapindex_magic()
    // C call that fills the structure.
    guard unsafe pcapindex_magic_open(&magic) != 0 else { return nil }
    unsafe self.magic = magic
  }

  /// Whether libmagic and its database are installed.
  static var isAvailable: Bool { shared.withLock { $0 != nil } }

  /// The media type of data that begins with `bytes`, as libmagic names it; nil where it is not installed, or fails.
  static func type(of bytes: RawSpan) -> String? {
    let copy = bytes.copied()
    return shared.withLock { library in
      guard var magic = unsafe library?.magic else { return nil }
      // It reads the bytes for the call, and its answer lasts until the next one.
      return unsafe copy.withUnsafeBytes { bytes in
        unsafe pcapindex_magic_type(&magic, bytes.baseAddress, bytes.count).map { unsafe String(cString: $0) }
      }
    }
  }
}

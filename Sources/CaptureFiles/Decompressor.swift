/// Decompresses one form, which a C library knows, member by member: gzip's members, zstd's and LZ4's frames, the streams of
/// xz and bzip2. What surrounds them is the caller's.
///
/// Memory is bounded by a named limit of each, whatever the data asks for.
protocol Decompressor: AnyObject {
  /// Makes ready for a member; what is wrong where that is impossible. Called before the first as well.
  func beginMember() -> String?

  /// Decompresses from the front of `source`, which may be empty, into `target`, which is not. Both are lent for the call.
  func decompress(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) -> DecompressedPart
}

/// What one call of a decompressor came to.
struct DecompressedPart {
  /// How it goes on.
  enum Outcome: Equatable {
    /// With more input, or more room.
    case more
    /// The member is complete.
    case memberEnds
    /// Not at all: what is wrong, in the library's words or ours.
    case damaged(String)
  }

  /// Bytes of the source that were used.
  var taken = 0
  /// Bytes that were written to the target; they are good also where the outcome is `damaged`.
  var produced = 0
  var outcome = Outcome.more
}

extension Compression {
  /// A decompressor of this form; nil where the library finds no memory.
  func decompressor() -> (any Decompressor)? {
    switch self {
    case .gzip: GzipDecompressor()
    case .zstd: ZstdDecompressor()
    case .lz4: LZ4Decompressor()
    case .xz: XZDecompressor()
    case .bzip2: Bzip2Decompressor()
    }
  }
}

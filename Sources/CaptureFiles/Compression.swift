import Bytes

/// A compressed form in which captures are read, named as `captures.compression` has it.
public enum Compression: String, Sendable, CaseIterable {
  /// RFC 1952.
  case gzip
  /// RFC 8878.
  case zstd
  /// LZ4's frame format, version 1.6.
  case lz4
  /// The .xz file format, version 1.2.
  case xz
  /// bzip2, version 1.
  case bzip2

  /// Bytes from which a member's beginning can be told.
  static let signatureLength = 8

  /// Whether a member of this form begins with `bytes`.
  func begins(_ bytes: RawSpan) -> Bool {
    switch self {
    case .gzip: bytes.u16(at: 0) == 0x1f8b
    case .zstd: bytes.u32(at: 0) == 0x28b5_2ffd || Compression.isSkippable(bytes)
    case .lz4: bytes.u32(at: 0) == 0x0422_4d18 || Compression.isSkippable(bytes)
    case .xz: bytes.u32(at: 0) == 0xfd37_7a58 && bytes.u16(at: 4) == 0x5a00
    case .bzip2: Compression.isBzip2(bytes)
    }
  }

  /// The form of a file that begins with `bytes`.
  ///
  /// zstd and LZ4 share frames that are to be skipped; pzstd begins with one. The frame behind them tells, and zstd is
  /// taken where it lies further than the bytes reach.
  static func of(_ bytes: RawSpan) -> Compression? {
    guard isSkippable(bytes) else { return allCases.first { $0.begins(bytes) } }
    var rest = bytes
    while isSkippable(rest), let length = rest.u32(at: 4)?.byteSwapped, Int(length) < rest.byteCount {
      rest = rest.part(from: 8 &+ Int(length))
    }
    return rest.u32(at: 0) == 0x0422_4d18 ? .lz4 : .zstd
  }

  /// A frame with one of the magic numbers 0x184d2a50 to 0x184d2a5f, little-endian (RFC 8878, section 3.1.2).
  private static func isSkippable(_ bytes: RawSpan) -> Bool {
    bytes.u32(at: 0).map { $0.byteSwapped >> 4 == 0x184d2a5 } ?? false
  }

  /// `BZh`, the block size as a digit, then a block or, of an empty stream, its end.
  private static func isBzip2(_ bytes: RawSpan) -> Bool {
    guard bytes.starts(with: "BZh"), let level = bytes.u8(at: 3), (0x31...0x39).contains(level) else { return false }
    return bytes.u32(at: 4) == 0x3141_5926 || bytes.u32(at: 4) == 0x1772_4538
  }
}

import Bytes

/// What a file is by its first bytes, for error messages that help.
enum FileSignature {
  /// The one compression that is read.
  static let gzip = "gzip"

  /// The compression that `bytes` begin with, by name.
  static func compression(_ bytes: RawSpan) -> String? {
    if bytes.u16(at: 0) == 0x1f8b { return gzip }
    if bytes.u16(at: 0) == 0x1f9d { return "compress (.Z)" }
    switch bytes.u32(at: 0) {
    case 0x28b5_2ffd: return "zstd"
    case 0x0422_4d18, 0x0221_4c18: return "lz4"
    case 0xfd37_7a58 where bytes.u16(at: 4) == 0x5a00: return "xz"
    default: break
    }
    if bytes.starts(with: "BZh"), bytes.u32(at: 4) == 0x3141_5926 { return "bzip2" }
    // A skippable frame, 0x184d2a50 to 5f little-endian, begins some zstd and lz4 files.
    if let word = bytes.u32(at: 0)?.byteSwapped, word >> 4 == 0x184d2a5 { return "zstd or lz4" }
    return nil
  }

  /// Other capture formats and files that are met in their place. The text completes "it looks like …".
  private static let known: [(prefix: StaticString, name: String)] = [
    ("SQLite format 3\0", "a SQLite database"),
    ("snoop\0\0\0", "a snoop capture"),
    ("XCP\0", "a Microsoft NetXRay or Sniffer capture"),
    ("GMBU", "a Microsoft Network Monitor capture"),
    ("RTSS", "a Microsoft Network Monitor 1 capture"),
    ("TRSNIFF data    \u{1a}", "a Sniffer capture"),
    ("btsnoop\0", "a btsnoop (Bluetooth) capture"),
    ("PK\u{3}\u{4}", "a ZIP archive"),
    ("7z\u{27}\u{1c}", "a 7z archive"),
    ("Rar!", "a RAR archive"),
    ("%PDF-", "a PDF document"),
    ("\u{7f}ELF", "a program"),
    ("<!DOCTYPE", "a web page"),
    ("<html", "a web page"),
    ("<?xml", "an XML document"),
    ("version https://git-lfs", "a Git LFS pointer, not the file itself"),
  ]

  /// What `bytes`, the beginning of a file, look like; nil where nothing is known.
  static func looksLike(_ bytes: RawSpan) -> String? {
    for (prefix, name) in known where bytes.starts(with: prefix) { return name }
    return isText(bytes) ? "text" : nil
  }

  /// Whether all bytes are printable or space; UTF-8's upper half counts as printable.
  private static func isText(_ bytes: RawSpan) -> Bool {
    var index = 0
    while let byte = bytes.u8(at: index), index < 512 {
      guard byte >= 0x20 && byte != 0x7f || (9...13).contains(byte) else { return false }
      index &+= 1
    }
    return index > 0
  }
}

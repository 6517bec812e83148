import Bytes

/// What a file is by its first bytes, for error messages that help.
enum FileSignature {
  /// A compressed form that is not read and that `bytes` begin with, by name.
  static func unsupportedCompression(_ bytes: RawSpan) -> String? {
    if bytes.u16(at: 0) == 0x1f9d { return "compress (.Z)" }
    if bytes.u32(at: 0) == 0x0221_4c18 { return "LZ4's legacy format" }
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
    if bytes.part(from: min(257, bytes.byteCount)).starts(with: "ustar") { return "a tar archive" }
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

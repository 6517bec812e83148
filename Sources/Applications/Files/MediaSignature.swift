import Bytes

/// Tells what kind of data something is by its first bytes, where they are unmistakable: the magic numbers of each format's
/// specification, as https://mimesniff.spec.whatwg.org and https://www.iana.org/assignments/media-types list them.
enum MediaSignature {
  private struct Entry {
    let offset: Int
    let magic: [UInt8]
    let type: String

    init(_ magic: [UInt8], _ type: String, at offset: Int = 0) {
      (self.offset, self.magic, self.type) = (offset, magic, type)
    }

    init(_ magic: String, _ type: String, at offset: Int = 0) {
      self.init(Array(magic.utf8), type, at: offset)
    }
  }

  /// The first that fits wins.
  private static let entries: [Entry] = [
    Entry([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], "image/png"),
    Entry([0xff, 0xd8, 0xff], "image/jpeg"),
    Entry("GIF87a", "image/gif"),
    Entry("GIF89a", "image/gif"),
    Entry("WEBP", "image/webp", at: 8),
    Entry("AVI ", "video/x-msvideo", at: 8),
    Entry("WAVE", "audio/wav", at: 8),
    Entry([0x00, 0x00, 0x01, 0x00], "image/vnd.microsoft.icon"),
    Entry([0x49, 0x49, 0x2a, 0x00], "image/tiff"),
    Entry([0x4d, 0x4d, 0x00, 0x2a], "image/tiff"),
    Entry("%PDF-", "application/pdf"),
    Entry([0x50, 0x4b, 0x03, 0x04], "application/zip"),
    Entry([0x50, 0x4b, 0x05, 0x06], "application/zip"),
    Entry([0x1f, 0x8b, 0x08], "application/gzip"),
    Entry("BZh", "application/x-bzip2"),
    Entry([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], "application/x-xz"),
    Entry([0x28, 0xb5, 0x2f, 0xfd], "application/zstd"),
    Entry([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], "application/x-7z-compressed"),
    Entry([0x52, 0x61, 0x72, 0x21, 0x1a, 0x07], "application/vnd.rar"),
    Entry("MSCF", "application/vnd.ms-cab-compressed"),
    Entry("ustar", "application/x-tar", at: 257),
    Entry("!<arch>\ndebian-binary", "application/vnd.debian.binary-package"),
    Entry([0xed, 0xab, 0xee, 0xdb], "application/x-rpm"),
    Entry([0xfe, 0xed, 0xfa, 0xce], "application/x-mach-binary"),
    Entry([0xfe, 0xed, 0xfa, 0xcf], "application/x-mach-binary"),
    Entry([0xce, 0xfa, 0xed, 0xfe], "application/x-mach-binary"),
    Entry([0xcf, 0xfa, 0xed, 0xfe], "application/x-mach-binary"),
    Entry("dex\n", "application/vnd.android.dex"),
    Entry([0x00, 0x61, 0x73, 0x6d], "application/wasm"),
    Entry([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "application/x-ole-storage"),
    Entry("SQLite format 3\0", "application/vnd.sqlite3"),
    Entry("{\\rtf", "application/rtf"),
    Entry("OggS", "application/ogg"),
    Entry("ID3", "audio/mpeg"),
    Entry("fLaC", "audio/flac"),
    Entry("ftypM4A", "audio/mp4", at: 4),
    Entry("ftypavif", "image/avif", at: 4),
    Entry("ftypheic", "image/heic", at: 4),
    Entry("ftyp", "video/mp4", at: 4),
    Entry("FLV\u{1}", "video/x-flv"),
    Entry([0x1a, 0x45, 0xdf, 0xa3], "video/webm"),
    Entry("FWS", "application/vnd.adobe.flash.movie"),
    Entry("CWS", "application/vnd.adobe.flash.movie"),
    Entry("ZWS", "application/vnd.adobe.flash.movie"),
    Entry("wOFF", "font/woff"),
    Entry("wOF2", "font/woff2"),
    Entry("OTTO", "font/otf"),
    Entry([0x00, 0x01, 0x00, 0x00, 0x00], "font/ttf"),
    Entry([0x1f, 0x9d], "application/x-compress"),
    Entry([0x04, 0x22, 0x4d, 0x18], "application/x-lz4"),
    Entry([0x5d, 0x00, 0x00], "application/x-lzma"),
    Entry("#!", "text/x-script"),
    Entry("%!PS", "application/postscript"),
    Entry("#EXTM3U", "application/vnd.apple.mpegurl"),
    Entry("WEBVTT", "text/vtt"),
    Entry("BEGIN:VCARD", "text/vcard"),
    Entry("BEGIN:VCALENDAR", "text/calendar"),
    Entry("@echo off", "text/x-msdos-batch"),
    Entry("@ECHO OFF", "text/x-msdos-batch"),
  ]

  /// Beginnings of HTML documents in lower case; a blank or `>` must follow.
  private static let htmlTags: [StaticString] = [
    "<!doctype html", "<html", "<head", "<title", "<body", "<script", "<style", "<table", "<div", "<h1", "<iframe",
    "<!--", "<br", "<p", "<a", "<b", "<meta", "<center", "<font",
  ]

  /// The media type of data that begins with `bytes`; nil where it is not recognised.
  static func type(of bytes: RawSpan) -> String? {
    guard let first = bytes.u8(at: 0) else { return nil }
    // An entry that begins at the first byte need not be looked at where that is another.
    for entry in entries
    where (entry.offset > 0 || entry.magic[0] == first) && has(entry.magic, bytes, at: entry.offset) {
      return entry.type
    }
    if bytes.starts(with: "\u{7f}ELF") { return objectType(bytes) }
    if bytes.starts(with: "BM") { return isBitmap(bytes) ? "image/bmp" : nil }
    if bytes.starts(with: "MZ") { return isExecutable(bytes) ? "application/vnd.microsoft.portable-executable" : nil }
    if bytes.u32(at: 0) == 0xcafe_babe {
      // A fat Mach-O file has its number of architectures where a class file has its version, from 45 on.
      return (bytes.u32(at: 4) ?? 0) < 45 ? "application/x-mach-binary" : "application/java-vm"
    }
    if isAudioFrame(bytes) { return "audio/mpeg" }
    return textType(of: bytes)
  }

  private static func has(_ magic: [UInt8], _ bytes: RawSpan, at offset: Int) -> Bool {
    guard bytes.byteCount >= offset + magic.count else { return false }
    for (index, expected) in magic.enumerated() where bytes.u8(at: offset + index) != expected { return false }
    return true
  }

  /// `BM` alone may begin any text: the four reserved bytes of a bitmap's header are zero.
  private static func isBitmap(_ bytes: RawSpan) -> Bool { bytes.u32(at: 6) == 0 }

  /// `MZ` alone may begin any text: no text has a NUL among its first 64 bytes.
  private static func isExecutable(_ bytes: RawSpan) -> Bool { bytes.firstIndex(of: 0, to: 64) != nil }

  /// A frame of MPEG-1 or 2, layer III, without an ID3 tag before it: 11 sync bits, and no reserved value in the rest.
  private static func isAudioFrame(_ bytes: RawSpan) -> Bool {
    guard let header = bytes.u16(at: 0), let rates = bytes.u8(at: 2) else { return false }
    let isLayer3 = header & 0xfff6 == 0xfff2 || header & 0xfff6 == 0xffe2
    return isLayer3 && rates >> 4 != 0xf && rates >> 4 != 0 && rates >> 2 & 3 != 3
  }

  /// What the `e_type` of an ELF file says, in the byte order that its sixth byte tells.
  private static func objectType(_ bytes: RawSpan) -> String {
    let type = bytes.u8(at: 5) == 2 ? bytes.u16(at: 16) : bytes.u16(at: 16)?.byteSwapped
    return switch type {
    case 1: "application/x-object"
    case 2: "application/x-executable"
    case 3: "application/x-sharedlib"
    case 4: "application/x-coredump"
    default: "application/x-elf"
    }
  }

  /// Whether there are kinds of files with this type that libmagic tells apart: what is within a ZIP file, which program a
  /// script is for.
  static func hasKinds(_ type: String) -> Bool { type == "application/zip" || type == "text/x-script" }

  /// Whether the first bytes of something look like compressed or encrypted data without a header, of which there is nothing
  /// to be said: no zero byte and no letters to begin with, as a header would have, and then as many different values as
  /// chance makes. (Of 240 random bytes these are 156, and hardly ever fewer than 130.)
  static func isNoise(_ bytes: RawSpan) -> Bool {
    guard bytes.byteCount >= 256 else { return false }
    for index in 0..<8 where bytes.u8(at: index) == 0 { return false }
    if (0..<3).allSatisfy({ (bytes.u8(at: $0) ?? 0) &- 0x20 < 0x5f }) { return false }
    var (low, high): (UInt128, UInt128) = (0, 0)
    for index in 16..<256 {
      let value = bytes.u8(at: index) ?? 0
      if value < 128 { low |= 1 << UInt128(value) } else { high |= 1 << UInt128(value & 127) }
    }
    return low.nonzeroBitCount + high.nonzeroBitCount >= 130
  }

  /// Whether the first bytes of something are text: UTF-8 (RFC 3629), which may be cut off, without control characters but
  /// those that texts have.
  static func isText(_ bytes: RawSpan) -> Bool {
    var index = 0
    while let byte = bytes.u8(at: index) {
      index += 1
      switch byte {
      case 0x20..<0x7f, 0x07..<0x0e, 0x1b: break
      case 0xc2..<0xf5:
        var rest = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3
        while rest > 0 {
          guard let next = bytes.u8(at: index) else { return true }
          guard next & 0xc0 == 0x80 else { return false }
          index += 1
          rest -= 1
        }
      default: return false
      }
    }
    return bytes.byteCount > 0
  }

  /// Text formats, behind a byte order mark and blanks.
  private static func textType(of bytes: RawSpan) -> String? {
    var start = bytes.starts(with: "\u{feff}") ? 3 : 0
    while let byte = bytes.u8(at: start), byte == 0x20 || (0x09...0x0d).contains(byte) { start += 1 }
    guard let first = bytes.u8(at: start) else { return nil }
    let text = start..<bytes.byteCount
    switch first {
    case UInt8(ascii: "<"):
      if HTTP1Bytes.starts(bytes, text, "<?xml") {
        return HTTP1Bytes.contains(bytes, text, "<svg") ? "image/svg+xml" : "text/xml"
      }
      if HTTP1Bytes.starts(bytes, text, "<?php") { return "text/x-php" }
      if HTTP1Bytes.starts(bytes, text, "<svg") { return "image/svg+xml" }
      let isHTML = htmlTags.contains { tag in
        guard HTTP1Bytes.starts(bytes, text, tag) else { return false }
        let next = bytes.u8(at: start + tag.utf8CodeUnitCount)
        return bytes.starts(with: "<!--", at: start) || next == nil || next == 0x20 || next == UInt8(ascii: ">")
          || next.map { $0 < 0x0e } == true
      }
      return isHTML ? "text/html" : nil
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      return isJSON(bytes, from: start) ? "application/json" : nil
    default:
      return nil
    }
  }

  /// An object that begins with a string or ends at once, or an array of what JSON values begin with (RFC 8259).
  private static func isJSON(_ bytes: RawSpan, from start: Int) -> Bool {
    var next = start + 1
    while let byte = bytes.u8(at: next), byte == 0x20 || (0x09...0x0d).contains(byte) { next += 1 }
    guard let byte = bytes.u8(at: next) else { return false }
    if bytes.u8(at: start) == UInt8(ascii: "{") { return byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "}") }
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), UInt8(ascii: "]"), UInt8(ascii: "-"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      return true
    default: return false
    }
  }
}

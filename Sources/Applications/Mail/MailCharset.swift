import Bytes
import Glibc

/// Text in the character sets that mail declares (RFC 2047, RFC 2231), as UTF-8.
enum MailCharset {
  /// Names that the C library's converter is asked for, apart from `ISO-8859-` and `WINDOWS-125` with digits: no other
  /// name from the wire reaches it.
  private static let converted: Set<String> = [
    "KOI8-R", "KOI8-U", "GB2312", "GBK", "GB18030", "BIG5", "SHIFT_JIS", "EUC-JP", "EUC-KR", "ISO-2022-JP", "TIS-620",
    "IBM850", "MACINTOSH",
  ]
  /// Bytes that are converted at once.
  private static let limit = MailLimits.field

  /// `bytes` of the character set `name`, in any case, as UTF-8; nil where the set is not known or the bytes are none of
  /// it.
  static func utf8(_ bytes: [UInt8], charset name: some Collection<UInt8>) -> [UInt8]? {
    let name = WireText.text(name.prefix(64).map { $0 &- 0x61 < 26 ? $0 & 0xdf : $0 })
    switch name {
    case "UTF-8", "UTF8", "US-ASCII", "ASCII", "": return bytes
    case "ISO-8859-1", "LATIN1": return bytes.flatMap { $0 < 0x80 ? [$0] : [0xc0 | $0 >> 6, 0x80 | $0 & 0x3f] }
    case "KS_C_5601-1987", "KS_C_5601": return convert(bytes, from: "EUC-KR")
    default:
      let isNumbered = ["ISO-8859-", "WINDOWS-125"].contains { prefix in
        name.hasPrefix(prefix) && (1...2).contains(name.utf8.count - prefix.utf8.count)
          && name.utf8.dropFirst(prefix.utf8.count).allSatisfy { (0x30...0x39).contains($0) }
      }
      return isNumbered || converted.contains(name) ? convert(bytes, from: name) : nil
    }
  }

  /// What the C library makes of `bytes`; nil where it does not know the set, or finds something that is none of it.
  private static func convert(_ bytes: [UInt8], from name: String) -> [UInt8]? {
    guard bytes.count <= limit else { return nil }
    // Both names end in a NUL for the length of the call.
    let converter = unsafe iconv_open("UTF-8", name)
    guard let converter = unsafe converter, Int(bitPattern: converter) != -1 else { return nil }
    // It was opened above and is used no more.
    defer { unsafe _ = iconv_close(converter) }
    var input = bytes.map { CChar(bitPattern: $0) }
    // No character of these sets takes more than four bytes of UTF-8 for each of its own.
    let capacity = 4 * bytes.count + 16
    var inputLeft = input.count
    var outputLeft = capacity
    var isConverted = false
    let output = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      // `iconv` reads `inputLeft` bytes at `from` and writes at most `outputLeft` at `to`; both buffers outlive the calls.
      unsafe input.withUnsafeMutableBufferPointer { source in
        unsafe buffer.withMemoryRebound(to: CChar.self) { target in
          var from = source.baseAddress
          var to = target.baseAddress
          isConverted = unsafe iconv(converter, &from, &inputLeft, &to, &outputLeft) != -1
          if isConverted { isConverted = unsafe iconv(converter, nil, nil, &to, &outputLeft) != -1 }
        }
      }
      count = capacity - outputLeft
    }
    return isConverted ? output : nil
  }
}

import Bytes

/// An identification string (RFC 4253, section 4.2).
///
/// ```
/// "SSH-" protoversion "-" softwareversion [ SP comments ] CR LF
/// ```
struct SSHBanner {
  /// Bytes of the longest one, its end included.
  static let limit = 255

  /// As sent, without the end of its line.
  let bytes: [UInt8]
  /// `2.0`, `1.99`, `1.5`.
  let version: String
  /// The frame of its first byte.
  let frame: FrameStamp

  /// The identification in `line`; nil where it is another line.
  init?(_ line: TextLine) {
    guard SSHBanner.begins(line.bytes.bytes) == true else { return nil }
    bytes = Array(line.bytes.prefix(SSHBanner.limit))
    version = WireText.text(Array(bytes.dropFirst(4).prefix { $0 != UInt8(ascii: "-") }))
    frame = line.frame
  }

  /// Whether the sender speaks version 2: `1.99` is a server that speaks both (RFC 4253, section 5.1).
  var isVersion2: Bool { version.utf8.first == UInt8(ascii: "2") || version == "1.99" }

  /// Whether `bytes` begin with `SSH-`, digits, a dot, digits and a hyphen; nil: more bytes can tell.
  static func begins(_ bytes: RawSpan) -> Bool? {
    guard bytes.byteCount >= 4 else {
      let isStart =
        bytes.byteCount == 0 || bytes.u8(at: 0) == 0x53 && bytes.byteCount == 1
        || bytes.starts(with: "SS") && bytes.u8(at: 2).map { $0 == 0x48 } ?? true
      return isStart ? nil : false
    }
    guard bytes.starts(with: "SSH-") else { return false }
    var index = 4
    var (digits, hasDot) = (0, false)
    while let byte = bytes.u8(at: index) {
      index += 1
      switch byte {
      case 0x30...0x39 where digits < 3: digits += 1
      case UInt8(ascii: ".") where !hasDot && digits > 0: (digits, hasDot) = (0, true)
      case UInt8(ascii: "-"): return hasDot && digits > 0
      default: return false
      }
    }
    return nil
  }
}

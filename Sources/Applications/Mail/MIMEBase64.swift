import Bytes

/// Undoes base64 (RFC 2045, section 6.8) as it comes in. What is not of its alphabet is passed over, as that section says.
struct MIMEBase64 {
  private var bits: UInt32 = 0
  private var count = 0

  /// Appends what `text` stands for, with what came before it.
  mutating func decode(_ text: RawSpan, into output: inout [UInt8]) {
    var index = 0
    while let byte = text.u8(at: index) {
      index &+= 1
      let value = MIMEBase64.values[Int(byte)]
      if value < 64 {
        bits = bits &<< 6 | UInt32(value)
        count &+= 6
        guard count >= 8 else { continue }
        count &-= 8
        output.append(UInt8(truncatingIfNeeded: bits &>> UInt32(count)))
      } else if value == MIMEBase64.padding {
        // What is left are bits of no byte.
        count = 0
      }
    }
  }

  private static let padding: UInt8 = 64
  private static let values: [UInt8] = (0...255).map { byte in
    switch UInt8(byte) {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt8(byte) - 0x41
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt8(byte) - 0x61 + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt8(byte) - 0x30 + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    case UInt8(ascii: "="): padding
    default: 255
    }
  }
}

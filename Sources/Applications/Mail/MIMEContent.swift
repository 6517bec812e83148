import Bytes

/// Undoes the transfer coding of a part's body (RFC 2045, section 6) as its lines come in.
///
/// The end of the last line belongs to the boundary that follows (RFC 2046, section 5.1.1), so that each end is held back
/// until something follows it.
struct MIMEContent {
  /// How the body is coded. What is not known is taken as it stands.
  enum Coding: Sendable {
    case identity
    case base64
    case quotedPrintable
  }

  private enum Escape {
    case none
    /// Behind `=`.
    case equals
    /// Behind `=` and a digit.
    case digit(UInt8)
  }

  let coding: Coding
  private var base64 = MIMEBase64()
  private var heldEnd: MIMELineEnd?
  private var escape = Escape.none
  /// Blanks that are none of the text where the line ends behind them.
  private var blanks: [UInt8] = []

  init(_ coding: Coding) {
    self.coding = coding
  }

  /// The coding that a `Content-Transfer-Encoding` field names.
  static func coding(_ field: [UInt8]?) -> Coding {
    let name = field.map { WireText.text($0.filter { $0 > 0x20 }.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }) }
    return switch name {
    case "base64": .base64
    case "quoted-printable": .quotedPrintable
    default: .identity
    }
  }

  /// Appends what a line, or a piece of one without an `end`, stands for.
  mutating func decode(_ line: RawSpan, end: MIMELineEnd?, into output: inout [UInt8]) {
    switch coding {
    case .base64: base64.decode(line, into: &output)
    case .identity:
      if let heldEnd { output.append(contentsOf: heldEnd.bytes) }
      output.append(span: line)
      heldEnd = end
    case .quotedPrintable: decodeQuoted(line, end, &output)
    }
  }

  /// Appends what was held back, where no boundary follows.
  mutating func end(into output: inout [UInt8]) {
    if let heldEnd { output.append(contentsOf: heldEnd.bytes) }
    heldEnd = nil
  }

  private mutating func decodeQuoted(_ line: RawSpan, _ end: MIMELineEnd?, _ output: inout [UInt8]) {
    if let heldEnd { output.append(contentsOf: heldEnd.bytes) }
    heldEnd = nil
    var index = 0
    while let byte = line.u8(at: index) {
      index &+= 1
      switch escape {
      case .none:
        if byte == UInt8(ascii: "=") {
          flushBlanks(&output)
          escape = .equals
        } else if byte == 0x20 || byte == 0x09 {
          blanks.append(byte)
          if blanks.count > MailLimits.line { flushBlanks(&output) }
        } else {
          flushBlanks(&output)
          output.append(byte)
        }
      case .equals:
        if MIMEContent.digit(byte) != nil {
          escape = .digit(byte)
        } else if byte != 0x20, byte != 0x09 {
          // No code: it stands for itself.
          output.append(UInt8(ascii: "="))
          output.append(byte)
          escape = .none
        }
      case .digit(let first):
        if let high = MIMEContent.digit(first), let low = MIMEContent.digit(byte) {
          output.append(high << 4 | low)
        } else {
          output.append(contentsOf: [UInt8(ascii: "="), first, byte])
        }
        escape = .none
      }
    }
    guard let end else { return }
    blanks = []
    switch escape {
    case .none: heldEnd = end
    case .equals: break
    case .digit(let first):
      output.append(contentsOf: [UInt8(ascii: "="), first])
      heldEnd = end
    }
    escape = .none
  }

  private mutating func flushBlanks(_ output: inout [UInt8]) {
    output.append(contentsOf: blanks)
    blanks.removeAll(keepingCapacity: true)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}

import Bytes

extension String {
  /// The text as it is safe on a terminal: control characters (C0, DEL, C1), line and paragraph separators and the ones
  /// that reorder text as visible escapes, and bytes that were not valid UTF-8 on the wire as `\xNN`.
  var visible: String { VisibleText.escaping(self) }

  /// The text, or as much of its beginning as fits in `width` columns of a terminal, with an ellipsis.
  func cut(to width: Int) -> String {
    guard terminalWidth > width else { return self }
    var text = String.UnicodeScalarView()
    var column = 0
    for scalar in unicodeScalars {
      column += scalar.terminalWidth
      if column >= width { break }
      text.append(scalar)
    }
    return String(text) + "…"
  }

  /// Columns that the text takes on a terminal.
  var terminalWidth: Int {
    if utf8.allSatisfy({ $0 < 0x80 }) { return utf8.count }
    return unicodeScalars.reduce(0) { $0 + $1.terminalWidth }
  }
}

extension Unicode.Scalar {
  /// Columns that the character takes on a terminal: none for marks that join the one before, two for East Asian wide
  /// ones (UAX #11) and emoji.
  fileprivate var terminalWidth: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    switch value {
    case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
      0xff00...0xff60, 0xffe0...0xffe6, 0x1f300...0x1f64f, 0x1f900...0x1f9ff, 0x20000...0x3fffd:
      return 2
    default: return 1
    }
  }
}

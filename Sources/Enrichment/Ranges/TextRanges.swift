import Store

/// Lists in text: a network or an address on each line, `#` before a comment.
enum TextRanges {
  static func read(_ file: InputFile, into entries: inout RangeEntries, list: AllowList.List) throws(EnrichmentError) {
    for line in try lines(of: file) {
      let fields = line.split(separator: " ", maxSplits: 1)
      try entries.add(String(fields.first ?? ""), list, service: fields.count > 1 ? String(fields[1]) : "")
    }
  }

  /// The lines of a file with something on them, blanks around them left out.
  static func lines(of file: InputFile) throws(EnrichmentError) -> [String] {
    guard let text = String(validating: file.bytes, as: UTF8.self), !text.utf8.contains(0) else {
      throw EnrichmentError(file.name, "is no text in UTF-8")
    }
    var lines: [String] = []
    for line in text.utf8.split(whereSeparator: { $0 == 0x0a || $0 == 0x0d }) {
      let content = Substring(line.prefix { $0 != UInt8(ascii: "#") })
      let trimmed = content.drop { $0 == " " || $0 == "\t" }
      guard !trimmed.isEmpty else { continue }
      var kept = trimmed
      while kept.last == " " || kept.last == "\t" { kept.removeLast() }
      lines.append(String(kept))
    }
    return lines
  }
}

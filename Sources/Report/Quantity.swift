/// Numbers as a person reads them.
enum Quantity {
  /// Stands between groups of three digits: a narrow space at which no line is broken.
  static let separator: Character = "\u{202f}"

  /// `1 234 567`.
  static func grouped(_ number: Int64) -> String {
    let digits = String(number.magnitude)
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(separator) }
      text.append(digit)
    }
    return text
  }

  /// `840 B`, `21.9 kB`, `1.02 GB`: three digits at least, in powers of a thousand.
  static func bytes(_ number: Int64) -> String {
    guard number >= 1000 else { return "\(number) B" }
    var value = Double(number)
    var unit = "B"
    for next in ["kB", "MB", "GB", "TB", "PB", "EB"] where value >= 999.5 {
      value /= 1000
      unit = next
    }
    return decimal(value, places: value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + " " + unit
  }

  /// `0.25 s`, `6.65 s`, `3 min 25 s`, `2 h 5 min`, `3 d 4 h`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e15 else { return "\(seconds) s" }
    guard seconds >= 60 else { return decimal(seconds, places: abs(seconds) < 1 ? 3 : 2) + " s" }
    let whole = Int64(seconds.rounded())
    if whole < 3600 { return pair(whole / 60, "min", whole % 60, "s") }
    if whole < 86_400 { return pair(whole / 3600, "h", whole % 3600 / 60, "min") }
    return pair(whole / 86_400, "d", whole % 86_400 / 3600, "h")
  }

  private static func pair(_ large: Int64, _ unit: String, _ small: Int64, _ smallUnit: String) -> String {
    "\(grouped(large)) \(unit)" + (small == 0 ? "" : " \(small) \(smallUnit)")
  }

  /// A number with at most `places` digits behind the point, 6 at most.
  static func decimal(_ number: Double, places: Int) -> String {
    let scale = [1.0, 10, 100, 1000, 1e4, 1e5, 1e6][min(max(places, 0), 6)]
    guard number.isFinite, abs(number) < 1e12 else { return "\(number)" }
    let scaled = Int64((abs(number) * scale).rounded())
    let (whole, rest) = (scaled / Int64(scale), scaled % Int64(scale))
    let sign = number < 0 && scaled > 0 ? "-" : ""
    guard rest > 0 else { return "\(sign)\(whole)" }
    var digits = String(rest)
    digits = String(repeating: "0", count: String(Int64(scale)).count - 1 - digits.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return "\(sign)\(whole).\(digits)"
  }

  /// `1 row`, `2 rows`.
  static func count(_ number: Int64, _ noun: Noun) -> String {
    "\(grouped(number)) \(number == 1 ? noun.one : noun.many)"
  }
}

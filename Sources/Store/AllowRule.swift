import Bytes

/// One rule of an allow list, without the place that it came from.
public enum AllowRule: Equatable, Sendable {
  /// A labelled network.
  case network(AllowList.List, CIDR, label: String)
  /// A host name, an ending of names or a domain.
  case host(String, AllowList.Match, label: String?)

  /// The section of the file that it stands in.
  public var section: String {
    switch self {
    case .network(let list, _, _): list.section
    case .host(_, let match, _): match.section
    }
  }

  /// The network, name, ending or domain; a network of one address as the address.
  public var pattern: String {
    switch self {
    case .network(_, let network, _): network.prefix == 128 ? network.first.description : network.description
    case .host(let pattern, _, _): pattern
    }
  }

  /// What it is; nil: not said.
  public var label: String? {
    switch self {
    case .network(_, _, let label): label
    case .host(_, _, let label): label
    }
  }

  /// Its line in a file, without indentation.
  var line: String {
    switch self {
    case .network(_, _, let label): "\(AllowRule.scalar(pattern)): \(AllowRule.scalar(label))"
    case .host(let pattern, _, let label):
      "- \(AllowRule.scalar(pattern))" + (label.map { "  # \(AllowRule.oneLine($0))" } ?? "")
    }
  }

  /// Text as a scalar of YAML: as it is where nothing in it means anything to YAML, else in single quotes.
  private static func scalar(_ text: String) -> String {
    let text = oneLine(text)
    let isPlain =
      text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: " ._/(),+:-".utf8.contains(byte)
        }
      } && text.first.map { $0.isLetter || $0.isNumber || $0 == "." } == true
      && !text.hasSuffix(":") && !text.contains(": ") && !["null", "Null", "NULL"].contains(text)
    if isPlain { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  /// Text on one line: control characters are blanks, and none at its ends.
  private static func oneLine(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: scalars.append(" ")
      default: scalars.append(scalar)
      }
    }
    while scalars.first == " " { scalars.removeFirst() }
    while scalars.last == " " { scalars.removeLast() }
    return String(scalars)
  }
}

extension AllowList {
  /// All rules, networks first.
  public var rules: [AllowRule] {
    networks.map { .network($0.list, $0.network, label: $0.label) }
      + hosts.map { .host($0.pattern, $0.match, label: $0.label) }
  }
}

extension AllowList.List {
  /// The section of a file: pcapan's name for it.
  public var section: String { self == .note ? "su" : rawValue }
}

extension AllowList.Match {
  /// The section of a file.
  public var section: String {
    switch self {
    case .exact: "okhosts"
    case .suffix: "oksuffixes"
    case .domain: "okdomains"
    }
  }
}

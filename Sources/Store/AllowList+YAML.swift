import Yams

extension AllowList {
  /// Adds what a file holds, or throws at its first wrong entry.
  mutating func add(yaml bytes: [UInt8], file: String) throws(AllowListError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw AllowListError(file: file, line: AllowList.lineOfBadText(bytes), "is no text in UTF-8")
    }
    guard let root = try AllowList.compose(text, file: file) else { return }
    let reader = SectionReader(file: file, text: text)
    if reader.isNull(root) { return }
    guard case .mapping(let sections) = root else {
      throw reader.error(root, "expected the sections \(AllowList.sections)")
    }
    for (key, value) in sections {
      guard case .scalar(let name) = key else { throw reader.error(key, "the name of a section must be text") }
      if let list = List.allCases.first(where: { $0.section == name.string }) {
        if !reader.isNull(value) { networks += try reader.networks(value, list, section: name.string) }
      } else if let match = Match.allCases.first(where: { $0.section == name.string }) {
        if !reader.isNull(value) { hosts += try reader.hosts(value, match, section: name.string) }
      } else {
        throw reader.error(key, "unknown section '\(name.string)'; known are \(AllowList.sections)")
      }
    }
  }

  /// The sections' names, for a person.
  private static let sections = "dns, allow, okhosts, oksuffixes, okdomains and su"

  /// The tree of a file; nil where it holds nothing.
  static func compose(_ text: String, file: String) throws(AllowListError) -> Node? {
    do {
      return try Yams.compose(yaml: text)
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        throw AllowListError(file: file, line: mark.line, "is no YAML: \(problem)")
      case .duplicatedKeysInMapping(let duplicates, let context):
        let names = duplicates.sorted().map { "'\($0)'" }.joined(separator: ", ")
        throw AllowListError(file: file, line: context.mark.line, "\(names) stands here and again further down")
      case .reader(let problem, let offset, _, _):
        let line = offset.map { 1 + text.utf8.prefix($0).count { $0 == 10 } }
        throw AllowListError(file: file, line: line, "is no YAML: \(problem)")
      default:
        throw AllowListError(file: file, line: nil, "is no YAML: \(error)")
      }
    } catch {
      throw AllowListError(file: file, line: nil, "is no YAML: \(error)")
    }
  }

  /// The line of the first byte that is no UTF-8.
  private static func lineOfBadText(_ bytes: [UInt8]) -> Int {
    var line = 1
    for text in bytes.split(separator: 10, omittingEmptySubsequences: false) {
      if String(validating: text, as: UTF8.self) == nil { break }
      line += 1
    }
    return line
  }
}

/// Reads the sections of one file.
private struct SectionReader {
  let file: String
  private let lines: [Substring.UnicodeScalarView]

  init(file: String, text: String) {
    self.file = file
    lines = text[...].unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
  }

  func error(_ node: Node, _ detail: String) -> AllowListError {
    AllowListError(file: file, line: node.mark?.line, detail)
  }

  private func source(_ node: Node) -> String {
    node.mark.map { "\(file):\($0.line)" } ?? file
  }

  /// Whether a node is YAML's null: nothing, `~` or `null`, not in quotes.
  func isNull(_ node: Node) -> Bool {
    guard case .scalar(let scalar) = node else { return false }
    return scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  /// The entries of `dns`, `allow` or `su`: network to label.
  func networks(_ node: Node, _ list: AllowList.List, section: String) throws(AllowListError) -> [AllowList.Network] {
    guard case .mapping(let entries) = node else {
      throw error(node, "\(section) must hold lines like 192.0.2.0/24: label")
    }
    var networks: [AllowList.Network] = []
    var lines: [CIDR: String] = [:]
    for (key, value) in entries {
      guard case .scalar(let spelled) = key else { throw error(key, "a network of \(section) must be text") }
      let network: CIDR
      do throws(CIDR.Problem) {
        network = try CIDR(spelled.string)
      } catch {
        throw self.error(key, "\(section): \(error)")
      }
      guard case .scalar(let label) = value, !isNull(value) else {
        throw error(key, "\(section): '\(spelled.string)' has no label")
      }
      if let earlier = lines.updateValue(source(key), forKey: network) {
        throw error(key, "\(section): '\(spelled.string)' stands in \(earlier) already")
      }
      networks.append(.init(list: list, network: network, label: label.string, source: source(key)))
    }
    return networks
  }

  /// The comment that stands behind a list's entry on its line; nil: none.
  private func comment(behind scalar: Node.Scalar, _ node: Node) -> String? {
    guard let number = node.mark?.line, lines.indices.contains(number - 1) else { return nil }
    var rest = lines[number - 1].drop { $0 == " " }
    guard rest.popFirst() == "-" else { return nil }
    rest = rest.drop { $0 == " " }
    // A quoted name's end is its quotation mark; another ends before a blank, for names hold none.
    let quote = rest.first.flatMap { $0 == "'" || $0 == "\"" ? $0 : nil }
    if quote != nil { rest.removeFirst() }
    let name = rest.prefix { quote == nil ? $0 != " " && $0 != "\t" && $0 != "\r" : $0 != quote }
    guard String(name) == scalar.string else { return nil }
    rest = rest.dropFirst(name.count + (quote == nil ? 0 : 1)).drop { $0 == " " || $0 == "\t" }
    guard rest.popFirst() == "#" else { return nil }
    let isBlank = { (scalar: Unicode.Scalar) in scalar == " " || scalar == "\t" || scalar == "\r" }
    rest = rest.drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return rest.isEmpty ? nil : String(rest)
  }

  /// What is wrong with a domain; nil: nothing.
  private func problem(ofDomain name: String) -> String? {
    if name.hasPrefix(".") { return "'\(name)' begins with a dot; a domain is written without, and holds its own name" }
    guard let list = PublicSuffixList.shared else {
      return
        "needs libpsl, which knows the public suffixes, and it is not installed (Debian: libpsl5); oksuffixes does not"
    }
    guard list.isPublicSuffix(name) else { return nil }
    return "'\(name)' is a public suffix: anybody can register a name under it"
  }

  /// The entries of `okhosts`, `oksuffixes` or `okdomains`: a list of names.
  func hosts(_ node: Node, _ match: AllowList.Match, section: String) throws(AllowListError) -> [AllowList.Host] {
    guard case .sequence(let entries) = node else {
      throw error(node, "\(section) must hold lines like - example.org")
    }
    var hosts: [AllowList.Host] = []
    for entry in entries {
      guard case .scalar(let name) = entry, !isNull(entry) else {
        throw error(entry, "\(section): an entry must be a host name")
      }
      let pattern = name.string.lowercased()
      guard !pattern.isEmpty, !pattern.contains(where: \.isWhitespace) else {
        throw error(entry, "\(section): '\(name.string)' is no host name")
      }
      guard !pattern.contains("*") else {
        throw error(entry, "\(section): '\(name.string)' has a wildcard, which none would match; use oksuffixes")
      }
      if match == .domain, let problem = problem(ofDomain: pattern) {
        throw error(entry, "\(section): \(problem)")
      }
      let label = comment(behind: name, entry)
      hosts.append(.init(pattern: pattern, match: match, label: label, source: source(entry)))
    }
    return hosts
  }
}

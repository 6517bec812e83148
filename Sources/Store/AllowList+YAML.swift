import Yams

extension AllowList {
  /// Adds what a file holds, or throws at its first wrong entry.
  mutating func add(yaml bytes: [UInt8], file: String) throws(AllowListError) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw AllowListError(file: file, line: AllowList.lineOfBadText(bytes), "is no text in UTF-8")
    }
    guard let root = try AllowList.compose(text, file: file) else { return }
    let reader = SectionReader(file: file)
    if reader.isNull(root) { return }
    guard case .mapping(let sections) = root else {
      throw reader.error(root, "expected the sections dns, allow, okhosts, oksuffixes and su")
    }
    for (key, value) in sections {
      guard case .scalar(let name) = key else { throw reader.error(key, "the name of a section must be text") }
      if reader.isNull(value), ["dns", "allow", "su", "okhosts", "oksuffixes"].contains(name.string) { continue }
      switch name.string {
      case "dns": networks += try reader.networks(value, .dns, section: "dns")
      case "allow": networks += try reader.networks(value, .allow, section: "allow")
      case "su": networks += try reader.networks(value, .note, section: "su")
      case "okhosts": hosts += try reader.hosts(value, .exact, section: "okhosts")
      case "oksuffixes": hosts += try reader.hosts(value, .suffix, section: "oksuffixes")
      default:
        throw reader.error(key, "unknown section '\(name.string)'; known are dns, allow, okhosts, oksuffixes and su")
      }
    }
  }

  private static func compose(_ text: String, file: String) throws(AllowListError) -> Node? {
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

  /// The entries of `okhosts` or `oksuffixes`: a list of names.
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
      hosts.append(.init(pattern: pattern, match: match, source: source(entry)))
    }
    return hosts
  }
}

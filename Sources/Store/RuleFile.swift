import Glibc
import Yams

/// An allow list's file to which rules are added one by one. Everything else in it stays as the user wrote it: comments,
/// order, blank lines.
public struct RuleFile {
  /// The file; it need not exist.
  public let path: String
  /// The bytes that were last read or written; nil: there was no file.
  public private(set) var bytes: [UInt8]?
  /// What they say.
  public private(set) var list: AllowList

  /// Reads a file; a wrong entry is an error. One that does not exist holds nothing, and is made with the first rule.
  public init(path: String) throws(AllowListError) {
    self.path = path
    bytes = try RuleFile.read(path)
    list = try RuleFile.parse(bytes ?? [], path)
  }

  /// Adds a rule behind the last one of its section, or as a new section at the end. What would come out is read again
  /// first: it must hold the rules of before and the new one. The file is read anew, so that it may have been edited, and
  /// replaced at once: at every moment it is the old or the new one. Returns the bytes of before; nil: there was no file.
  @discardableResult
  public mutating func add(_ rule: AllowRule) throws(AllowListError) -> [UInt8]? {
    let before = try RuleFile.read(path)
    let text = String(decoding: before ?? [], as: UTF8.self)
    let old = try RuleFile.parse(before ?? [], path)
    let after = Array(try RuleFile.adding(rule, to: text, path).utf8)
    let new: AllowList
    do throws(AllowListError) {
      new = try AllowList.parse(after, file: path)
    } catch {
      throw AllowListError(
        file: path, line: error.line, "'\(rule.pattern)' does not fit into \(rule.section): \(error.detail)")
    }
    guard RuleFile.spelled(new.rules) == RuleFile.spelled(old.rules + [rule]) else {
      throw AllowListError(
        file: path, line: nil,
        "'\(rule.pattern)' can't be added to \(rule.section) without changing other rules; add it by hand")
    }
    try replace(with: after, list: new)
    return before
  }

  /// Puts the file back to earlier bytes, or removes it where there was none, unless another program has changed it.
  public mutating func restore(_ earlier: [UInt8]?) throws(AllowListError) {
    guard try RuleFile.read(path) == bytes else {
      throw AllowListError(file: path, line: nil, "was changed meanwhile by another program")
    }
    guard let earlier else {
      DatabaseFile.remove(path)
      bytes = nil
      list = AllowList()
      return
    }
    try replace(with: earlier, list: try RuleFile.parse(earlier, path))
  }

  private mutating func replace(with new: [UInt8], list: AllowList) throws(AllowListError) {
    do throws(StoreError) {
      try DatabaseFile.replace(path, with: new)
    } catch {
      throw AllowListError(file: path, line: nil, error.detail)
    }
    bytes = new
    self.list = list
  }

  /// The bytes of a file; nil where there is none.
  private static func read(_ path: String) throws(AllowListError) -> [UInt8]? {
    do throws(StoreError) {
      return try DatabaseFile.contents(of: path, limit: AllowList.sizeLimit)
    } catch {
      if error.reason == .missing { return nil }
      throw AllowListError(file: path, line: nil, error.detail)
    }
  }

  private static func parse(_ bytes: [UInt8], _ path: String) throws(AllowListError) -> AllowList {
    try AllowList.parse(bytes, file: path)
  }

  /// Rules as texts that compare, in an order of their own.
  private static func spelled(_ rules: [AllowRule]) -> [String] {
    rules.map { "\($0.section) \($0.pattern) \($0.label ?? "")" }.sorted()
  }

  /// The text of a file with one more rule.
  private static func adding(_ rule: AllowRule, to text: String, _ path: String) throws(AllowListError) -> String {
    // By scalars: a carriage return and a line feed are one character.
    var lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map(Substring.init)
    let isWindows = lines.first?.unicodeScalars.last == "\r"
    let end = isWindows ? "\r" : ""
    let section = try self.section(rule.section, of: text, path)
    // YAML ends lines at more characters than these are split at.
    if let section, !lines.indices.contains(section.lastEntry ?? section.line) {
      throw AllowListError(file: path, line: nil, "has line ends of several kinds, so none can be added; do it by hand")
    }
    if let section, let last = section.lastEntry {
      let indentation = lines[last].prefix { $0 == " " }
      var place = last + 1
      // A label over several lines is indented further than its network.
      while place < lines.count, lines[place].prefix(while: { $0 == " " }).count > indentation.count { place += 1 }
      lines.insert("\(indentation)\(rule.line)\(end)", at: place)
      if place == lines.count - 1 { lines.append("") }
    } else if let section {
      lines[section.line] = "\(rule.section):\(end)"
      lines.insert("  \(rule.line)\(end)", at: section.line + 1)
      if section.line + 1 == lines.count - 1 { lines.append("") }
    } else {
      while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
      if !lines.isEmpty, lines.last != "---" { lines.append("\(end)") }
      lines += ["\(rule.section):\(end)", "  \(rule.line)\(end)", ""]
    }
    return lines.joined(separator: "\n")
  }

  /// Where a section of a file stands, lines from 0; nil: the file has none of the name.
  private static func section(
    _ name: String, of text: String, _ path: String
  ) throws(AllowListError) -> (line: Int, lastEntry: Int?)? {
    guard let root = try AllowList.compose(text, file: path), case .mapping(let sections) = root else { return nil }
    for (key, value) in sections {
      guard case .scalar(let scalar) = key, scalar.string == name, let line = key.mark?.line else { continue }
      switch value {
      case .mapping(let entries) where !entries.isEmpty:
        guard entries.style != .flow, let last = entries.map({ $0.key.mark?.line ?? 0 }).max(), last > line else {
          break
        }
        return (line - 1, last - 1)
      case .sequence(let entries) where !entries.isEmpty:
        guard entries.style != .flow, let last = entries.map({ $0.mark?.line ?? 0 }).max(), last > line else { break }
        return (line - 1, last - 1)
      default:
        // Empty: only what is on the section's own line is replaced.
        let own = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(line - 1).first
        let rest = own.map { Substring($0).drop { $0 != ":" }.dropFirst().filter { !$0.isWhitespace } }
        if let rest, ["", "~", "null", "[]", "{}"].contains(rest) { return (line - 1, nil) }
      }
      throw AllowListError(
        file: path, line: line, "\(name) is not written with an entry on each line, so none can be added; do it by hand"
      )
    }
    return nil
  }
}

extension AllowList {
  /// What the bytes of a file say.
  static func parse(_ bytes: [UInt8], file: String) throws(AllowListError) -> AllowList {
    var list = AllowList()
    try list.add(yaml: bytes, file: file)
    return list
  }
}

extension DatabaseFile {
  /// Replaces a file, or makes it, by one that is written beside it first. Where the path is a link, what it leads to is
  /// replaced; the new file has the permissions of the old one.
  static func replace(_ path: String, with bytes: [UInt8]) throws(StoreError) {
    // C calls with names and buffers that live for the calls.
    var target = path
    if let resolved = unsafe realpath(path, nil) {
      target = unsafe String(cString: resolved)
      unsafe free(resolved)
    }
    let mode = try status(of: target)?.st_mode
    let (folder, name) = split(target)
    let temporary = "\(folder)/.\(name).\(getpid())"
    remove(temporary)
    let file = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw StoreError(path, errno: errno) }
    var number: Int32 = 0
    if let mode, fchmod(file, mode & 0o7777) != 0 { number = errno }
    var done = 0
    while number == 0, done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes {
        unsafe write(file, $0.baseAddress?.advanced(by: done), bytes.count - done)
      }
      if count >= 0 { done += count } else if errno != EINTR { number = errno }
    }
    if number == 0, fsync(file) != 0, errno != EINVAL { number = errno }
    close(file)
    if number == 0, unsafe Glibc.rename(temporary, target) != 0 { number = errno }
    guard number == 0 else {
      remove(temporary)
      throw StoreError(path, errno: number)
    }
  }
}

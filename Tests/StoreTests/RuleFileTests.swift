import Foundation
import Glibc
import Testing

@testable import Store

@Suite("Rules written into a file")
struct RuleFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let sample = """
    # What we know. Ask before you add.
    ---
    dns:
      8.8.8.8: main

    allow:
      # the carrier
      125.209.192.0/18: line
      163.70.128.60: >
        a label over
        two lines

    # names
    okhosts:
    - twitter.com   # social
    - x.com

    oksuffixes: []
    su:
        3.0.0.0/9: amazon
    # the end
    """

  private func network(_ text: String, _ list: AllowList.List = .allow, _ label: String = "lab") throws -> AllowRule {
    .network(list, try CIDR(text), label: label)
  }

  /// The lines that a rule adds to a file and takes from it.
  private func change(_ rule: AllowRule, in text: String) throws -> (added: [String], removed: [String]) {
    let path = try folder.write(text, to: "w.yaml")
    var file = try RuleFile(path: path)
    try file.add(rule)
    let after = try String(contentsOfFile: path, encoding: .utf8)
    let difference = after.components(separatedBy: "\n").difference(from: text.components(separatedBy: "\n"))
    var (added, removed): ([String], [String]) = ([], [])
    for change in difference {
      switch change {
      case .insert(_, let line, _): added.append(line)
      case .remove(_, let line, _): removed.append(line)
      }
    }
    return (added, removed)
  }

  @Test("a rule is one line behind the last of its section, as far in as that one; nothing else changes")
  func behindTheLast() throws {
    for (rule, line, before) in [
      (try network("45.77.12.0/24"), "  45.77.12.0/24: lab", "    two lines"),
      (try network("2001:db8::/32", .dns, "a: b # c"), "  2001:db8::/32: 'a: b # c'", "  8.8.8.8: main"),
      (try network("45.77.12.34", .note), "    45.77.12.34: lab", "    3.0.0.0/9: amazon"),
      (.host("example.com", .exact, label: "shop #1"), "- example.com  # shop #1", "- x.com"),
    ] {
      let (added, removed) = try change(rule, in: RuleFileTests.sample + "\n")
      #expect(added == [line] && removed.isEmpty)
      let lines = try String(contentsOfFile: folder["w.yaml"], encoding: .utf8).components(separatedBy: "\n")
      #expect(try lines[#require(lines.firstIndex(of: line)) - 1] == before)
    }
  }

  @Test("an empty section gets its first line, a missing one comes at the end")
  func newSections() throws {
    let empty = try change(.host(".example.net", .suffix, label: nil), in: RuleFileTests.sample)
    #expect(empty.added == ["oksuffixes:", "  - .example.net"] && empty.removed == ["oksuffixes: []"])
    let missing = try change(.host("example.co.uk", .domain, label: nil), in: RuleFileTests.sample)
    #expect(missing.added == ["", "okdomains:", "  - example.co.uk", ""] && missing.removed.isEmpty)
    for text in ["allow:\n", "allow: ~\n", "allow:   {}\n", "allow:", "---\nallow:\nsu:\n"] {
      _ = try change(network("45.77.12.34"), in: text)
      #expect(try AllowList.load([folder["w.yaml"]]).rules == [network("45.77.12.34")], "\(text)")
    }
    for text in ["", "\n\n", "---\n", "# nothing yet\n"] {
      _ = try change(network("45.77.12.34"), in: text)
      #expect(try AllowList.load([folder["w.yaml"]]).rules == [network("45.77.12.34")], "\(text)")
    }
  }

  @Test("a file that does not exist is made")
  func newFile() throws {
    var file = try RuleFile(path: folder["new.yaml"])
    #expect(file.bytes == nil && file.list == AllowList())
    #expect(try file.add(network("45.77.12.0/24")) == nil)
    #expect(try String(contentsOfFile: folder["new.yaml"], encoding: .utf8) == "allow:\n  45.77.12.0/24: lab\n")
    try file.restore(nil)
    #expect(!FileManager.default.fileExists(atPath: folder["new.yaml"]))
  }

  @Test("line ends of other systems stay")
  func windows() throws {
    let text = "allow:\r\n  10.0.0.0/8: a\r\n"
    _ = try change(network("45.77.12.34"), in: text)
    #expect(
      try String(contentsOfFile: folder["w.yaml"], encoding: .utf8) == text + "  45.77.12.34: lab\r\n")
  }

  @Test("what can't be added without a change of other rules is refused, and the file stays as it is")
  func refused() throws {
    for (text, rule, detail) in [
      ("allow: {10.0.0.0/8: a}\n", try network("45.77.12.34"), "allow is not written with an entry on each line"),
      ("okhosts: [x.com]\n", .host("y.com", .exact, label: nil), "okhosts is not written with an entry on each line"),
      ("allow:\n  10.0.0.0/8: a\n", try network("10.0.0.0/8"), "'10.0.0.0/8' does not fit into allow: "),
      ("allow:\n  10.0.0.0/8: a\n...\n", try network("45.77.12.34", .note), ""),
      ("okdomains:\n  - example.com\n", .host("co.uk", .domain, label: nil), "'co.uk' does not fit into okdomains: "),
      ("okhosts:\n  - x.com\n", .host("a b", .exact, label: nil), "'a b' does not fit into okhosts: "),
      ("allow:\u{85}  10.0.0.0/8: a\u{85}su:\u{85}", try network("45.77.12.34", .note), ""),
    ] {
      let path = try folder.write(text, to: "w.yaml")
      var file = try RuleFile(path: path)
      let error = try #require(#expect(throws: AllowListError.self) { try file.add(rule) })
      #expect(error.detail.hasPrefix(detail), "\(error)")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == text)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["w.yaml"])
    }
  }

  @Test("labels of any text come back, on one line")
  func labels() throws {
    for label in [
      "a", "it's", "\"x\"", "#x", "a #b", "- a", "null", "~", "17", "yes", "[a]", "{a}: b", "&a", "*a", "!a", "%a",
      "@a", "a:", "ü €",
    ] {
      let path = try folder.write("allow:\n  10.0.0.0/8: a\nokhosts:\n  - x.com\n", to: "w.yaml")
      var file = try RuleFile(path: path)
      try file.add(network("45.77.12.0/24", .allow, label))
      try file.add(.host("example.org", .exact, label: label))
      let rules = try AllowList.load([path]).rules
      #expect(rules.contains(try network("45.77.12.0/24", .allow, label)), "\(label)")
      #expect(rules.contains(.host("example.org", .exact, label: label)), "\(label)")
    }
  }

  @Test("a file that was edited meanwhile keeps the edit; it is not put back over one")
  func edited() throws {
    let path = try folder.write("allow:\n  10.0.0.0/8: a\n", to: "w.yaml")
    var file = try RuleFile(path: path)
    try folder.write("allow:\n  10.0.0.0/8: a\n  11.0.0.0/8: edited\n", to: "w.yaml")
    let before = try file.add(network("45.77.12.34"))
    #expect(file.list.networks.map(\.label) == ["a", "edited", "lab"])
    let edit = try folder.write("allow:\n  10.0.0.0/8: mine\n", to: "w.yaml")
    let error = #expect(throws: AllowListError.self) { try file.restore(before) }
    #expect(error?.detail == "was changed meanwhile by another program")
    #expect(try String(contentsOfFile: edit, encoding: .utf8) == "allow:\n  10.0.0.0/8: mine\n")
  }

  @Test("permissions stay, and a link stays a link")
  func permissions() throws {
    let path = try folder.write("allow:\n  10.0.0.0/8: a\n", to: "w.yaml")
    chmod(path, 0o640)
    try FileManager.default.createSymbolicLink(atPath: folder["link.yaml"], withDestinationPath: "w.yaml")
    var file = try RuleFile(path: folder["link.yaml"])
    try file.add(network("45.77.12.34"))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder["link.yaml"]) == "w.yaml")
    #expect(try DatabaseFile.status(of: path).map { $0.st_mode & 0o777 } == 0o640)
    #expect(try AllowList.load([path]).networks.count == 2)
  }

  @Test("of any part of a file, a rule is added to it or refused, never more")
  func prefixes() throws {
    let bytes = Array(RuleFileTests.sample.utf8)
    for count in stride(from: 0, through: bytes.count, by: 3) {
      let path = try folder.write(Array(bytes.prefix(count)), to: "w.yaml")
      guard var file = try? RuleFile(path: path) else { continue }
      let before = file.list.rules.count
      for rule in [
        try network("45.77.12.34"), .host(".example.net", .suffix, label: "x"), try network("3.3.3.3", .note),
      ] {
        if (try? file.add(rule)) != nil { #expect(file.list.rules.contains(rule)) }
      }
      #expect(file.list.rules.count >= before)
    }
  }
}

@Suite("Rules of a database and its file")
struct RuleBookTests {
  let folder: TemporaryFolder
  let database: Database

  init() throws {
    folder = try TemporaryFolder()
    try makeDatabase(at: folder["a.sqlite"])
    database = try Database(path: folder["a.sqlite"], mode: .readWrite)
    try folder.write("allow:\n  10.0.0.0/8: first\n", to: "w.yaml")
  }

  private func rows() throws -> [String] {
    let statement = try database.prepare(
      """
      SELECT list || ' ' || cidr || ' ' || label || ' ' || source FROM networks
      UNION ALL SELECT match || ' ' || pattern || ' ' || coalesce(label, '-') || ' ' || source FROM allowed_hosts ORDER BY 1
      """)
    var rows: [String] = []
    while try statement.step() { rows.append(statement.text(0).replacingOccurrences(of: folder.path + "/", with: "")) }
    return rows
  }

  @Test("a rule goes into both, with its line, and out of both")
  func addAndUndo() throws {
    let book = try RuleBook(database, file: folder["w.yaml"])
    #expect(try rows() == ["allow 10.0.0.0/8 first w.yaml:2"])
    let network = AllowRule.network(.note, try CIDR("45.77.0.0/16"), label: "look twice")
    try book.add(network)
    try book.add(.host("example.com", .domain, label: nil))
    #expect(
      try rows() == [
        "allow 10.0.0.0/8 first w.yaml:2", "domain example.com - w.yaml:8", "note 45.77.0.0/16 look twice w.yaml:5",
      ])
    #expect(try AllowList.load([folder["w.yaml"]]).rules.count == 3)
    #expect(try book.undo() == .host("example.com", .domain, label: nil))
    #expect(try book.undo() == network)
    #expect(try book.undo() == nil)
    #expect(try rows() == ["allow 10.0.0.0/8 first w.yaml:2"])
    #expect(try String(contentsOfFile: folder["w.yaml"], encoding: .utf8) == "allow:\n  10.0.0.0/8: first\n")
    try expectClean(folder["a.sqlite"])
  }

  @Test("a rule that the database has from elsewhere comes back as it was")
  func undoOfAnother() throws {
    try AllowList.load([folder.write("su:\n  45.77.0.0/16: other\n", to: "other.yaml")]).store(into: database)
    let book = try RuleBook(database, file: folder["w.yaml"])
    try book.add(.network(.note, try CIDR("45.77.0.0/16"), label: "mine"))
    #expect(try rows().contains("note 45.77.0.0/16 mine w.yaml:5"))
    _ = try book.undo()
    #expect(try rows().contains("note 45.77.0.0/16 other other.yaml:2"))
  }

  @Test("what the file refuses, or can't take, the database does not get either")
  func refused() throws {
    try folder.write("allow: {10.0.0.0/8: first}\n", to: "flow.yaml")
    let book = try RuleBook(database, file: folder["flow.yaml"])
    let before = try rows()
    let error = try storeError { try book.add(.network(.allow, try CIDR("45.77.0.0/16"), label: "x")) }
    #expect(error.description.hasPrefix("\(folder["flow.yaml"]):1: allow is not written"))
    #expect(try rows() == before)
    let nowhere = try RuleBook(database, file: folder["no/such/folder.yaml"])
    _ = try storeError { try nowhere.add(.host("example.com", .exact, label: nil)) }
    #expect(try rows() == before)
    #expect(try nowhere.undo() == nil)
    let bad = try folder.write("allow:\n  300.1.2.3: typo\n", to: "bad.yaml")
    #expect(try storeError { _ = try RuleBook(database, file: bad) }.subject == "\(bad):2")
    #expect(try rows() == before)
  }

  @Test("what the database can't take does not stay in the file")
  func lockedDatabase() throws {
    let book = try RuleBook(database, file: folder["w.yaml"])
    try database.execute("CREATE TRIGGER no BEFORE INSERT ON allowed_hosts BEGIN SELECT RAISE(FAIL, 'no'); END")
    _ = try storeError { try book.add(.host("example.com", .exact, label: nil)) }
    #expect(try String(contentsOfFile: folder["w.yaml"], encoding: .utf8) == "allow:\n  10.0.0.0/8: first\n")
    #expect(try rows() == ["allow 10.0.0.0/8 first w.yaml:2"])
  }

  @Test("without a file rules are in the database alone")
  func withoutFile() throws {
    let book = try RuleBook(database, file: nil)
    try book.add(.host(".example.net", .suffix, label: "cdn"))
    #expect(try rows() == ["suffix .example.net cdn triage"])
    _ = try book.undo()
    #expect(try rows() == [])
  }

  @Test("a pattern is removed from every list, an address as its network")
  func remove() throws {
    let text = """
      allow:
        45.77.12.34: a
      su:
        45.77.12.34/32: b
      okhosts:
        - example.com
      okdomains:
        - example.com
      """
    try AllowList.load([folder.write(text, to: "v.yaml")]).store(into: database)
    let book = try RuleBook(database, file: nil)
    let networks = try book.remove("45.77.12.34")
    #expect(networks.map { "\($0.rule.section) \($0.rule.label ?? "-")" } == ["allow a", "su b"])
    #expect(networks.map { $0.source.suffix(2) } == [":2", ":4"])
    #expect(try book.remove("Example.COM").map { $0.rule.section } == ["okhosts", "okdomains"])
    #expect(try book.remove("example.com").isEmpty)
    #expect(try rows() == [])
  }
}

@Suite("Public suffixes")
struct PublicSuffixTests {
  @Test("names under which anybody registers, and what was registered", .enabled(if: PublicSuffixList.shared != nil))
  func names() throws {
    let list = try #require(PublicSuffixList.shared)
    for name in ["com", "co.uk", "CO.UK", "github.io"] { #expect(list.isPublicSuffix(name), "\(name)") }
    for name in ["example.com", "example.co.uk", "lan", "corp.lan"] {
      #expect(!list.isPublicSuffix(name), "\(name)")
    }
    #expect(list.registrableDomain(of: "www.shop.Example.co.uk") == "example.co.uk")
    #expect(list.registrableDomain(of: "example.com") == "example.com")
    #expect(list.registrableDomain(of: "co.uk") == nil)
    #expect(list.registrableDomain(of: "a.b.lan") == "b.lan")
  }
}

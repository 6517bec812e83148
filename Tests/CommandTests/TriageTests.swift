import Foundation
import Glibc
import Testing

/// `pcapindex triage`: decisions by lines and by keys.
@Suite struct TriageTests {
  let folder: Folder
  let database: String
  let rules: String

  init() throws {
    folder = try Folder()
    database = try Samples.copy("browse.pcapng", into: folder)
    rules = try folder.write("rules.yaml", text: "# mine\nallow:\n  9.9.9.9: Quad9 # resolver\n")
  }

  private func triage(_ lines: String..., options: [String] = []) throws -> Program.Outcome {
    let input = try folder.write("keys", text: lines.map { $0 + "\n" }.joined())
    let outcome = try Program.run(["triage", database, "--rules", rules] + options, input: input)
    #expect(outcome.err.isEmpty, "\(outcome.err)")
    return outcome
  }

  private func unknown() throws -> [String] {
    let rows = fields(csv: try Program.run("query", "unknown_ips", database, "--format", "csv").out)
    return rows.dropFirst().compactMap { $0[0] }
  }

  private func file() throws -> String { try String(contentsOfFile: rules, encoding: .utf8) }

  /// The addresses that were shown, in their order.
  private func shown(_ outcome: Program.Outcome) -> [String] {
    outcome.out.split(separator: "\n").filter { $0.hasSuffix(" left)") }.map { String($0.prefix { $0 != " " }) }
  }

  @Test("most bytes first, with what is known of each")
  func evidence() throws {
    let outcome = try triage("s", "s", "q")
    #expect(outcome.status == 0)
    #expect(shown(outcome) == ["45.77.12.34", "151.101.1.69", "93.184.215.14"])
    #expect(outcome.out.hasPrefix("10 unknown addresses; decisions are written to \(rules)"))
    #expect(outcome.out.contains("\n45.77.12.34  21.9 kB, "))
    #expect(outcome.out.contains("\n  ports     12432/tcp, 9001/tcp\n"))
    #expect(outcome.out.contains("\n  peers     192.168.10.20\n"))
    #expect(outcome.out.contains("\n  reason    no name\n"))
    #expect(outcome.out.contains("\n  name      www.example.com  (certificate,dns,http,sni, frame 8; no rule)\n"))
    #expect(
      outcome.out.contains("\n  seen      2026-11-21 11:05:06.345749 to 11:05:06.349410, frames 279 to 324\n"))
    #expect(outcome.out.hasSuffix("0 rules written; 10 unknown addresses left, 2 of them skipped\n"))
    #expect(shown(try triage("q", options: ["--order", "first"])) == ["93.184.215.14"])
    #expect(shown(try triage("q", options: ["--order", "address"])) == ["45.77.12.34"])
    #expect(shown(try triage("s", "s", "s", "q", options: ["--cutoff", "11500"])).count == 2)
  }

  @Test("an allowed network is in the database and in the file at once, and says what else it cleared")
  func allow() throws {
    let outcome = try triage("a", "n", "lab", "q")
    #expect(outcome.out.contains("\nallow 45.77.12.0/24: 1 address cleared, 9 left\n"))
    #expect(try file() == "# mine\nallow:\n  9.9.9.9: Quad9 # resolver\n  45.77.12.0/24: lab\n")
    #expect(try !unknown().contains("45.77.12.34"))
    #expect(
      try sqlite(database, "SELECT label, source FROM networks WHERE cidr = '45.77.12.0/24'") == ["lab|\(rules):4"])
  }

  @Test(
    "a host, an ending, a domain and a typed network",
    .enabled(if: FileManager.default.fileExists(atPath: "/usr/include/libpsl.h")))
  func names() throws {
    let outcome = try triage(
      "a", "c", "45.77.0.0/16", "rented", "s", "a", "d", "", "its own", "a", "x", "", "", "q")
    #expect(outcome.out.contains("allow 45.77.0.0/16: 1 address cleared"))
    #expect(outcome.out.contains("okdomains example.com: "))
    #expect(try file().contains("okdomains:\n  - example.com  # its own\n"))
    #expect(outcome.out.contains("oksuffixes .example.org: 1 address cleared"))
    #expect(try file().contains("oksuffixes:\n  - .example.org\n"))
    #expect(try unknown().contains("151.101.1.69"))
    #expect(try !unknown().contains("93.184.215.14"))
  }

  @Test("a note takes an address off the list, not out of the answer")
  func note() throws {
    let outcome = try triage("n", "i", "rented server", "q")
    #expect(outcome.out.contains("\nsu 45.77.12.34: 1 address noted, 9 left\n"))
    #expect(try file().hasSuffix("\nsu:\n  45.77.12.34: rented server\n"))
    #expect(try unknown().contains("45.77.12.34"))
    #expect(shown(try triage("q")) == ["151.101.1.69"])
    #expect(shown(try triage("q", options: ["--noted"])) == ["45.77.12.34"])
  }

  @Test("u takes decisions back, one after the other, in the database and in the file")
  func undo() throws {
    let before = try file()
    let outcome = try triage("a", "n", "lab", "s", "u", "u", "u", "q")
    #expect(outcome.out.contains("\nasked again\n"))
    #expect(outcome.out.contains("\ntaken back: allow 45.77.12.0/24\n"))
    #expect(outcome.out.contains("\nnothing to undo\n"))
    #expect(shown(outcome) == ["45.77.12.34", "151.101.1.69", "93.184.215.14", "151.101.1.69", "45.77.12.34"])
    #expect(try file() == before)
    #expect(try sqlite(database, "SELECT cidr FROM networks") == ["9.9.9.9/32"])
    #expect(outcome.out.hasSuffix("0 rules written; 10 unknown addresses left, 0 of them skipped\n"))
  }

  @Test("what makes no sense is said, and changes nothing")
  func wrong() throws {
    let before = try file()
    let outcome = try triage(
      "x", "a", "z", "a", "c", "10.0.0.1/8", "a", "c", "10.0.0.0/8", "a", "h", "?", "", "s",
      "a", "x", "1", ".example.org", "a", "x", "1", ".net", "a", "c", "nonsense")
    #expect(outcome.status == 0)
    #expect(outcome.out.contains("no such key"))
    #expect(outcome.out.contains("'10.0.0.1/8' has host bits set; did you mean 10.0.0.0/8?"))
    #expect(outcome.out.contains("10.0.0.0/8 does not hold 45.77.12.34"))
    #expect(outcome.out.contains("u  undo the last decision"))
    #expect(outcome.out.contains("'.example.org' is no ending of "))
    #expect(outcome.out.contains("'net' is a public suffix"))
    #expect(outcome.out.contains("'nonsense' is no IP address"))
    #expect(try file() == before)
  }

  @Test("a file that is not as it should be ends it before anything is asked; the database stays")
  func badFile() throws {
    try folder.write("rules.yaml", text: "allow:\n  10.0.0.1/8: x\n")
    let before = try bytes(database)
    let outcome = try Program.run("triage", database, "--rules", rules)
    #expect(outcome.status == 1 && outcome.out.isEmpty)
    #expect(outcome.err == "pcapindex: \(rules):2: allow: '10.0.0.1/8' has host bits set; did you mean 10.0.0.0/8?\n")
    #expect(try bytes(database) == before)
  }

  @Test("without --rules decisions are in the database, and a new file is made where it is missing")
  func otherPlaces() throws {
    let keys = try folder.write("keys", text: "a\ni\nlab\nq\n")
    let alone = try Program.run("triage", database, input: keys)
    #expect(alone.out.contains("decisions go into the database only"))
    #expect(try sqlite(database, "SELECT source FROM networks") == ["triage"])
    let made = folder.file("new.yaml")
    #expect(try Program.run("triage", database, "--rules", made, input: keys).status == 0)
    #expect(try String(contentsOfFile: made, encoding: .utf8) == "allow:\n  151.101.1.69: lab\n")
  }

  @Test("text from the wire does not reach the screen raw")
  func hostile() throws {
    _ = try sqlite(
      database,
      "UPDATE address_names SET name = 'evil' || char(27) || '[31m' || char(10) || '.example' WHERE source IN ('http', 'sni')"
    )
    let outcome = try triage("a", "h", "2", "a", "x", "2", "", "q", options: ["--order", "first"])
    for scalar in outcome.out.unicodeScalars where scalar != "\n" {
      #expect(scalar.properties.generalCategory != .control, "U+\(String(scalar.value, radix: 16))")
    }
    #expect(outcome.out.contains(#"evil\x1b[31m\n.example"#))
  }

  @Test("on a terminal a key is enough, the terminal is as it was afterwards, and Ctrl-C keeps what was decided")
  func terminal() throws {
    let terminal = try PseudoTerminal(columns: 100)
    let child = try Child(
      try Program.path(), ["triage", database, "--rules", rules], input: terminal.name, output: terminal.name,
      error: terminal.name, folder: nil, ["TERM": "xterm", "NO_COLOR": ""])
    let question = "q quit > "
    let first = terminal.read(until: question)
    #expect(first.contains("\u{1b}[1m45.77.12.34\u{1b}[0m  21.9 kB"))
    terminal.type("a")
    #expect(terminal.read(until: "other network > ").hasPrefix("a\nallow: i 45.77.12.34"))
    terminal.type("n")
    #expect(terminal.read(until: "]: ").hasSuffix("label [allowed]: "))
    terminal.type("the lat\u{7f}b\n")
    #expect(terminal.read(until: question).contains("allow 45.77.12.0/24: 1 address cleared, 9 left"))
    // An arrow key is nothing.
    terminal.type("\u{1b}[A")
    _ = terminal.read(until: question)
    terminal.type("s")
    #expect(terminal.read(until: question).contains("93.184.215.14"))
    kill(child.id, SIGINT)
    let rest = terminal.everything()
    #expect(child.wait() == 130)
    #expect(rest.contains("1 rule written; 9 unknown addresses left, 1 of them skipped"))
    #expect(try file().hasSuffix("  45.77.12.0/24: the lab\n"))
    #expect(try sqlite(database, "PRAGMA integrity_check") == ["ok"])
    #expect(try !unknown().contains("45.77.12.34"))
  }
}

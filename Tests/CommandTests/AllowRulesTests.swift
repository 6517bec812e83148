import Foundation
import Testing

/// `pcapindex allow --list`, `--check` and `--remove`.
@Suite struct AllowRulesTests {
  let folder: Folder
  let database: String

  init() throws {
    folder = try Folder()
    database = try Samples.copy("browse.pcapng", into: folder)
    let list = try folder.write("list.yaml", text: Samples.allowList)
    try #require(try Program.run("allow", list, database).status == 0)
  }

  @Test("--list shows the rules as the query allow_rules does, in each of its formats")
  func list() throws {
    let query = try Program.run("query", "allow_rules", database, "--format", "csv")
    #expect(try Program.run("allow", "--list", database, "--format", "csv").out == query.out)
    #expect(try Program.run("allow", "--list", folder: folder.path).out.split(separator: "\n").count == 6)
    let empty = try Program.run("allow", "--list", try Samples.database("sll.pcap"))
    #expect(empty.status == 0 && empty.err.contains("no rules"))
  }

  @Test("--check says which rule clears an address or a name, and which does not; 0 explained, 1 not")
  func check() throws {
    for (subject, status, rows, verdict) in [
      ("45.77.12.34", Int32(0), ["yes|allow|45.77.12.0/24|lab|holds it"], "explained: allowed"),
      (
        "45.77.12.99", 0, ["yes|allow|45.77.12.0/24|lab|holds it"],
        "explained: allowed; no capture here has traffic of it"
      ),
      ("66.22.10.8", 1, ["no|su|66.22.0.0/16|hosting|only notes it"], "not explained: no name"),
      ("146.70.55.12", 1, [], "not explained: no name"),
      ("8.8.8.8", 1, [], "not explained: no network holds it; no capture here has traffic of it"),
      ("2001:db8::1", 1, [], "not explained: no network holds it; no capture here has traffic of it"),
      ("login.example.com", 0, ["yes|okhosts|login.example.com||is the name"], "explained: allowed"),
      ("A.B.example.NET.", 0, ["yes|oksuffixes|.example.net||the name ends with it"], "explained: allowed"),
      (
        "example.net", 1, ["no|oksuffixes|.example.net||holds the names below it, not itself"],
        "not explained: no rule allows it"
      ),
      ("www.example.com", 1, ["no|okhosts|login.example.com||is another name"], "not explained: no rule allows it"),
      ("unheard.test", 1, [], "not explained: no rule allows it"),
    ] {
      let outcome = try Program.run("allow", "--check", subject, database, "--format", "csv")
      #expect(outcome.status == status, "\(subject)")
      let seen = fields(csv: outcome.out).dropFirst().map { row in
        [0, 1, 2, 3, 5].map { row[$0] ?? "" }.joined(separator: "|")
      }
      #expect(seen == rows, "\(subject)")
      #expect(outcome.err == "\(subject): \(verdict)\n")
    }
  }

  @Test("--check of an address has its names with who says so, and the file and line of their rules")
  func checkNames() throws {
    let outcome = try Program.run("allow", "--check", "151.101.1.69", database, "--format", "csv")
    #expect(outcome.status == 1)
    let rows = fields(csv: outcome.out).dropFirst()
    #expect(
      rows.contains {
        $0[0] == "no" && $0[2] == "" && $0[5] == "assets.example.com (http, frame 48 of capture 1): no rule allows it"
      })
    #expect(
      rows.contains {
        $0[0] == "yes" && $0[4] == "\(folder.file("list.yaml")):8" && $0[5]?.hasPrefix("shop.example.net (http") == true
      })
  }

  @Test("--remove takes rules out of the database, says where they came from, and leaves the file")
  func remove() throws {
    let before = try bytes(folder.file("list.yaml"))
    let outcome = try Program.run("allow", "--remove", "45.77.12.0/24", "--remove", ".Example.net", database)
    #expect(outcome.status == 0)
    #expect(
      outcome.complaints == [
        "removed allow 45.77.12.0/24 (lab), which came from \(folder.file("list.yaml")):4",
        "removed oksuffixes .example.net, which came from \(folder.file("list.yaml")):8",
      ])
    #expect(try Program.run("allow", "--check", "45.77.12.34", database).status == 1)
    #expect(try bytes(folder.file("list.yaml")) == before)
    let again = try Program.run("allow", "--remove", "45.77.12.0/24", database)
    #expect(again.status == 1 && again.err.contains("45.77.12.0/24: no such rule"))
  }

  @Test("one thing at a time, one database, and what is neither an address nor a name")
  func usage() throws {
    for (arguments, said) in [
      (["--list", "--check", "x", database], "one at a time"),
      (["--list", database, database], "one database at a time"),
      (["--remove", "x", "--format", "csv", database], "--format belongs"),
      (["--format", "csv", "a", "b"], "--format belongs"),
      (["--check", "10.0.0.0/8", database], "is neither an IP address nor a host name"),
      (["--check", "a b", database], "is neither an IP address nor a host name"),
    ] {
      let outcome = try Program.run(["allow"] + arguments)
      #expect(outcome.status == 2 && outcome.err.contains(said), "\(outcome.err)")
    }
    #expect(try Program.run("allow", "--list", folder.file("no.sqlite")).status == 1)
  }
}

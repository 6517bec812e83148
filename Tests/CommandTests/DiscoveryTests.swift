import Foundation
import Testing

/// Which database a query means when it names none.
@Suite struct DiscoveryTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private func ask(_ environment: [String: String] = [:]) throws -> Program.Outcome {
    try Program.run("query", "arp_table", folder: folder.path, environment: environment)
  }

  @Test("the only pcapindex database of the folder, whatever lies beside it")
  func onlyOne() throws {
    _ = try Samples.copy("arp_icmp.pcap", into: folder, as: "strange.name")
    _ = try sqlite(folder.file("other.sqlite"), "CREATE TABLE t (x)")
    try folder.write("empty.sqlite", text: "")
    try folder.write("notes.txt", text: "notes")
    let outcome = try ask()
    #expect(outcome.status == 0 && outcome.err.isEmpty, "\(outcome.err)")
    #expect(outcome.out.contains("02:00:5e:00:01:02"))
  }

  @Test("$PCAPINDEX_DATABASE goes first, a database that is named before it")
  func variable() throws {
    let database = try Samples.database("arp_icmp.pcap")
    _ = try Samples.copy("ftp_session.pcap", into: folder, as: "one.sqlite")
    _ = try Samples.copy("ftp_session.pcap", into: folder, as: "two.sqlite")
    let outcome = try ask(["PCAPINDEX_DATABASE": database])
    #expect(outcome.status == 0 && outcome.out.contains("02:00:5e:00:01:02"))
    let named = try Program.run(
      "query", "packet_list", "one.sqlite", "--format", "csv", folder: folder.path,
      environment: ["PCAPINDEX_DATABASE": database])
    #expect(fields(csv: named.out).count == 122)
    let wrong = try ask(["PCAPINDEX_DATABASE": "no.sqlite"])
    #expect(wrong.status == 1)
    #expect(wrong.err == "pcapindex: no.sqlite: no such file\n")
  }

  @Test("none is an error that says what it saw and what to do")
  func none() throws {
    let outcome = try ask()
    #expect(outcome.status == 1)
    #expect(outcome.complaints.count == 1)
    #expect(outcome.err.contains("no SQLite database at all") && outcome.err.contains("PCAPINDEX_DATABASE"))
    _ = try sqlite(folder.file("other.sqlite"), "CREATE TABLE t (x)")
    let foreign = try ask()
    #expect(foreign.status == 1)
    #expect(foreign.err.contains("other.sqlite"))
  }

  @Test("several are an error that names them")
  func several() throws {
    _ = try Samples.copy("arp_icmp.pcap", into: folder, as: "one.sqlite")
    _ = try Samples.copy("arp_icmp.pcap", into: folder, as: "two.sqlite")
    let outcome = try ask()
    #expect(outcome.status == 2)
    #expect(outcome.complaints.count == 1)
    #expect(outcome.err.contains("one.sqlite, two.sqlite"))
    #expect(outcome.output.isEmpty)
  }
}

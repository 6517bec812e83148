import Foundation
import Testing

/// `pcapindex ingest` of folders, compressed captures and what captures say of themselves.
@Suite struct FolderTests {
  let folder: Folder
  let database: String

  init() throws {
    folder = try Folder()
    database = folder.file("case.sqlite")
  }

  private func makeFolder(_ name: String) throws -> String {
    try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: true)
    return folder.file(name)
  }

  private func copy(_ capture: String, to name: String) throws {
    try folder.write(name, bytes(Repository.capture(capture)))
  }

  @Test("takes the captures of a folder and of those in it in sorted order, and names what it passes over")
  func reads() throws {
    let captures = try makeFolder("captures")
    _ = try makeFolder("captures/deeper")
    try copy("sll.pcap", to: "captures/b")
    try copy("arp_icmp.pcap", to: "captures/deeper/z.dat")
    try copy("vlan_qinq.pcap", to: "captures/a.pcap")
    try folder.write("captures/notes.txt", text: "what was captured when\n")
    try folder.write("captures/empty.pcap", text: "")
    try folder.write(
      "captures/list.gz", try Program.run("/bin/gzip", ["-c", Repository.root.path + "/README.md"]).output)
    let outcome = try Program.run("ingest", captures, database)
    #expect(outcome.status == 0)
    #expect(
      outcome.complaints.filter { $0.hasPrefix("pcapindex: ") } == [
        "pcapindex: passed over \(captures)/empty.pcap: is empty",
        "pcapindex: passed over \(captures)/list.gz: not a pcap or pcapng capture compressed with gzip; it looks like text",
        "pcapindex: passed over \(captures)/notes.txt: not a pcap or pcapng capture; it looks like text",
      ])
    #expect(
      try sqlite(database, "SELECT id, path FROM captures") == [
        "1|\(captures)/a.pcap", "2|\(captures)/b", "3|\(captures)/deeper/z.dat",
      ])
    #expect(try sqlite(database, "PRAGMA integrity_check; PRAGMA foreign_key_check") == ["ok"])
  }

  @Test("adds what is new in a folder that was read before")
  func again() throws {
    let captures = try makeFolder("captures")
    try copy("sll.pcap", to: "captures/a.pcap")
    #expect(try Program.run("ingest", captures, database).status == 0)
    let same = try Program.run("ingest", captures, database)
    #expect(same.status == 1)
    #expect(
      same.err == """
        pcapindex: passed over \(captures)/a.pcap: this capture is in the database already
        pcapindex: all captures in the folder are in the database already

        """)
    try copy("arp_icmp.pcap", to: "captures/b.pcap")
    let more = try Program.run("ingest", "--quiet", captures, database)
    #expect(more.status == 0 && more.err.isEmpty)
    #expect(try sqlite(database, "SELECT path FROM captures") == ["\(captures)/a.pcap", "\(captures)/b.pcap"])
  }

  @Test("refuses a folder without captures, and one that cannot be read")
  func refuses() throws {
    let captures = try makeFolder("captures")
    _ = try makeFolder("captures/deeper")
    let empty = try Program.run("ingest", captures, database)
    #expect(empty.status == 1)
    #expect(empty.err == "pcapindex: \(captures): there is no capture in this folder\n")
    try folder.write("captures/deeper/notes.txt", text: "nothing\n")
    let other = try Program.run("ingest", Repository.capture("sll.pcap"), captures, database)
    #expect(other.status == 1)
    #expect(other.err.hasSuffix("pcapindex: \(captures): there is no capture in this folder\n"))
    #expect(try folder.names() == ["captures"])
    // Root may read anything.
    if getuid() != 0 {
      chmod(captures, 0)
      let refused = try Program.run("ingest", captures, database)
      chmod(captures, 0o755)
      #expect(refused.err == "pcapindex: \(captures): cannot be read: Permission denied\n")
    }
  }

  @Test("takes the files of a ring as one, or not, as it is told")
  func ring() throws {
    let ring = Repository.capture("ring")
    #expect(try Program.run("ingest", ring, database).status == 0)
    #expect(try sqlite(database, "SELECT count(*) FROM flows WHERE transport = 'tcp'") == ["1"])
    #expect(try Program.run("ingest", "--no-ring", ring, folder.file("none.sqlite")).status == 0)
    #expect(try sqlite(folder.file("none.sqlite"), "SELECT count(*) FROM flows WHERE transport = 'tcp'") == ["6"])
    let days = ["sll.pcap", "arp_icmp.pcap"].map(Repository.capture)
    #expect(try Program.run(["ingest", "--ring"] + days + [folder.file("all.sqlite")]).status == 0)
    #expect(try sqlite(folder.file("all.sqlite"), "SELECT count(*) FROM captures WHERE ring_id = 1") == ["2"])
  }

  @Test("tells of packets that the capturing system dropped")
  func drops() throws {
    let path = Repository.capture("notes.pcapng")
    let outcome = try Program.run("ingest", path, database)
    #expect(outcome.status == 0)
    #expect(
      outcome.err.hasPrefix(
        "\(path): 27 frames from \(String(format: "%.1f", Double(try bytes(path).count) / 1000)) kB; 15 packets dropped by the capturing system (pcapindex query capture_drops)"
      ))
  }

  @Test("reads a compressed capture from standard input, and tells of one that is cut off")
  func compressedInput() throws {
    let packed = try Program.run("/bin/gzip", ["-c", Repository.capture("browse.pcapng")]).output
    let path = try folder.write("trace", packed)
    #expect(try Program.run(["ingest", "-", database], input: path).status == 0)
    #expect(
      try sqlite(database, "SELECT path, compression, frame_count, status FROM captures") == ["-|gzip|332|complete"])
    let cut = try folder.write("cut", packed.dropLast(2_000))
    let outcome = try Program.run("ingest", cut, folder.file("cut.sqlite"))
    #expect(outcome.status == 1)
    #expect(
      outcome.err.contains(": truncated: the gzip data ends early, at byte \(packed.count - 2_000) of the file; "))
    #expect(try sqlite(folder.file("cut.sqlite"), "SELECT status, frame_count > 200 FROM captures") == ["truncated|1"])
  }
}

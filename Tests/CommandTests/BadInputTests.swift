import Foundation
import Glibc
import Testing

/// Wrong input: one line that names the file and the reason, the right exit status, and nothing lost.
@Suite struct BadInputTests {
  let folder: Folder

  init() throws { folder = try Folder() }

  private static let capture = Repository.capture("sll.pcap")

  /// Checks that a run was refused with one line that holds all of `words`.
  private func expectRefusal(
    _ outcome: Program.Outcome, status: Int32 = 1, _ words: String..., location: SourceLocation = #_sourceLocation
  ) {
    #expect(outcome.status == status, "\(outcome.err)", sourceLocation: location)
    #expect(outcome.output.isEmpty, sourceLocation: location)
    #expect(outcome.complaints.count == 1, "\(outcome.err)", sourceLocation: location)
    #expect(outcome.err.hasPrefix("pcapindex: "), "\(outcome.err)", sourceLocation: location)
    for word in words { #expect(outcome.err.contains(word), "\(outcome.err)", sourceLocation: location) }
  }

  /// Checks that a run was refused as wrong usage, with a way out.
  private func expectUsage(
    _ arguments: [String], _ words: String..., location: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try Program.run(arguments, folder: folder.path)
    #expect(outcome.status == 2, sourceLocation: location)
    #expect(outcome.output.isEmpty, sourceLocation: location)
    #expect(outcome.err.hasPrefix("pcapindex: "), "\(outcome.err)", sourceLocation: location)
    for word in words { #expect(outcome.err.contains(word), "\(outcome.err)", sourceLocation: location) }
  }

  // MARK: Captures

  @Test("a capture that does not exist")
  func noSuchFile() throws {
    let database = folder.file("case.sqlite")
    expectRefusal(try Program.run("ingest", folder.file("no.pcap"), database), folder.file("no.pcap"), "no such file")
    #expect(try folder.names().isEmpty)
  }

  @Test("files that are no captures, named for what they are")
  func notACapture() throws {
    try folder.write("notes.txt", text: "one does not simply read notes as a capture\n")
    _ = try Samples.copy("sll.pcap", into: folder, as: "other.sqlite")
    try folder.write("files.zip", [0x50, 0x4b, 3, 4, 20, 0, 0, 0, 8, 0] + [UInt8](repeating: 7, count: 90))
    try folder.write("trace.pcap.xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0] + [UInt8](repeating: 7, count: 90))
    let before = try folder.names()
    for (name, word) in [
      ("notes.txt", "not a pcap or pcapng capture"), ("other.sqlite", "SQLite"), ("files.zip", "ZIP"),
      ("trace.pcap.xz", "xz"),
    ] {
      expectRefusal(try Program.run("ingest", folder.file(name), folder.file("case.sqlite")), folder.file(name), word)
    }
    #expect(try folder.names() == before)
  }

  @Test("an empty file, and nothing on standard input")
  func empty() throws {
    let path = try folder.write("empty.pcap", text: "")
    expectRefusal(try Program.run("ingest", path, folder.file("case.sqlite")), path, "is empty")
    expectRefusal(try Program.run("ingest", "-", folder.file("case.sqlite")), "standard input", "is empty")
    #expect(try folder.names() == ["empty.pcap"])
  }

  @Test("a folder without captures, and one in the place of a database")
  func directory() throws {
    expectRefusal(try Program.run("ingest", folder.path, folder.file("case.sqlite")), folder.path, "no capture")
    expectRefusal(try Program.run("ingest", BadInputTests.capture, folder.path), folder.path, "folder")
    expectRefusal(try Program.run("query", "unknown_ips", folder.path), folder.path, "folder")
  }

  @Test("an unreadable file", .enabled(if: getuid() != 0, "root may read every file"))
  func unreadable() throws {
    let path = try folder.write("secret.pcap", bytes(BadInputTests.capture))
    chmod(path, 0)
    expectRefusal(try Program.run("ingest", path, folder.file("case.sqlite")), path, "Permission denied")
  }

  @Test("a capture that is cut off is stored as far as it goes", arguments: [1, 20, 300])
  func cutOff(missing: Int) throws {
    let whole = try bytes(BadInputTests.capture)
    let path = try folder.write("cut.pcap", whole.dropLast(missing))
    let database = folder.file("case.sqlite")
    expectRefusal(try Program.run("ingest", path, database), path, "truncated", "frames stored")
    let state = try sqlite(database, "SELECT status, frame_count, detail IS NOT NULL FROM captures")
    let frames = try sqlite(database, "SELECT count(*) FROM frames")[0]
    #expect(state == ["truncated|\(frames)|1"])
    let expected = try sqlite(
      try Samples.database("sll.pcap"), "SELECT id, number, ts, length, flow_id FROM frames WHERE number <= \(frames)")
    #expect(try sqlite(database, "SELECT id, number, ts, length, flow_id FROM frames") == expected)
    #expect(try sqlite(database, "PRAGMA integrity_check; PRAGMA foreign_key_check") == ["ok"])
    let query = try Program.run("query", "diagnostics", database, "--format", "tsv")
    #expect(query.out.contains("capture-truncated"))
  }

  @Test("a capture that ends in its file header")
  func headerOnly() throws {
    let path = try folder.write("head.pcap", try bytes(BadInputTests.capture).prefix(12))
    expectRefusal(try Program.run("ingest", path, folder.file("case.sqlite")), path, "cut off in its file header")
  }

  @Test("a bad capture among good ones: nothing is stored, the message names it")
  func oneOfSeveral() throws {
    let bad = try folder.write("notes.txt", text: "not a capture\n")
    let database = try Samples.copy("arp_icmp.pcap", into: folder)
    let before = try bytes(database)
    expectRefusal(try Program.run("ingest", BadInputTests.capture, bad, database), bad)
    #expect(try bytes(database) == before)
  }

  @Test("the same capture twice")
  func twice() throws {
    let database = try Samples.copy("sll.pcap", into: folder)
    let before = try bytes(database)
    expectRefusal(try Program.run("ingest", BadInputTests.capture, database), BadInputTests.capture, "already")
    #expect(try bytes(database) == before)
    let copy = try folder.write("copy.pcap", bytes(BadInputTests.capture))
    expectRefusal(try Program.run("ingest", copy, database), copy, "already, as \(BadInputTests.capture)")
    expectRefusal(try Program.run("ingest", "-", database, input: copy), "already")
    #expect(try bytes(database) == before)
    expectRefusal(try Program.run("ingest", BadInputTests.capture, copy, folder.file("new.sqlite")), copy)
    #expect(!FileManager.default.fileExists(atPath: folder.file("new.sqlite")))
    #expect(try folder.names() == ["case.sqlite", "copy.pcap"])
  }

  // MARK: Databases

  @Test("a database in a folder that does not exist")
  func missingFolder() throws {
    let database = folder.file("missing/case.sqlite")
    expectRefusal(try Program.run("ingest", BadInputTests.capture, database), database)
    #expect(try folder.names().isEmpty)
  }

  @Test("what is no database of pcapindex stays as it is, whatever is asked of it")
  func foreignDatabases() throws {
    let foreign = folder.file("foreign.sqlite")
    _ = try sqlite(
      foreign, "CREATE TABLE frames (id INTEGER PRIMARY KEY, note TEXT); INSERT INTO frames VALUES (1, 'x')")
    let text = try folder.write("notes.txt", text: "my notes, which I would like to keep\n")
    let capture = try folder.write("second.pcap", bytes(Repository.capture("arp_icmp.pcap")))
    let list = try folder.write("list.yaml", text: "okhosts:\n  - example.org\n")
    let names = try folder.names()
    for (path, word) in [(foreign, "not a pcapindex database"), (text, "text file"), (capture, "packet capture")] {
      let before = try bytes(path)
      expectRefusal(try Program.run("ingest", BadInputTests.capture, path), path, word)
      expectRefusal(try Program.run("allow", list, path), path, word)
      expectRefusal(try Program.run("query", "unknown_ips", path), path, word)
      #expect(try bytes(path) == before)
    }
    #expect(try folder.names() == names)
  }

  @Test("a database that is not there is no database to ask or to allow in")
  func missingDatabase() throws {
    let list = try folder.write("list.yaml", text: "okhosts:\n  - example.org\n")
    let path = folder.file("no.sqlite")
    expectRefusal(try Program.run("query", "unknown_ips", path), path, "no such file")
    expectRefusal(try Program.run("allow", list, path), path, "no such file")
    #expect(try folder.names() == ["list.yaml"])
  }

  @Test("a database that is cut off is refused, and left alone")
  func damagedDatabase() throws {
    let whole = try bytes(try Samples.database("sll.pcap"))
    let path = try folder.write("case.sqlite", whole.prefix(20_000))
    let before = try bytes(path)
    expectRefusal(try Program.run("query", "packet_list", path), path)
    expectRefusal(try Program.run("ingest", Repository.capture("arp_icmp.pcap"), path), path)
    #expect(try bytes(path) == before)
  }

  /// Whether a file system of a given size can be had, in a namespace of its own.
  static let canMount: Bool = {
    let probe = try? Program.run("/usr/bin/unshare", ["-rm", "mount", "-t", "tmpfs", "none", "/mnt"])
    return probe?.status == 0
  }()

  @Test("a full disk leaves no database behind", .enabled(if: canMount, "no file system can be mounted here"))
  func fullDisk() throws {
    let disk = folder.file("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
    let outcome = try Program.run(
      "/usr/bin/unshare",
      [
        "-rm", "/bin/sh", "-c",
        """
        mount -t tmpfs -o size=64k none "$1" && "$2" ingest "$3" "$1/case.sqlite"
        status=$?; [ -z "$(ls -A "$1")" ] || status=99; exit $status
        """, "sh", disk, try Program.path(), BadInputTests.capture,
      ])
    expectRefusal(outcome, disk, "the disk is full")
  }

  @Test(
    "a disk that fills up leaves a database as it was", .enabled(if: canMount, "no file system can be mounted here"))
  func diskFillsUp() throws {
    let disk = folder.file("disk")
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
    let old = try Samples.copy("sll.pcap", into: folder, as: "old.sqlite")
    let size = try bytes(old).count / 1024 + 64
    let outcome = try Program.run(
      "/usr/bin/unshare",
      [
        "-rm", "/bin/sh", "-c",
        """
        mount -t tmpfs -o size=\(size)k none "$1" && cp "$4" "$1/case.sqlite" && "$2" ingest "$3" "$1/case.sqlite"
        status=$?; cmp "$4" "$1/case.sqlite" && [ "$(ls -A "$1")" = case.sqlite ] || status=99; exit $status
        """, "sh", disk, try Program.path(), Repository.capture("http_session.pcap"), old,
      ])
    expectRefusal(outcome, disk, "the disk is full")
  }

  @Test("a limit on file sizes leaves no database behind")
  func fileSizeLimit() throws {
    let outcome = try Program.shell(
      "ulimit -f 64; exec \"$PROGRAM\" ingest '\(BadInputTests.capture)' case.sqlite", folder: folder.path)
    expectRefusal(outcome, "case.sqlite")
    #expect(try folder.names().isEmpty)
  }

  @Test("answers that cannot be written are a failure, with a reason")
  func fullOutput() throws {
    let database = try Samples.database("browse.pcapng")
    let outcome = try Program.shell("exec \"$PROGRAM\" query packet_list '\(database)' > /dev/full")
    expectRefusal(outcome, "standard output", "No space left on device")
  }

  @Test("a reader that has seen enough is no failure")
  func closedPipe() throws {
    let database = try Samples.database("browse.pcapng")
    let outcome = try Program.shell(
      "{ \"$PROGRAM\" query packet_list '\(database)'; echo \"status $?\" >&2; } | head -n 1")
    #expect(outcome.err == "status 0\n")
    #expect(outcome.out.hasPrefix("frame\t"))
  }

  // MARK: Usage

  @Test("a filter that libpcap does not understand")
  func wrongFilter() throws {
    let database = folder.file("case.sqlite")
    let outcome = try Program.run("ingest", "--filter", "tcp prt 21", BadInputTests.capture, database)
    expectRefusal(outcome, status: 2, "tcp prt 21", "syntax error")
    #expect(try folder.names().isEmpty)
  }

  @Test("a wrong entry of an allow list, by file and line; nothing is loaded")
  func wrongAllowList() throws {
    let good = try folder.write("good.yaml", text: "okhosts:\n  - example.org\n")
    let bad = try folder.write("bad.yaml", text: "allow:\n  192.0.2.0/24: lab\n  300.1.2.3: typo\n")
    let database = try Samples.copy("sll.pcap", into: folder)
    let before = try bytes(database)
    expectRefusal(try Program.run("allow", good, bad, database), "\(bad):3", "300.1.2.3")
    #expect(try bytes(database) == before)
    let other = Repository.capture("arp_icmp.pcap")
    expectRefusal(try Program.run("ingest", "--allow", bad, other, database), "\(bad):3")
    #expect(try bytes(database) == before)
    expectRefusal(try Program.run("ingest", "--allow", bad, other, folder.file("new.sqlite")), "\(bad):3")
    #expect(try folder.names() == ["bad.yaml", "case.sqlite", "good.yaml"])
  }

  @Test("an unknown query, with the ones that were perhaps meant")
  func unknownQuery() throws {
    expectRefusal(try Program.run("query", "unkown_ips"), status: 2, "unkown_ips", "did you mean unknown_ips?")
    expectRefusal(try Program.run("query", "passwords"), status: 2, "did you mean cleartext_passwords?")
    expectRefusal(try Program.run("query", "weather"), status: 2, "weather", "no such query")
  }

  @Test("a database where the query's name should be")
  func swappedOperands() throws {
    let database = try Samples.database("sll.pcap")
    expectRefusal(
      try Program.run("query", database, "unknown_ips"), status: 2, "is a file",
      "pcapindex query unknown_ips \(database)")
    expectRefusal(try Program.run("query", database), status: 2, "pcapindex query NAME \(database)")
  }

  @Test("parameters that the query does not have, or that lack a value")
  func wrongParameters() throws {
    let database = try Samples.database("sll.pcap")
    expectRefusal(
      try Program.run("query", "unknown_ips", database, "--cutof", "3"), status: 2, "'cutof'",
      "capture, cutoff, limit")
    expectRefusal(try Program.run("query", "unknown_ips", database, "--cutoff"), status: 2, "--cutoff needs a value")
    expectRefusal(try Program.run("query", "unknown_ips", database, "-x"), status: 2, "-x")
    expectRefusal(try Program.run("query", "unknown_ips", database, "more.sqlite"), status: 2, "more.sqlite")
  }

  @Test("wrong usage says what is missing and how the command is used")
  func wrongUsage() throws {
    try expectUsage(["ingest"], "name at least one capture", "Usage: pcapindex ingest", "--help")
    try expectUsage(["ingest", "trace.pcap"], "and, last, the database", "Usage: pcapindex ingest")
    try expectUsage(["ingest", "--fliter", "x", "a", "b"], "'--fliter'", "'--filter'")
    try expectUsage(["allow"], "name at least one allow list", "Usage: pcapindex allow")
    try expectUsage(["query", "unknown_ips", "x", "--format", "xml"], "'xml'", "jsonl")
    try expectUsage(["inject", "a", "b"], "inject", "pcapindex ingest CAPTURE... DATABASE")
    #expect(try folder.names().isEmpty)
  }

  @Test("control characters of a file's name do not reach the screen")
  func hostileNames() throws {
    let name = "tr\u{1b}]0;owned\u{7}\nace.pcap"
    let outcome = try Program.run("ingest", name, "case.sqlite", folder: folder.path)
    expectRefusal(outcome, "no such file")
    #expect(!outcome.error.dropLast().contains { $0 < 0x20 || $0 == 0x7f })
    try folder.write(name, text: "no capture")
    let other = try Program.run("ingest", BadInputTests.capture, name, folder: folder.path)
    expectRefusal(other, "text file")
    #expect(!other.error.dropLast().contains { $0 < 0x20 || $0 == 0x7f })
  }
}

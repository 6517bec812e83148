import Foundation
import Glibc
import Testing

/// `pcapindex ingest` and `pcapindex allow` at their work.
@Suite struct IngestCommandTests {
  let folder: Folder
  let database: String

  init() throws {
    folder = try Folder()
    database = folder.file("case.sqlite")
  }

  private func ingest(_ arguments: String..., input: String = "/dev/null") throws -> Program.Outcome {
    let outcome = try Program.run(["ingest"] + arguments + [database], input: input)
    #expect(outcome.output.isEmpty)
    return outcome
  }

  /// Everything that a capture's rows say, without the row of `captures`.
  private func content(_ path: String) throws -> [String] {
    try sqlite(path, "SELECT * FROM frames; SELECT * FROM flows; SELECT * FROM address_names")
  }

  @Test("says in one line what it read")
  func saysWhatItRead() throws {
    let path = Repository.capture("arp_icmp.pcap")
    let outcome = try ingest(path)
    #expect(outcome.status == 0)
    #expect(outcome.err == "\(path): 40 frames from 8.8 kB\n")
    #expect(
      try sqlite(database, "SELECT path, format, size_bytes, frame_count, status FROM captures") == [
        "\(path)|pcap|\(bytes(path).count)|40|complete"
      ])
    #expect(try folder.names() == ["case.sqlite"])
  }

  @Test("reads standard input, and knows it again")
  func standardInput() throws {
    let path = Repository.capture("arp_icmp.pcap")
    let outcome = try ingest("-", input: path)
    #expect(outcome.status == 0)
    #expect(outcome.err == "standard input: 40 frames from 8.8 kB\n")
    #expect(try sqlite(database, "SELECT path, size_bytes FROM captures") == ["-|\(bytes(path).count)"])
    #expect(try content(database) == content(Samples.database("arp_icmp.pcap")))
  }

  @Test("reads a capture that is compressed with gzip")
  func gzip() throws {
    let path = folder.file("trace.pcap.gz")
    let packed = try Program.run("/bin/gzip", ["-c", Repository.capture("arp_icmp.pcap")])
    try folder.write("trace.pcap.gz", packed.output)
    #expect(try ingest(path).status == 0)
    #expect(try content(database) == content(Samples.database("arp_icmp.pcap")))
    #expect(try sqlite(database, "SELECT size_bytes FROM captures") == ["\(packed.output.count)"])
  }

  @Test("reads several captures in the order they are named")
  func several() throws {
    let names = ["sll.pcap", "arp_icmp.pcap", "browse.pcapng"].map(Repository.capture)
    let outcome = try Program.run(["ingest"] + names + [database])
    #expect(outcome.status == 0)
    #expect(outcome.complaints.count == 3)
    #expect(
      try sqlite(database, "SELECT id, path, frame_count FROM captures") == [
        "1|\(names[0])|33", "2|\(names[1])|40", "3|\(names[2])|332",
      ])
    #expect(try sqlite(database, "PRAGMA integrity_check; PRAGMA foreign_key_check") == ["ok"])
  }

  @Test("adds to a database that exists")
  func appends() throws {
    #expect(try ingest(Repository.capture("sll.pcap")).status == 0)
    #expect(try ingest(Repository.capture("arp_icmp.pcap")).status == 0)
    #expect(
      try sqlite(database, "SELECT capture_id, count(*), min(number) FROM frames GROUP BY 1") == ["1|33|1", "2|40|1"])
    let second = try Program.run("query", "top_talkers", database, "--capture", "2", "--format", "csv")
    let alone = try Program.run("query", "top_talkers", Samples.database("arp_icmp.pcap"), "--format", "csv")
    let rows = { (text: String) in fields(csv: text).map { Array($0.dropLast()) } }
    #expect(rows(second.out) == rows(alone.out))
    #expect(try sqlite(database, "PRAGMA integrity_check; PRAGMA foreign_key_check") == ["ok"])
  }

  @Test("--filter stores what passes, under the numbers of the whole capture")
  func filter() throws {
    #expect(try ingest("--filter", "tcp port 21", Repository.capture("browse.pcapng")).status == 0)
    let whole = try sqlite(
      try Samples.database("browse.pcapng"),
      "SELECT number FROM frames JOIN flows ON flows.id = flow_id WHERE server_port = 21 OR client_port = 21")
    #expect(try sqlite(database, "SELECT number FROM frames ORDER BY id") == whole)
    #expect(whole.first == "233")
    #expect(try sqlite(database, "SELECT filter, frame_count FROM captures") == ["tcp port 21|\(whole.count)"])
    let again = try ingest("--filter", "arp", Repository.capture("browse.pcapng"))
    #expect(again.status == 0, "another filter makes it another reading")
  }

  @Test("--allow loads lists with the captures")
  func allow() throws {
    let list = try folder.write("list.yaml", text: Samples.allowList)
    let more = try folder.write("more.yaml", text: "oksuffixes:\n  - .example.com\n")
    let outcome = try ingest("--allow", list, "--allow", more, Repository.capture("browse.pcapng"))
    #expect(outcome.status == 0)
    #expect(try sqlite(database, "SELECT list, cidr, label FROM networks ORDER BY id").count == 3)
    #expect(
      try sqlite(database, "SELECT pattern FROM allowed_hosts ORDER BY id") == [
        "login.example.com", ".example.net", ".example.com",
      ])
    let rest = try Program.run("query", "unknown_ips", database, "--format", "csv")
    #expect(fields(csv: rest.out).dropFirst().compactMap { $0[0] }.sorted().first == "146.70.55.12")
    #expect(!rest.out.contains("93.184.215.14"))
  }

  @Test("allow says how much it loaded, and gives an entry its new label")
  func allowCommand() throws {
    let copy = try Samples.copy("browse.pcapng", into: folder)
    let list = try folder.write("list.yaml", text: Samples.allowList)
    let first = try Program.run("allow", list, copy)
    #expect(first.status == 0 && first.output.isEmpty)
    #expect(first.err == "\(copy): 3 networks and 2 host names loaded\n")
    let other = try folder.write("other.yaml", text: "allow:\n  45.77.12.0/24: office\n")
    #expect(try Program.run("allow", other, copy).err == "\(copy): 1 network and 0 host names loaded\n")
    #expect(try sqlite(copy, "SELECT label FROM networks WHERE list = 'allow'") == ["office"])
  }

  @Test("--quiet is silent when all went well, and only then")
  func quiet() throws {
    let good = try ingest("--quiet", Repository.capture("sll.pcap"))
    #expect(good.status == 0 && good.err.isEmpty)
    let cut = try folder.write("cut.pcap", bytes(Repository.capture("arp_icmp.pcap")).dropLast(3))
    let bad = try ingest("-q", Repository.capture("fragments.pcap"), cut)
    #expect(bad.status == 1)
    #expect(bad.complaints.count == 1 && bad.err.contains("cut.pcap: truncated"))
    #expect(try sqlite(database, "SELECT status FROM captures") == ["complete", "complete", "truncated"])
  }

  @Test("tells of diagnostics, and which query shows them")
  func diagnostics() throws {
    let outcome = try ingest(Repository.capture("gaps_http.pcap"))
    #expect(outcome.status == 0)
    #expect(outcome.err.hasSuffix("; 4 diagnostics (pcapindex query diagnostics)\n"))
  }

  @Test("the same captures give the same rows in the same order")
  func reproducible() throws {
    #expect(try ingest(Repository.capture("browse.pcapng")).status == 0)
    let other = try Samples.database("browse.pcapng")
    let dump = { (path: String) in
      try Program.run("/usr/bin/sqlite3", [path, ".dump"]).out.split(separator: "\n").filter {
        !$0.hasPrefix("INSERT INTO captures ")
      }
    }
    #expect(try dump(database) == dump(other))
  }

  // MARK: Interruption

  /// A pipe that the program reads as a capture and that stays open.
  private final class Pipe {
    let path: String
    private var end: Int32 = -1

    init(in folder: Folder) {
      path = folder.file("pipe")
      mkfifo(path, 0o600)
    }

    /// Waits for the reader, and opens.
    func open() throws {
      for _ in 0..<2000 where end < 0 {
        end = Glibc.open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        if end < 0 { usleep(5000) }
      }
      try #require(end >= 0, "nobody reads the pipe")
      // A reader that leaves is an error here, not the end of the tests.
      signal(SIGPIPE, SIG_IGN)
    }

    /// Writes and waits until it was read; false where nobody reads any more.
    func write(_ bytes: [UInt8]) -> Bool {
      var done = 0
      for _ in 0..<4000 {
        if done < bytes.count {
          let count = bytes[done...].withUnsafeBytes { Glibc.write(end, $0.baseAddress, $0.count) }
          if count > 0 { done += count } else if errno != EAGAIN { return false }
        }
        var state = pollfd(fd: end, events: 0, revents: 0)
        if poll(&state, 1, 0) > 0, state.revents & Int16(POLLERR) != 0 { return false }
        var unread: Int32 = 0
        if ioctl(end, UInt(FIONREAD), &unread) == 0, done == bytes.count, unread == 0 { return true }
        usleep(5000)
      }
      return false
    }

    func close() {
      if end >= 0 { Glibc.close(end) }
      end = -1
    }

    deinit { close() }
  }

  private func start(_ pipe: Pipe) throws -> Child {
    try Child(
      try Program.path(), ["ingest", pipe.path, database], input: "/dev/null", output: folder.file("out"),
      error: folder.file("err"), folder: nil, [:])
  }

  /// What a stopped run has to have left.
  private func expectInterrupted(_ status: Int32, frames: Int?) throws {
    #expect(status == 130)
    let err = String(decoding: try bytes(folder.file("err")), as: UTF8.self)
    #expect(err.contains("interrupted") && err.hasPrefix("pcapindex: "), "\(err)")
    try #require(FileManager.default.fileExists(atPath: database))
    let state = try sqlite(database, "SELECT status, frame_count = (SELECT count(*) FROM frames) FROM captures")
    #expect(state == ["interrupted|1"])
    if let frames { #expect(try sqlite(database, "SELECT count(*) FROM frames") == ["\(frames)"]) }
    #expect(try sqlite(database, "PRAGMA integrity_check; PRAGMA foreign_key_check") == ["ok"])
  }

  @Test("SIGINT while the input is idle ends the run with what was read so far", arguments: [SIGINT, SIGTERM])
  func interruptedWhileIdle(number: Int32) throws {
    let pipe = Pipe(in: folder)
    let child = try start(pipe)
    try pipe.open()
    #expect(pipe.write(Array(try bytes(Repository.capture("arp_icmp.pcap")))))
    kill(child.id, number)
    let status = child.wait(seconds: 10)
    pipe.close()
    try expectInterrupted(status, frames: 40)
  }

  @Test("SIGINT while frames keep coming ends the run, and does not wait for the input's end")
  func interruptedWhileBusy() throws {
    let pipe = Pipe(in: folder)
    let child = try start(pipe)
    try pipe.open()
    let capture = Array(try bytes(Repository.capture("arp_icmp.pcap")))
    let end = Date().addingTimeInterval(10)
    #expect(pipe.write(capture))
    kill(child.id, SIGINT)
    // The frames once more, without the file header, as long as somebody reads.
    let frames = Array(capture.dropFirst(24))
    while Date() < end, pipe.write(frames) {}
    let isOver = Date() < end
    #expect(isOver, "it reads on")
    if !isOver { kill(child.id, SIGKILL) }
    let status = child.wait(seconds: 10)
    pipe.close()
    try expectInterrupted(status, frames: nil)
  }

  @Test("an interrupted ingest into a database that exists keeps what was in it")
  func interruptedAppend() throws {
    _ = try Samples.copy("sll.pcap", into: folder)
    let pipe = Pipe(in: folder)
    let child = try start(pipe)
    try pipe.open()
    #expect(pipe.write(Array(try bytes(Repository.capture("arp_icmp.pcap")))))
    kill(child.id, SIGINT)
    let status = child.wait(seconds: 10)
    pipe.close()
    #expect(status == 130)
    #expect(try sqlite(database, "SELECT status, frame_count FROM captures") == ["complete|33", "interrupted|40"])
    #expect(try sqlite(database, "PRAGMA integrity_check; PRAGMA foreign_key_check") == ["ok"])
  }

  @Test("a killed ingest leaves no database, or the one that was there")
  func killed() throws {
    let pipe = Pipe(in: folder)
    let child = try start(pipe)
    try pipe.open()
    #expect(pipe.write(Array(try bytes(Repository.capture("arp_icmp.pcap")))))
    kill(child.id, SIGKILL)
    #expect(child.wait(seconds: 10) == 137)
    pipe.close()
    #expect(!FileManager.default.fileExists(atPath: database))
    #expect(try ingest(Repository.capture("arp_icmp.pcap")).status == 0)
  }
}

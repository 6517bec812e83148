import Foundation
import Indexer
import Store
import Synchronization
import Testing

/// Captures of other projects' test suites, which lie beside the repository where it is developed and are no part of
/// it.
enum SharedCaptures {
  static let folder = Repository.root.deletingLastPathComponent().appendingPathComponent("shared/captures").path

  static var arePresent: Bool { FileManager.default.fileExists(atPath: folder) }

  /// Every file, in order of size, the largest first.
  static func all() throws -> [String] {
    let manager = FileManager.default
    let paths = try manager.subpathsOfDirectory(atPath: folder).sorted().map { folder + "/" + $0 }
    let sizes = try paths.compactMap { path -> (String, Int)? in
      let attributes = try manager.attributesOfItem(atPath: path)
      guard attributes[.type] as? FileAttributeType == .typeRegular else { return nil }
      return (path, attributes[.size] as? Int ?? 0)
    }
    return sizes.sorted { $0.1 > $1.1 }.map(\.0)
  }
}

@Suite(
  "Captures from elsewhere", .enabled(if: SharedCaptures.arePresent, "no ../shared/captures beside the repository"))
struct SharedCaptureTests {
  private func post() throws -> Case { try Case(SharedCaptures.folder + "/packets/http_post.pcapng") }

  @Test("the write-up's HTTP post has its frames as the write-up shows them")
  func writeUpFrames() throws {
    #expect(
      try post().rows(
        """
        SELECT frame, source, destination, protocol, length, info FROM packets WHERE frame IN (4, 6, 7, 18)
        ORDER BY frame
        """) == [
          "4|172.16.16.128|69.163.176.56|HTTP|1175|POST /wp-comments-post.php HTTP/1.1  "
            + "(application/x-www-form-urlencoded)",
          "6|69.163.176.56|172.16.16.128|HTTP|964|HTTP/1.1 302 Found  (text/html)",
          "7|172.16.16.128|69.163.176.56|HTTP|1149|GET /?p=310&cpage=1 HTTP/1.1",
          "18|69.163.176.56|172.16.16.128|HTTP|319|HTTP/1.1 200 OK  (text/html)",
        ])
  }

  @Test("the write-up's dialogue: POST, redirect, GET, page")
  func writeUpDialogue() throws {
    let post = try post()
    #expect(
      try post.rows(
        """
        SELECT q.frame_id, q.method, q.uri, q.host, r.status, r.frame_id, r.last_frame_id, r.location
        FROM http_requests q JOIN http_responses r ON r.id = q.response_id ORDER BY q.id
        """) == [
          "4|POST|/wp-comments-post.php|www.chrissanders.org|302|6|6|"
            + "http://www.chrissanders.org/?p=310&cpage=1#comment-103002",
          "7|GET|/?p=310&cpage=1|www.chrissanders.org|200|9|18|",
        ])
    #expect(
      try post.rows("SELECT client_ip, client_port, server_ip, server_port, turns FROM conversations") == [
        "172.16.16.128|1989|69.163.176.56|80|3"
      ])
  }

  @Test("the write-up's conversation is two messages each way, three turns, and 43 kB decoded")
  func writeUpConversation() throws {
    let row = try #require(try post().query("http_conversations").first)
    #expect([row["client_messages"], row["server_messages"], row["turns"]] == ["2", "2", "3"])
    #expect(row["bytes"].flatMap { Int($0) }.map { $0 / 1000 } == 43)
  }

  @Test("blocks that Wireshark numbers, but that hold no packet, take a number and give no row")
  func numberedBlocks() throws {
    #expect(
      try Case(SharedCaptures.folder + "/gopacket/test018.pcapng").rows("SELECT number, length FROM frames ORDER BY id")
        == ["2|314", "3|342", "5|314", "7|342"])
  }

  /// One file after the other on as many threads as there are cores.
  @Test("every file is refused by a message or becomes a database that SQLite finds whole")
  func everyFile() throws {
    let files = try SharedCaptures.all()
    #expect(files.count > 1000)
    let faults = Mutex<[String]>([])
    let refused = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: files.count) { index in
      let file = files[index]
      do {
        let complaints = try Self.complaints(about: file)
        if !complaints.isEmpty { faults.withLock { $0.append(file + ": " + complaints.joined(separator: "; ")) } }
      } catch IngestError.capture(let error) {
        let line = error.description
        if !line.contains((file as NSString).lastPathComponent) || line.contains("\n") {
          faults.withLock { $0.append(file + ": refused by '" + line + "'") }
        }
        refused.withLock { $0.append(line) }
      } catch {
        faults.withLock { $0.append(file + ": \(error)") }
      }
    }
    #expect(faults.withLock { $0.sorted() } == [])
    #expect(refused.withLock { $0.count } < files.count / 20)
  }

  /// What is wrong with the database that a capture gives.
  private static func complaints(about file: String) throws -> [String] {
    let ingested = try Case(file)
    var complaints = try ingested.complaints()
    // Numbers may have holes: see 'numberedBlocks'.
    complaints += try ingested.rows(
      """
      SELECT 'frames: ' || count(*) || ' of ' || frame_count FROM captures LEFT JOIN frames ON capture_id = captures.id
      HAVING count(frames.id) <> frame_count OR count(DISTINCT number) <> frame_count OR min(number) < 1
      """)
    complaints += try ingested.rows(
      """
      SELECT 'flow ' || f.id FROM flows f JOIN (
        SELECT flow_id, sum(from_client) AS client, count(*) AS n, min(id) AS first, max(id) AS last
        FROM frames GROUP BY flow_id) n ON n.flow_id = f.id
      WHERE f.client_packets <> n.client OR f.client_packets + f.server_packets <> n.n OR f.first_frame_id <> n.first
        OR f.last_frame_id <> n.last
      """)
    return complaints
  }
}

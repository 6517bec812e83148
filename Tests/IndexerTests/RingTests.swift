import Foundation
import Indexer
import Store
import Testing

/// The files of one ring, which are read as one capture would be.
@Suite struct RingTests {
  private static let files: [String] = {
    let folder = Repository.capture("ring")
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().map { "\(folder)/\($0)" }
  }()

  /// The sections of all files in one: what the whole would have been.
  private static func joined(into folder: Folder) throws -> String {
    var bytes: [UInt8] = []
    for file in files { bytes += try Data(contentsOf: URL(fileURLWithPath: file)) }
    return try folder.write("whole.pcapng", bytes)
  }

  /// All rows of tables but for which file they are of.
  private static let content = """
    SELECT id, ts, length, captured_length, flow_id, from_client, payload_length, tcp_flags, tcp_seq, tcp_ack, tcp_window
    FROM frames ORDER BY id;
    SELECT id, transport, client_id, client_port, server_id, server_port, service, service_source, first_frame_id,
      last_frame_id, first_ts, last_ts, client_packets, server_packets, client_bytes, server_bytes, client_payload,
      server_payload, turns, state, irtt_ns, syn_frame_id, syn_ack_frame_id, ack_frame_id, client_isn, server_isn,
      missing_bytes, retransmissions, out_of_order FROM flows ORDER BY id;
    SELECT * FROM addresses;
    SELECT * FROM dns_messages;
    SELECT * FROM dns_answers;
    SELECT * FROM http_requests;
    SELECT * FROM http_responses;
    SELECT * FROM files;
    SELECT code, detail, frame_id, flow_id FROM diagnostics
    """

  private func content(_ ring: Case) throws -> [String] {
    try RingTests.content.split(separator: ";").flatMap { try ring.rows(String($0)) }
  }

  private func ingest(_ captures: [String], into folder: Folder, ring: RingMode = .automatic) throws -> Case {
    let path = folder.file("\(UUID().uuidString).sqlite")
    var options = IngestOptions(captures: captures, database: path, version: "test")
    options.ring = ring
    _ = try Ingest(options).run()
    return try Case(opening: path)
  }

  @Test("gives the flows, messages and files that one capture of the same frames gives")
  func sameAsWhole() throws {
    let folder = try Folder()
    #expect(RingTests.files.count == 6)
    let ring = try ingest(RingTests.files, into: folder)
    let whole = try ingest([try RingTests.joined(into: folder)], into: folder)
    #expect(try content(ring) == content(whole))
    #expect(try ring.rows("PRAGMA foreign_key_check") == [])
    #expect(try ring.value("PRAGMA integrity_check") == "ok")
    // One connection from the first file to the last.
    #expect(
      try ring.rows(
        """
        SELECT f.capture_id, e.capture_id, f.service, f.state, f.missing_bytes FROM flows f
        JOIN frames e ON e.id = f.last_frame_id WHERE f.transport = 'tcp'
        """) == ["1|6|http|SF|0"])
    #expect(
      try ring.rows(
        "SELECT q.uri, r.status, r.complete FROM http_responses r JOIN http_requests q ON q.id = r.request_id"
      )
      .count == 6)
  }

  @Test("leaves each file a capture with frame numbers of its own")
  func captures() throws {
    let ring = try ingest(RingTests.files, into: try Folder())
    let rows = try ring.rows(
      """
      SELECT c.path, c.ring_id, c.frame_count, count(f.id), min(f.number), max(f.number), c.first_ts = min(f.ts),
        c.last_ts = max(f.ts), c.status
      FROM captures c JOIN frames f ON f.capture_id = c.id GROUP BY c.id ORDER BY c.id
      """)
    for (row, file) in zip(rows, RingTests.files) {
      let columns = row.split(separator: "|").map(String.init)
      #expect(columns[0] == file)
      #expect(columns[1] == "1")
      #expect(columns[2] == columns[3] && columns[3] == columns[5])
      #expect(columns[4] == "1")
      #expect(Array(columns[6...]) == ["1", "1", "complete"])
    }
    #expect(rows.count == 6)
    #expect(
      try ring.rows("SELECT capture_id, count(*), min(number) FROM interfaces GROUP BY 1")
        == (1...6).map { "\($0)|1|0" })
    // Every frame of a later file is found again from its own position.
    #expect(
      try ring.rows("SELECT capture_id, number FROM frame_positions") == (1...6).map { "\($0)|1" })
  }

  @Test("counts frames by their file, and flows by the file in which they begin")
  func sums() throws {
    let ring = try ingest(RingTests.files, into: try Folder())
    #expect(
      try ring.rows("SELECT capture_id, sum(frames), sum(bytes), sum(flows) FROM traffic_by_time GROUP BY 1")
        == ring.rows(
          """
          SELECT f.capture_id, count(*), sum(f.length), sum(f.id IN (SELECT first_frame_id FROM flows))
          FROM frames f GROUP BY 1
          """))
    #expect(
      try ring.rows(
        "SELECT capture_id, address_id, sum(flows), sum(sent_bytes) FROM address_traffic GROUP BY 1, 2 ORDER BY 1, 2")
        == ring.rows(
          """
          SELECT capture_id, a, count(*), sum(b) FROM (
            SELECT capture_id, client_id AS a, client_bytes AS b FROM flows
            UNION ALL SELECT capture_id, server_id, server_bytes FROM flows)
          GROUP BY 1, 2 ORDER BY 1, 2
          """))
    #expect(
      try ring.rows(
        "SELECT capture_id, sum(flows), sum(frames) FROM traffic_by_protocol WHERE transport IS NOT NULL GROUP BY 1")
        == ring.rows("SELECT capture_id, count(*), sum(client_packets + server_packets) FROM flows GROUP BY 1"))
    #expect(
      try ring.value("SELECT count(*) FROM link_frames")
        == ring.value("SELECT sum(frames) FROM traffic_by_protocol WHERE transport IS NULL"))
  }

  @Test("gives the same rows in whatever order the files are named, also as their folder")
  func order() throws {
    let folder = try Folder()
    let expected = try ingest(RingTests.files, into: folder).dump()
    #expect(try ingest(RingTests.files.reversed(), into: folder).dump() == expected)
    #expect(try ingest([Repository.capture("ring")], into: folder).dump() == expected)
  }

  @Test("takes the files one by one when it is asked to, and does not know what was in the one before")
  func never() throws {
    let separate = try ingest(RingTests.files, into: try Folder(), ring: .never)
    #expect(try separate.value("SELECT count(*) FROM flows WHERE transport = 'tcp'") == "6")
    #expect(try separate.value("SELECT count(*) FROM captures WHERE ring_id IS NOT NULL") == "0")
  }

  @Test("lets each file know the names that the others say of its addresses")
  func names() throws {
    let folder = try Folder()
    let ring = try ingest(RingTests.files, into: folder)
    let server = "(SELECT id FROM addresses WHERE ip = '198.51.100.30')"
    #expect(
      try ring.rows("SELECT capture_id FROM address_names WHERE address_id = \(server) AND source = 'dns' ORDER BY 1")
        == (1...6).map(String.init))
    // Each said once, where it is.
    #expect(
      try ring.rows("SELECT name, source, first_frame, capture_id FROM host_names WHERE source = 'dns'")
        == [
          "ring.example.com|dns|\(try ring.value("SELECT number FROM dns_messages m JOIN frames f ON f.id = frame_id WHERE is_response") ?? "")|1"
        ])
    #expect(try ring.query("host_names").count { $0["source"] == "dns" } == 1)
  }

  @Test("a resolver that is trusted in one file vouches for addresses in the others")
  func verdicts() throws {
    let folder = try Folder()
    let list = try folder.write(
      "allow.yaml", Array("dns:\n  192.168.30.1: ours\nokhosts:\n  - ring.example.com\n".utf8))
    let later = try folder.write("later.pcap", pcap([1_800_000_000], to: [198, 51, 100, 30]))
    func verdicts(_ ring: RingMode) throws -> [String] {
      let path = folder.file("\(ring).sqlite")
      var options = IngestOptions(
        captures: [RingTests.files[0], later], database: path, filter: "udp", version: "test")
      options.ring = ring
      options.allowList = try AllowList.load([list])
      _ = try Ingest(options).run()
      return try Case(opening: path).rows(
        """
        SELECT capture_id, explained, reason FROM address_verdicts v JOIN addresses a ON a.id = v.address_id
        WHERE a.ip = '198.51.100.30' ORDER BY 1
        """)
    }
    #expect(try verdicts(.always) == ["1|1|", "2|1|"])
    #expect(try verdicts(.never) == ["1|1|", "2|0|no name"])
  }

  @Test("puts fragments together that lie in two files")
  func fragments() throws {
    let folder = try Folder()
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Repository.capture("fragments.pcap"))))
    // A cut behind each record in turn would take long: in the middle of the first packet in fragments.
    let whole = try ingest([Repository.capture("fragments.pcap")], into: folder)
    let first = try #require(
      try whole.value(
        "SELECT min(f.number) FROM frames f JOIN flows w ON w.id = f.flow_id WHERE w.transport = 'fragment'"))
    var offset = 24
    for _ in 0..<(Int(first) ?? 0) {
      let length = (8..<12).reversed().reduce(0) { $0 << 8 | Int(bytes[offset + $1]) }
      offset += 16 + length
    }
    let files = [
      try folder.write("f_1.pcap", bytes[..<offset]),
      try folder.write("f_2.pcap", Array(bytes[..<24] + bytes[offset...])),
    ]
    let ring = try ingest(files, into: folder)
    #expect(try ring.rows("SELECT id, ring_id FROM captures") == ["1|1", "2|1"])
    #expect(try content(ring) == content(whole))
  }

  /// A pcap file of UDP packets, one each of these seconds.
  private func pcap(_ seconds: [Int], linkType: UInt8 = 101, to receiver: [UInt8] = [192, 0, 2, 2]) -> [UInt8] {
    var bytes: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, linkType, 0, 0, 0]
    let packet: [UInt8] =
      [0x45, 0, 0, 29, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1] + receiver + [0x30, 9, 0x30, 0x39, 0, 9, 0, 0, 0x61]
    for second in seconds {
      bytes +=
        (0..<4).map { UInt8(truncatingIfNeeded: second >> (8 * $0)) } + [0, 0, 0, 0, 29, 0, 0, 0, 29, 0, 0, 0] + packet
    }
    return bytes
  }

  @Test(
    "is known by names, interfaces and times",
    arguments: [
      // dumpcap and tcpdump -C: however long it was silent.
      (["a_00001_20260101120000.pcap", "a_00002_20260101130000.pcap"], [[1, 2], [9_000]], 1),
      (["a_20260101120000_00001.pcap", "a_20260101130000_00002.pcap"], [[1, 2], [9_000]], 1),
      (["a.pcap", "a.pcap1", "a.pcap2"], [[1], [9_000], [9_001]], 1),
      (["a.pcap0", "a.pcap1.bz2"], [[1], [9_000]], 1),
      // Others: no more than a minute.
      (["a1.pcap", "a2.pcap"], [[1, 2], [60]], 1),
      (["a1.pcap", "a2.pcap"], [[1, 2], [63]], 2),
      (["2026-01-01_11.pcap", "2026-01-01_12.pcap"], [[1, 2], [3]], 1),
      // Frames in no exact order at the border; two captures at a time.
      (["a1.pcap", "a2.pcap"], [[1, 5], [4, 6]], 1),
      (["a1.pcap", "a2.pcap"], [[1, 5], [3, 6]], 2),
      (["monday.pcap", "tuesday.pcap"], [[1, 2], [3]], 2),
    ] as [([String], [[Int]], Int)])
  func recognition(names: [String], seconds: [[Int]], flows: Int) throws {
    let folder = try Folder()
    let files = try zip(names, seconds).map { try folder.write($0, pcap($1)) }
    let ring = try ingest(files, into: folder)
    #expect(try ring.value("SELECT count(*) FROM flows") == "\(flows)")
    #expect(try ring.value("SELECT count(*) FROM captures WHERE ring_id = 1") == (flows == 1 ? "\(names.count)" : "0"))
  }

  @Test("is none where interfaces or folders differ, and one where it is said")
  func others() throws {
    let folder = try Folder()
    let first = try folder.write("a1.pcap", pcap([1]))
    let second = try folder.write("a2.pcap", pcap([2], linkType: 228))
    #expect(try ingest([first, second], into: folder).value("SELECT count(*) FROM flows") == "2")
    #expect(
      try ingest([second, first], into: folder, ring: .always).rows("SELECT path, ring_id FROM captures")
        == ["\(first)|1", "\(second)|1"])
    #expect(try ingest([second, first], into: folder, ring: .always).value("SELECT count(*) FROM flows") == "1")
    try FileManager.default.createDirectory(atPath: folder.file("b"), withIntermediateDirectories: true)
    let third = try folder.write("b/a2.pcap", pcap([2]))
    #expect(try ingest([first, third], into: folder).value("SELECT count(*) FROM flows") == "2")
  }

  @Test("goes on behind a file that is cut off, and with a filter")
  func cut() throws {
    let folder = try Folder()
    let first = try folder.write("a1.pcap", pcap([1, 2]).dropLast(3))
    let second = try folder.write("a2.pcap", pcap([3]))
    let ring = try ingest([first, second], into: folder)
    #expect(try ring.rows("SELECT status, frame_count, ring_id FROM captures") == ["truncated|1|1", "complete|1|1"])
    #expect(try ring.value("SELECT count(*) FROM flows") == "1")
    let path = folder.file("filtered.sqlite")
    _ = try Ingest(IngestOptions(captures: RingTests.files, database: path, filter: "tcp", version: "test")).run()
    #expect(try Case(opening: path).rows("SELECT transport, state FROM flows") == ["tcp|SF"])
  }
}

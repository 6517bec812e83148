import Foundation
import Testing

/// The packet list against tshark's, line by line, through the stock shell and through the program.
///
/// `packet_lists.tsv` is what `Benchmarks/packet_list.py --lines` prints: tshark's columns, without the timestamps of
/// segments that are no SYNs, which the database does not hold.
@Suite struct PacketListTests {
  /// tshark's lines by capture: frame, source, destination, protocol, length, info.
  static let expected: [String: [[String]]] = {
    let text = try? String(contentsOfFile: Repository.capture("packet_lists.tsv"), encoding: .utf8)
    var lines: [String: [[String]]] = [:]
    for line in text?.split(separator: "\n") ?? [] {
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      lines[fields[0], default: []].append(Array(fields.dropFirst()))
    }
    return lines
  }()

  /// Frames whose info differs, and why.
  static let differing: [String: Set<Int>] = [
    // tshark goes by port 5222 and waits for more of what is no XMPP.
    "browse.pcapng": [87, 89],
    // A dot inside of a label: the database escapes it.
    "dns_lookups.pcap": [49, 50],
    // A ClientHello in two records of one frame: tshark names both.
    "tls_handshakes.pcap": [266],
  ]

  private static let columns = ["frame", "source", "destination", "protocol", "length", "info"]

  /// What Wireshark shows from 4.2 on, and the tshark that wrote the values does not.
  private static func withoutServerName(_ info: String) -> String {
    guard info.contains("Client Hello (SNI="), let start = info.range(of: " (SNI="),
      let end = info[start.upperBound...].firstIndex(of: ")")
    else { return info }
    return info.replacingCharacters(in: start.lowerBound...end, with: "")
  }

  private static func withoutServerNames(_ rows: [[String]]) -> [[String]] {
    rows.map { $0.dropLast() + [withoutServerName($0.last ?? "")] }
  }

  private func shell(_ database: String, _ sql: String) throws -> [[String]] {
    let outcome = try Program.run("/usr/bin/sqlite3", ["-csv", "-header", database, sql])
    #expect(outcome.status == 0 && outcome.err.isEmpty, "\(outcome.err)")
    return fields(csv: outcome.out).dropFirst().map { row in row.map { $0 ?? "" } }
  }

  @Test("the values are there, of captures of several kinds")
  func hasValues() {
    #expect(PacketListTests.expected.count >= 8)
    #expect(PacketListTests.expected.values.map(\.count).reduce(0, +) > 1000)
  }

  @Test("every line is tshark's, through the sqlite3 shell", arguments: expected.keys.sorted())
  func equalsTshark(capture: String) throws {
    let rows = try shell(
      Samples.database(capture),
      "SELECT \(PacketListTests.columns.joined(separator: ", ")) FROM packets ORDER BY frame_id;")
    let expected = try #require(PacketListTests.expected[capture])
    let differing = PacketListTests.differing[capture] ?? []
    #expect(rows.count == expected.count)
    for (row, expected) in zip(PacketListTests.withoutServerNames(rows), expected) {
      guard differing.contains(Int(row[0]) ?? 0) else {
        #expect(row == expected)
        continue
      }
      #expect(row.dropLast() == expected.dropLast())
      #expect(row.last != expected.last, "frame \(row[0]) does not differ")
    }
  }

  @Test("the query gives the view's lines", arguments: expected.keys.sorted())
  func queryEqualsView(capture: String) throws {
    let database = try Samples.database(capture)
    let own = try Program.run("query", "packet_list", database, "--limit", "-1", "--format", "csv")
    #expect(own.status == 0 && own.err.isEmpty, "\(own.err)")
    let rows = fields(csv: own.out)
    let heading = try #require(rows.first).map { $0 ?? "" }
    let places = try PacketListTests.columns.map { column in try #require(heading.firstIndex(of: column)) }
    let lines = rows.dropFirst().map { row in places.map { row[$0] ?? "" } }
    #expect(
      try lines
        == shell(
          database, "SELECT \(PacketListTests.columns.joined(separator: ", ")) FROM packets ORDER BY frame_id;"))
  }

  /// The info of each frame of a database that these statements fill.
  private func lines(_ name: String, _ statements: String) throws -> [String] {
    let folder = try Folder()
    let database = try Samples.copy("vlan_8021q.pcap", into: folder, as: name)
    let tables = try sqlite(
      database, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('captures', 'flows')")
    let emptied = tables.map { "DELETE FROM \($0);" }.joined(separator: "\n")
    return try shell(database, emptied + statements + "SELECT protocol || ' ' || info FROM packets ORDER BY frame_id;")
      .map { $0[0] }
  }

  /// Two addresses, and a flow between them: a row that there is already, changed.
  private func flow(_ transport: String, client: Int, server: Int, service: String = "NULL") -> String {
    """
    INSERT INTO addresses VALUES (1, '192.168.1.6', x'00', 'private'), (2, '192.0.2.7', x'01', 'documentation');
    DELETE FROM flows WHERE id <> 1;
    UPDATE flows SET transport = '\(transport)', client_id = 1, client_port = \(client), server_id = 2,
      server_port = \(server), service = \(service), service_source = 'content', client_isn = 4294967290,
      server_isn = 500, client_window_scale = 2, server_window_scale = 7
    WHERE id = 1;

    """
  }

  /// A frame of flow 1.
  private func frame(
    _ id: Int, fromClient: Bool = true, payload: Int = 0, tcp: (flags: Int, seq: Int, ack: Int, window: Int)? = nil
  ) -> String {
    let numbers = tcp.map { "\($0.flags), \($0.seq), \($0.ack), \($0.window)" } ?? "NULL, NULL, NULL, NULL"
    return """
      INSERT INTO frames (id, capture_id, number, length, captured_length, flow_id, from_client, payload_length,
        tcp_flags, tcp_seq, tcp_ack, tcp_window)
      VALUES (\(id), 1, \(id), 60, 60, 1, \(fromClient ? 1 : 0), \(payload), \(numbers));

      """
  }

  @Test(
    "a SYN has its options in the order sent, a segment its analysis, numbers go on from the SYN, windows are scaled")
  func segments() throws {
    let rows = try lines(
      "tcp.sqlite",
      flow("tcp", client: 1989, server: 80)
        + frame(1, tcp: (2, 4_294_967_290, 0, 8192))
        + frame(2, fromClient: false, tcp: (18, 500, 4_294_967_291, 65535))
        + frame(3, tcp: (16, 4_294_967_291, 501, 16425))
        + frame(4, tcp: (24, 10, 501, 16425))
        + frame(5, fromClient: false, tcp: (16, 501, 26, 0))
        + frame(12, fromClient: false, tcp: (16, 501, 26, 229))
        + frame(13, fromClient: false, tcp: (16, 501, 26, 229))
        + frame(14, payload: 1460, tcp: (16, 26, 501, 16425))
          + """
          INSERT INTO tcp_options (frame_id, kinds, mss, window_scale)
          VALUES (1, 'mss,nop,window-scale,nop,nop,sack-permitted', 1460, 2),
            (2, 'mss,nop,nop,sack-permitted,nop,window-scale', 1460, 7);
          INSERT INTO tcp_options (frame_id, kinds, sack_left_1, sack_right_1, sack_left_2, sack_right_2)
          VALUES (13, 'nop,nop,sack', 1486, 2946, 4406, 5866);
          INSERT INTO tcp_notes (frame_id, note, number, other_frame_id)
          VALUES (5, 'zero-window', NULL, NULL), (13, 'dup-ack', 1, 12), (14, 'retransmission', NULL, NULL),
            (14, 'window-full', NULL, NULL);

          """)
    #expect(
      rows == [
        "TCP 1989 → 80 [SYN] Seq=0 Win=8192 Len=0 MSS=1460 WS=4 SACK_PERM",
        "TCP 80 → 1989 [SYN, ACK] Seq=0 Ack=1 Win=65535 Len=0 MSS=1460 SACK_PERM WS=128",
        "TCP 1989 → 80 [ACK] Seq=1 Ack=1 Win=65700 Len=0",
        "TCP 1989 → 80 [PSH, ACK] Seq=16 Ack=1 Win=65700 Len=0",
        "TCP [TCP ZeroWindow] 80 → 1989 [ACK] Seq=1 Ack=32 Win=0 Len=0",
        "TCP 80 → 1989 [ACK] Seq=1 Ack=32 Win=29312 Len=0",
        "TCP [TCP Dup ACK 12#1] 80 → 1989 [ACK] Seq=1 Ack=32 Win=29312 Len=0 SLE=1492 SRE=2952 SLE=4412 SRE=5872",
        "TCP [TCP Window Full] [TCP Retransmission] 1989 → 80 [ACK] Seq=32 Ack=1 Win=65700 Len=1460",
      ])
  }

  @Test("HTTP, DNS, ARP and FTP are worded as Wireshark words them")
  func applications() throws {
    #expect(
      try lines(
        "http.sqlite",
        flow("tcp", client: 1989, server: 80, service: "'http'")
          + frame(1, payload: 700, tcp: (16, 1, 501, 1)) + frame(2, payload: 300, tcp: (24, 701, 501, 1))
            + """
            INSERT INTO http_requests (id, flow_id, frame_id, last_frame_id, method, uri, version, head_length, body_length,
              decoded_length, complete)
            VALUES (1, 1, 1, 2, 'GET', '/?p=310&cpage=1', '1.1', 1000, 0, 0, 1);

            """) == [
          "TCP 1989 → 80 [ACK] Seq=7 Ack=1 Win=4 Len=700 [TCP segment of a reassembled PDU]",
          "HTTP GET /?p=310&cpage=1 HTTP/1.1",
        ])
    #expect(
      try lines(
        "dns.sqlite",
        flow("udp", client: 1989, server: 53, service: "'dns'") + frame(1, payload: 29)
          + frame(2, fromClient: false, payload: 45)
            + """
            INSERT INTO dns_messages (id, flow_id, frame_id, transaction_id, is_response, opcode, rcode, authoritative,
              truncated, query_name, query_type)
            VALUES (1, 1, 1, 0x2bd4, 0, 'QUERY', 'NOERROR', 0, 0, 'example.com', 'A'),
              (2, 1, 2, 0x2bd4, 1, 'QUERY', 'NOERROR', 0, 0, 'example.com', 'A');
            INSERT INTO dns_answers (message_id, section, name, type, ttl, data)
            VALUES (2, 'answer', 'example.com', 'A', 60, '192.0.2.7');

            """) == [
          "DNS Standard query 0x2bd4 A example.com", "DNS Standard query response 0x2bd4 A example.com A 192.0.2.7",
        ])
    #expect(
      try lines(
        "arp.sqlite",
        """
        INSERT INTO frames (id, capture_id, number, length, captured_length) VALUES (1, 1, 1, 42, 42), (2, 1, 2, 42, 42);
        INSERT INTO link_frames VALUES (1, '02:00:5e:00:01:01', 'ff:ff:ff:ff:ff:ff', 'ARP'),
          (2, '02:00:5e:00:01:06', '02:00:5e:00:01:01', 'ARP');
        INSERT INTO arp_messages (capture_id, frame_id, operation, sender_mac, sender_ip, target_mac, target_ip)
        VALUES (1, 1, 'request', '02:00:5e:00:01:01', '192.168.1.1', '00:00:00:00:00:00', '192.168.1.6'),
          (1, 2, 'reply', '02:00:5e:00:01:06', '192.168.1.6', '02:00:5e:00:01:01', '192.168.1.1');

        """) == ["ARP Who has 192.168.1.6? Tell 192.168.1.1", "ARP 192.168.1.6 is at 02:00:5e:00:01:06"])
  }

  @Test("logins, passive ports and names asked for stand in a real capture's lines")
  func realLines() throws {
    let database = try Samples.database("browse.pcapng")
    let infos = try shell(database, "SELECT info FROM packets WHERE protocol IN ('FTP', 'TLSv1.3');").map { $0[0] }
    #expect(infos.contains("Request: PASS p@ssw0rd"))
    #expect(infos.contains("Response: 227 Entering Passive Mode (172,16,16,121,192,11)."))
    #expect(infos.contains("Client Hello (SNI=updates.example.org)"))
  }

  @Test("lines are found by the frame's key: nothing is read through for them")
  func isIndexed() throws {
    let folder = try Folder()
    let database = try Samples.copy("browse.pcapng", into: folder)
    // Tables of two rows are read through where the planner knows that they have no more.
    _ = try sqlite(database, "DROP TABLE sqlite_stat1")
    let plan = try sqlite(
      database, "EXPLAIN QUERY PLAN SELECT * FROM packets WHERE frame_id BETWEEN 100 AND 110")
    let scans = plan.filter { $0.contains("SCAN ") && !$0.contains("VIRTUAL TABLE") && !$0.hasSuffix("SCAN a") }
    #expect(plan.count > 20 && scans.allSatisfy { $0.hasSuffix("SCAN n") }, "\(scans)")
  }
}

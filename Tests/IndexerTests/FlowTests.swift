import Testing

/// Flows of the repository's captures beside tshark's, and what holds for every database.
@Suite("Flows")
struct FlowTests {
  static let flows = """
    SELECT c.ip || ':' || f.client_port AS client, s.ip || ':' || f.server_port AS server,
      a.number || '–' || z.number AS frames, f.client_packets || ' / ' || f.server_packets AS packets,
      f.client_bytes || ' / ' || f.server_bytes AS bytes, f.client_payload || ' / ' || f.server_payload AS payload,
      f.turns AS turns
    FROM flows f JOIN addresses c ON c.id = f.client_id JOIN addresses s ON s.id = f.server_id
    JOIN frames a ON a.id = f.first_frame_id JOIN frames z ON z.id = f.last_frame_id
    """

  /// Where frames are cut, tshark counts what the headers announce, `flows` what was delivered: see LossTests. The device
  /// that answers a search by SSDP speaks first in its flow, and is its server: see CarriedFilesTests.
  @Test(
    "have tshark's ends, frames, packets, bytes, payload and turns",
    // To tshark who spoke first is the client, also where that is a server's answer to another address than it was asked from.
    arguments: Expected.captures.filter {
      !["snaplen_http.pcap", "netbios_names.pcap", "dhcp_leases.pcap", "ssdp.pcap"].contains($0)
    }, ["TCP", "UDP"])
  func agreeWithTshark(capture: String, transport: String) throws {
    let expected = try Expected.table("\(transport) flows", of: capture).map { row in
      ["client", "server", "frames", "packets c/s", "bytes c/s", "payload c/s", "turns"].map { row[$0] ?? "" }
        .joined(separator: "|")
    }
    #expect(
      try Case(capture).rows(Self.flows + " WHERE f.transport = '\(transport.lowercased())' ORDER BY f.id") == expected)
  }

  @Test("have the state that their flags tell", arguments: Expected.captures)
  func states(capture: String) throws {
    let states = [
      "SAFf": "SF", "SAfF": "SF", "SAFr": "RSTR", "S": "S0", "Sr": "REJ", "Ff": "SF", "Af": "SHR",
      "SA": "S1", "SAF": "S2", "SAFR": "RSTO", "SAfR": "RSTO", "SAFfr": "SF", "SAfr": "RSTR",
      "SAR": "RSTO", "Fr": "RSTR", "SAf": "S3",
    ]
    let expected = try Expected.table("TCP flows", of: capture).map { states[$0["flags"] ?? ""] ?? "?" }
    #expect(try Case(capture).rows("SELECT state FROM flows WHERE transport = 'tcp' ORDER BY id") == expected)
  }

  @Test("a connection that was open before the capture has its server by the port, and no handshake")
  func alreadyOpen() throws {
    let browse = try Case("browse.pcapng")
    #expect(
      try browse.rows(
        """
        SELECT s.ip, f.server_port, f.state, f.irtt_ns, f.syn_frame_id, f.first_frame_id, f.last_frame_id FROM flows f
        JOIN addresses s ON s.id = f.server_id WHERE f.transport = 'tcp' AND f.syn_ack_frame_id IS NULL AND f.state = 'SF'
        """) == ["66.22.10.8|5222|SF|||87|332"])
    #expect(try browse.query("early_connections").map { [$0["server"], $0["first_frame"]] } == [["66.22.10.8", "87"]])
  }

  @Test("a SYN that nobody answers is S0, one that is refused REJ")
  func unanswered() throws {
    let browse = try Case("browse.pcapng")
    #expect(
      try browse.rows(
        """
        SELECT s.ip, f.server_port, f.state, f.syn_frame_id, f.syn_ack_frame_id FROM flows f
        JOIN addresses s ON s.id = f.server_id WHERE f.state IN ('S0', 'REJ') ORDER BY f.id
        """) == ["45.77.12.34|9001|REJ|323|", "89.187.160.10|443|S0|325|"])
    #expect(
      try browse.query("unanswered_connections").map { [$0["server"], $0["outcome"]] } == [
        ["45.77.12.34", "refused"], ["89.187.160.10", "no answer"],
      ])
  }

  /// tcp.analysis.initial_rtt of tshark 4.0.17, in nanoseconds, by stream.
  static let roundTrips: [(String, [Int])] = [
    ("ftp_session.pcap", [65000, 24000, 17000, 14000, 25000, 13000, 50000]),
    (
      "browse.pcapng",
      [
        50085, 39729, 45267, 33410, 16135, 32979, 47440, 45979, 32559, 48102, 39710, 51637, 27691, 24026, 11247, 13890,
        16014,
      ]
    ),
  ]

  @Test("have the round-trip time of tshark, from the three frames of the handshake", arguments: roundTrips)
  func roundTrip(capture: String, expected: [Int]) throws {
    let ingested = try Case(capture)
    #expect(
      try ingested.rows("SELECT irtt_ns FROM flows WHERE irtt_ns IS NOT NULL ORDER BY id") == expected.map(String.init))
    #expect(
      try ingested.rows(
        """
        SELECT f.id FROM flows f JOIN frames s ON s.id = f.syn_frame_id JOIN frames a ON a.id = f.ack_frame_id
        JOIN frames b ON b.id = f.syn_ack_frame_id
        WHERE f.irtt_ns <> a.ts - s.ts OR s.tcp_flags & 18 <> 2 OR b.tcp_flags & 18 <> 18 OR a.tcp_flags & 18 <> 16
          OR s.from_client <> 1 OR b.from_client <> 0 OR a.from_client <> 1
          OR f.client_isn <> s.tcp_seq OR f.server_isn <> b.tcp_seq OR a.tcp_ack <> (b.tcp_seq + 1) & 4294967295
        """) == [])
  }

  @Test("services are told by content, and by the port where the content says nothing")
  func services() throws {
    let browse = try Case("browse.pcapng")
    #expect(
      try browse.rows(
        """
        SELECT service, service_source, count(*) FROM flows WHERE transport IN ('tcp', 'udp')
        GROUP BY 1, 2 ORDER BY 1, 2
        """) == [
          "||5", "dns|content|13", "ftp|content|1", "ftp-data|negotiated|2", "http|content|8", "tls|content|4",
          "xmpp|port|1",
        ])
  }

  @Test("the file's own facts are in captures", arguments: Expected.captures)
  func captureRow(capture: String) throws {
    let facts = try Expected.facts(of: capture)
    let ingested = try Case(capture)
    let row = try #require(
      try ingested.value(
        """
        SELECT frame_count || ' frames, ' || sum(length) || ' bytes on the wire, ' || sum(captured_length)
          || ' captured; first at ' || printf('%d.%09d', first_ts / 1000000000, first_ts % 1000000000)
          || ', last at ' || printf('%d.%09d', last_ts / 1000000000, last_ts % 1000000000)
        FROM captures JOIN frames ON capture_id = captures.id
        """))
    #expect(facts.contains(row))
    let digest = try #require(try ingested.value("SELECT sha256 FROM captures"))
    #expect(facts.contains("SHA-256 `\(digest)`"))
    #expect(try ingested.rows("SELECT status, detail FROM captures") == ["complete|"])
    #expect(try ingested.value("SELECT format FROM captures") == (capture.hasSuffix("ng") ? "pcapng" : "pcap"))
  }

  @Test("every frame is a row, numbered from 1 without a hole, in order of the capture", arguments: Expected.captures)
  func frameRows(capture: String) throws {
    let ingested = try Case(capture)
    #expect(
      try ingested.rows(
        """
        SELECT min(number), max(number) = count(*), count(DISTINCT number) = count(*), count(*) = frame_count,
          sum(number <> frames.id)
        FROM frames JOIN captures ON captures.id = capture_id
        """) == ["1|1|1|1|0"])
  }

  @Test("count exactly the frames that belong to them", arguments: Expected.captures)
  func invariants(capture: String) throws {
    let ingested = try Case(capture)
    #expect(
      try ingested.rows(
        """
        SELECT f.id FROM flows f LEFT JOIN (
          SELECT flow_id, sum(from_client) AS client, sum(1 - from_client) AS server, min(id) AS first, max(id) AS last,
            min(ts) AS first_ts, max(ts) AS last_ts, count(DISTINCT capture_id) AS captures
          FROM frames GROUP BY flow_id) n ON n.flow_id = f.id
        WHERE f.client_packets IS NOT n.client OR f.server_packets IS NOT n.server OR f.first_frame_id IS NOT n.first
          OR f.last_frame_id IS NOT n.last OR f.first_ts IS NOT n.first_ts OR f.last_ts IS NOT n.last_ts
          OR n.captures <> 1
        """) == [])
    #expect(
      try ingested.rows(
        """
        SELECT (SELECT sum(client_packets + server_packets) FROM flows) + (SELECT count(*) FROM link_frames)
          = (SELECT count(*) FROM frames)
        """) == ["1"])
    #expect(
      try ingested.rows("SELECT id FROM frames WHERE (flow_id IS NULL) <> (from_client IS NULL)") == [])
  }

  @Test("leave a database that SQLite finds whole", arguments: Expected.captures)
  func clean(capture: String) throws {
    #expect(try Case(capture).complaints() == [])
  }

  @Test("the same capture gives the same rows in the same order", arguments: Expected.captures)
  func determinism(capture: String) throws {
    let first = try Case(capture).dump()
    #expect(first.count > 20)
    #expect(try Case(capture).dump() == first)
  }
}

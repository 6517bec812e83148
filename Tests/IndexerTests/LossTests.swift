import Testing

/// What a bad network, a capture that loses frames, one that cuts them and one that sees half of them leave.
@Suite("Loss")
struct LossTests {
  static let counters = "SELECT missing_bytes, retransmissions, out_of_order FROM flows"
  static let responses = "SELECT frame_id, status, body_length, complete FROM http_responses ORDER BY id"

  @Test("a transfer over a bad network is delivered whole, in order and once")
  func badNetwork() throws {
    let lossy = try Case("lossy_http.pcap")
    let sha256 = try #require(try Expected.sha256("data.bin"))
    #expect(
      try lossy.rows("SELECT frame_id, name, size, complete, sha256 FROM files") == [
        "8|data.bin|150000|1|\(sha256)"
      ])
    #expect(try lossy.rows(Self.responses) == ["8|200|150000|1"])
    #expect(try lossy.rows("SELECT client_payload, server_payload, turns FROM flows") == ["87|150258|1"])
  }

  /// Counted apart from the program, byte by byte: ten segments bring nothing new, sixteen others begin before the
  /// highest byte seen.
  @Test("retransmissions and late segments are counted")
  func counted() throws {
    #expect(try Case("lossy_http.pcap").rows(Self.counters) == ["0|10|16"])
    #expect(try Case("clean_http.pcap").rows(Self.counters) == ["0|0|0"])
  }

  @Test("nothing is missing where retransmission filled every hole")
  func nothingMissing() throws {
    #expect(try Case("lossy_http.pcap").rows("SELECT code FROM diagnostics") == [])
  }

  @Test("segments that the capture lost are counted, and told with their frame")
  func lostSegments() throws {
    let gaps = try Case("gaps_http.pcap")
    #expect(try gaps.rows(Self.counters) == ["\(6 * 1448)|0|0"])
    #expect(
      try gaps.rows("SELECT frame_id, code, detail FROM diagnostics ORDER BY id") == [
        "17|tcp-gap|1448 bytes from the server are not in the capture",
        "23|tcp-gap|4344 bytes from the server are not in the capture",
        "31|tcp-gap|1448 bytes from the server are not in the capture",
        "42|tcp-gap|1448 bytes from the server are not in the capture",
      ])
  }

  @Test("a gap costs the response that it is in, not those around it")
  func afterGap() throws {
    let gaps = try Case("gaps_http.pcap")
    #expect(try gaps.rows(Self.responses) == ["8|200|620|1", "13|200|\(48000 - 6 * 1448)|0", "45|200|983|1"])
    #expect(
      try gaps.rows("SELECT q.uri, r.frame_id FROM http_requests q JOIN http_responses r ON r.id = q.response_id") == [
        "/index.html|8", "/small.bin|13", "/images/logo.png|45",
      ])
    let index = try #require(try Expected.sha256("index.html"))
    let logo = try #require(try Expected.sha256("images/logo.png"))
    #expect(
      try gaps.rows("SELECT name, size, complete, sha256 FROM files ORDER BY id") == [
        "index.html|620|1|\(index)", "small.bin|39312|0|", "logo.png|983|1|\(logo)",
      ])
  }

  @Test("frames cut by the snaplen keep their length on the wire")
  func cutFrames() throws {
    let cut = try Case("snaplen_http.pcap")
    #expect(
      try cut.rows("SELECT sum(length), sum(captured_length), max(captured_length) FROM frames") == ["54270|9161|200"])
    #expect(try cut.rows("SELECT client_bytes, server_bytes FROM flows") == ["903|52527"])
    #expect(
      try cut.rows(
        "SELECT f.payload_length, c.payload_length FROM frames f, frames c WHERE f.number = 13 AND c.number = 14")
        == ["256|1448"])
  }

  @Test("bytes that the snaplen cut off are missing, what is left is delivered")
  func cutPayload() throws {
    let cut = try Case("snaplen_http.pcap")
    #expect(try cut.rows("SELECT client_payload, server_payload + missing_bytes, turns FROM flows") == ["271|50335|5"])
    // 200 bytes of a frame are 134 of payload behind Ethernet, IPv4 and TCP with timestamps.
    #expect(
      try cut.value(
        "SELECT sum(min(payload_length, 134)) FROM frames WHERE from_client = 0")
        == cut.value(
          "SELECT server_payload FROM flows"))
    #expect(
      try cut.rows("SELECT code, count(*) > 30 FROM diagnostics WHERE code = 'tcp-gap' GROUP BY code") == ["tcp-gap|1"])
  }

  @Test("HTTP goes on where frames are cut: requests are whole, responses have their status")
  func cutMessages() throws {
    let cut = try Case("snaplen_http.pcap")
    #expect(
      try cut.rows(
        """
        SELECT q.uri, q.complete, r.frame_id, r.status, r.content_type, r.complete FROM http_requests q
        LEFT JOIN http_responses r ON r.id = q.response_id ORDER BY q.id
        """) == [
          "/index.html|1|8|200|text/html|0", "/small.bin|1|13|200|application/octet-stream|0",
          "/images/logo.png|1|51|200|image/png|0",
        ])
    #expect(try cut.rows("SELECT id FROM files WHERE complete") == [])
  }

  @Test("where only the server was captured, its SYN-ACK tells which side it is")
  func oneSide() throws {
    let half = try Case("onesided_http.pcap")
    #expect(
      try half.rows(
        """
        SELECT c.ip, s.ip, f.server_port, f.client_packets, f.server_packets, f.state, f.irtt_ns, f.syn_frame_id,
          f.syn_ack_frame_id, f.service
        FROM flows f JOIN addresses c ON c.id = f.client_id JOIN addresses s ON s.id = f.server_id
        """) == ["192.168.10.20|93.184.215.14|80|0|42|SHR|||1|http"])
    #expect(try half.rows(Self.counters) == ["0|0|0"])
  }

  @Test("responses without their requests are rows, and the files whole")
  func responsesAlone() throws {
    let half = try Case("onesided_http.pcap")
    #expect(try half.rows("SELECT id FROM http_requests") == [])
    #expect(try half.rows(Self.responses) == ["3|200|620|1", "5|200|48000|1", "40|200|983|1"])
    let files = try ["index.html", "small.bin", "images/logo.png"].map { try Expected.sha256($0) ?? "" }
    #expect(try half.rows("SELECT sha256 FROM files WHERE complete ORDER BY id") == files)
  }
}

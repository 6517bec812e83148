import Foundation
import Testing

/// What TCP does seldom, each in a small capture of its own (Tests/Captures/make/tcp_corners.py). The notes are those
/// that tshark 4.0.17 gives, where nothing else is said.
@Suite("TCP's odd corners")
struct TCPCornerTests {
  private static func corner(_ name: String) throws -> Case { try Case("tcp/\(name).pcap") }

  private static let notes = """
    SELECT f.number, n.note, n.number, o.number FROM tcp_notes n JOIN frames f ON f.id = n.frame_id
    LEFT JOIN frames o ON o.id = n.other_frame_id ORDER BY n.id
    """
  private static let flows = """
    SELECT id, state, client_packets, server_packets, client_payload, server_payload, retransmissions, out_of_order,
      duplicates FROM flows ORDER BY id
    """
  private static let requests = "SELECT flow_id, method, uri FROM http_requests ORDER BY id"
  private static let diagnostics = "SELECT frame_id, code FROM diagnostics ORDER BY id"

  /// Frame 5 repeats the request with another path; frame 7 comes before what frame 6 brought, and contradicts it. Of the
  /// request what came first was read; of the answer too, as far as it had not been passed on: frame 6 was held back.
  @Test("segments that overlap with other content are told once for each end, and what came first is read")
  func overlapConflict() throws {
    let corner = try Self.corner("overlap_conflict")
    #expect(try corner.rows(Self.requests) == ["1|GET|/first"])
    #expect(
      try corner.rows(Self.diagnostics) == ["5|tcp-overlap-conflict", "7|tcp-overlap-conflict"])
    #expect(try corner.rows("SELECT client_payload, retransmissions FROM flows") == ["23|1"])
    #expect(
      try corner.rows(Self.notes) == [
        "5|retransmission||", "6|previous-segment-not-captured||", "7|out-of-order||",
      ])
  }

  @Test("segments that overlap with the same content are nothing odd")
  func overlapSame() throws {
    let corner = try Self.corner("overlap_same")
    #expect(try corner.rows(Self.diagnostics) == [])
    #expect(try corner.rows(Self.flows) == ["1|SF|7|4|23|40|1|1|0"])
    #expect(try corner.rows("SELECT status, complete FROM http_responses") == ["200|1"])
  }

  @Test("keep-alives are neither payload nor retransmissions, whatever byte they carry")
  func keepAlive() throws {
    let corner = try Self.corner("keep_alive")
    #expect(try corner.rows(Self.flows) == ["1|SF|8|5|23|40|0|0|0"])
    #expect(try corner.rows(Self.diagnostics) == [])
    #expect(
      try corner.rows(Self.notes) == ["7|keep-alive||", "8|keep-alive-ack||", "9|keep-alive||", "10|keep-alive-ack||"])
  }

  /// Frames 10 to 13: tshark 4.0.17 calls the byte that the receiver took unseen, though frame 9 holds it.
  @Test("a window that is filled, shut, probed and opened is told, and the probe's byte counts once")
  func zeroWindow() throws {
    let corner = try Self.corner("zero_window")
    #expect(
      try corner.rows(Self.notes) == [
        "4|window-update||", "5|window-full||", "6|zero-window||", "7|zero-window-probe||", "8|zero-window||",
        "8|zero-window-probe-ack||", "9|zero-window-probe||", "10|zero-window||", "11|window-update||",
      ])
    #expect(try corner.rows("SELECT server_payload, missing_bytes FROM flows") == ["151|0"])
    #expect(try corner.rows("SELECT client_window_scale, server_window_scale FROM flows") == ["0|0"])
  }

  @Test("urgent data stays in the stream and is told")
  func urgent() throws {
    let corner = try Self.corner("urgent")
    #expect(try corner.rows(Self.diagnostics) == ["5|tcp-urgent-data"])
    #expect(try corner.rows("SELECT client_payload FROM flows") == ["15"])
  }

  @Test("both ends opening at once make one connection")
  func simultaneousOpen() throws {
    let corner = try Self.corner("simultaneous_open")
    #expect(try corner.rows(Self.flows) == ["1|SF|6|4|23|40|0|0|0"])
    #expect(try corner.rows(Self.notes) == ["3|retransmission||", "4|retransmission||"])
    #expect(try corner.rows(Self.requests) == ["1|GET|/first"])
  }

  @Test("a SYN with another number begins a new connection: after FIN, after RST and in the middle")
  func reuse() throws {
    #expect(try Self.corner("reuse_after_fin").rows("SELECT id, state FROM flows ORDER BY id") == ["1|SF", "2|S1"])
    #expect(try Self.corner("reuse_after_fin").rows(Self.notes) == ["10|port-numbers-reused||"])
    #expect(try Self.corner("reuse_by_syn").rows("SELECT id, state FROM flows ORDER BY id") == ["1|S1", "2|SF"])
    let refused = try Self.corner("reuse_after_rst")
    #expect(
      try refused.rows("SELECT id, state, client_packets FROM flows ORDER BY id") == ["1|REJ|2", "2|REJ|1"])
    #expect(try refused.rows(Self.notes) == ["3|retransmission||", "5|port-numbers-reused||"])
  }

  @Test("packets whose checksums are left to the network card are read")
  func checksumOffload() throws {
    let corner = try Self.corner("checksum_offload")
    #expect(try corner.rows(Self.flows) == ["1|S1|4|2|23|40|0|0|0"])
    #expect(try corner.rows(Self.requests) == ["1|GET|/first"])
  }

  @Test("data in a SYN is read, and its cookie stored")
  func fastOpen() throws {
    let corner = try Self.corner("fast_open")
    #expect(try corner.rows(Self.requests) == ["2|GET|/first"])
    #expect(
      try corner.rows("SELECT f.number, o.kinds, o.fast_open FROM tcp_options o JOIN frames f ON f.id = o.frame_id")
        == ["1|fast-open,eol|", "2|fast-open,eol|", "7|fast-open,eol|0102030405060708", "8||"])
    #expect(try corner.rows("SELECT id, state, client_payload FROM flows ORDER BY id") == ["1|SF|0", "2|S1|23"])
  }

  @Test("a capture with each packet twice delivers each byte once, counts no retransmission, and says so")
  func mirrored() throws {
    let corner = try Self.corner("mirrored")
    #expect(try corner.rows(Self.flows) == ["1|SF|12|6|23|40|0|0|9"])
    #expect(
      try corner.rows("SELECT frame_id, code, detail FROM diagnostics") == [
        "|duplicate-packets|9 packets of 1 TCP connections are in the capture twice"
      ])
    #expect(try corner.rows(Self.requests) == ["1|GET|/first"])
    #expect(try corner.rows("SELECT count(*) FROM tcp_notes WHERE note IN ('retransmission', 'dup-ack')") == ["9"])
  }

  @Test("a clock that is set back leaves the conversation whole, without a round-trip time")
  func backwards() throws {
    let corner = try Self.corner("backwards")
    #expect(try corner.rows(Self.flows) == ["1|S1|4|2|23|40|0|0|0"])
    #expect(try corner.rows("SELECT irtt_ns IS NULL, ack_frame_id FROM flows") == ["1|3"])
    #expect(try corner.rows(Self.notes) == [])
  }

  @Test("one direction alone is read")
  func oneDirection() throws {
    let corner = try Self.corner("one_direction")
    #expect(try corner.rows(Self.flows) == ["1|SHR|0|3|0|40|0|0|0"])
    #expect(try corner.rows("SELECT status, complete FROM http_responses") == ["200|1"])
    #expect(try corner.rows(Self.notes) == [])
  }

  @Test("what a RST carries is not payload, and what comes behind a RST or FIN is told")
  func behindTheEnd() throws {
    let reset = try Self.corner("reset_with_data")
    #expect(try reset.rows("SELECT state, client_payload, server_payload FROM flows") == ["RSTR|27|0"])
    let fin = try Self.corner("data_after_fin")
    #expect(try fin.rows(Self.diagnostics) == ["6|tcp-data-after-fin"])
    #expect(try fin.rows("SELECT state FROM flows") == ["S2"])
  }

  @Test("a half-closed connection goes on the other way")
  func halfClosed() throws {
    let corner = try Self.corner("half_closed")
    #expect(try corner.rows(Self.flows) == ["1|S2|4|3|23|40|0|0|0"])
    #expect(try corner.rows(Self.requests) == ["1|GET|/first"])
    #expect(try corner.rows("SELECT status FROM http_responses") == ["200"])
  }

  @Test("loss, repeated acknowledgments and what they report are told")
  func loss() throws {
    let corner = try Self.corner("loss")
    #expect(
      try corner.rows(Self.notes) == [
        "6|previous-segment-not-captured||", "7|dup-ack|1|5", "9|dup-ack|2|5", "11|dup-ack|3|5",
        "12|fast-retransmission||", "14|spurious-retransmission||", "15|dup-ack|1|13",
      ])
    #expect(
      try corner.rows(
        """
        SELECT f.number, o.kinds, o.sack_left_1 - l.server_isn, o.sack_right_1 - l.server_isn, o.is_dsack
        FROM tcp_options o JOIN frames f ON f.id = o.frame_id JOIN flows l ON l.id = f.flow_id ORDER BY 1
        """) == [
          "1|sack-permitted,eol|||", "2|sack-permitted,eol|||", "7|nop,nop,sack|201|301|0", "9|nop,nop,sack|201|401|0",
          "11|nop,nop,sack|201|501|0", "15|nop,nop,sack|101|201|1",
        ])
  }

  /// As tshark 4.0.17 says of the same capture.
  @Test("the query tcp_segments tells what each segment acknowledges, and how much is under way")
  func segments() throws {
    let rows = try Self.corner("loss").query("tcp_segments")
    let columns = [
      "frame", "sender", "flags", "seq", "ack", "length", "acks_frame", "ack_rtt_s", "bytes_in_flight", "push_bytes",
      "notes",
    ]
    let lines = rows.map { row in columns.map { row[$0] ?? "" }.joined(separator: "|") }
    #expect(lines.count == 18)
    #expect(lines[1] == "2|server|SYN, ACK|0|1|0|1|0.001|NULL|NULL|NULL")
    #expect(lines[3] == "4|server|ACK|1|1|100|NULL|NULL|100|100|NULL")
    #expect(lines[4] == "5|client|ACK|1|101|0|4|0.001|NULL|NULL|NULL")
    #expect(lines[8] == "9|client|ACK|1|101|0|NULL|NULL|NULL|NULL|dup-ack 5#2")
    #expect(lines[7] == "8|server|ACK|301|1|100|NULL|NULL|100|200|NULL")
    #expect(lines[11] == "12|server|ACK|101|1|100|NULL|NULL|100|400|fast-retransmission")
    #expect(lines[13] == "14|server|ACK|101|1|100|NULL|NULL|100|500|spurious-retransmission")
    #expect(lines[12] == "13|client|ACK|1|501|0|10|0.003|NULL|NULL|NULL")
    #expect(rows[3]["irtt_s"] == "0.002")
  }

  /// As tshark 4.0.17 says of the same captures; there "retransmission" counts the fast and spurious ones as well.
  @Test("a transfer over a bad network, and one with gaps, have the notes that tshark gives")
  func realLoss() throws {
    let counts = "SELECT note, count(*) FROM tcp_notes GROUP BY note ORDER BY note"
    #expect(
      try Case("lossy_http.pcap").rows(counts) == [
        "dup-ack|44", "fast-retransmission|5", "out-of-order|13", "previous-segment-not-captured|13",
        "retransmission|3",
        "spurious-retransmission|5", "window-update|15",
      ])
    #expect(
      try Case("gaps_http.pcap").rows(counts) == ["acked-unseen-segment|2", "previous-segment-not-captured|4"])
    #expect(try Case("browse.pcapng").rows(counts) == [])
  }
}

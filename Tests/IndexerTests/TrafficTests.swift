import Indexer
import Store
import Testing

/// The roll-ups say what the plain tables say.
@Suite("Roll-ups")
struct TrafficTests {
  private static let captures = [
    "browse.pcapng", "arp_icmp.pcap", "fragments.pcap", "ftp_session.pcap", "lossy_http.pcap", "onesided_http.pcap",
    "vlan_qinq.pcap", "sll2.pcap", "tls_handshakes.pcap",
  ]

  @Test("by time: the frames of each interval, and their bytes", arguments: captures)
  func byTime(capture: String) throws {
    let sample = try Case(capture)
    let plain = try sample.rows(
      """
      SELECT t.ts, count(*), sum(f.length), sum(fl.transport IS 'tcp'), sum(fl.transport IS 'udp'),
        sum(coalesce(fl.transport, '') IN ('icmp', 'icmpv6')), sum(f.id IS fl.first_frame_id)
      FROM frames f
      JOIN traffic_by_time t ON f.ts >= t.ts AND f.ts < t.ts + t.duration AND t.capture_id = f.capture_id
      LEFT JOIN flows fl ON fl.id = f.flow_id
      GROUP BY t.ts ORDER BY t.ts
      """)
    let rolled = try sample.rows(
      "SELECT ts, frames, bytes, tcp_frames, udp_frames, icmp_frames, flows FROM traffic_by_time ORDER BY ts")
    #expect(rolled == plain)
    #expect(try sample.rows("SELECT sum(frames) FROM traffic_by_time") == sample.rows("SELECT count(*) FROM frames"))
    #expect(try sample.rows("SELECT count(DISTINCT duration), max(ts % duration) FROM traffic_by_time") == ["1|0"])
  }

  @Test("by address: what it sent and received over all its flows", arguments: captures)
  func byAddress(capture: String) throws {
    let sample = try Case(capture)
    let plain = try sample.rows(
      """
      SELECT address_id, count(*), sum(sent), sum(received), sum(sent_bytes), sum(received_bytes), min(first), max(last)
      FROM (
        SELECT client_id AS address_id, client_packets AS sent, server_packets AS received, client_bytes AS sent_bytes,
          server_bytes AS received_bytes, first_frame_id AS first, last_frame_id AS last
        FROM flows
        UNION ALL
        SELECT server_id, server_packets, client_packets, server_bytes, client_bytes, first_frame_id, last_frame_id
        FROM flows WHERE server_id <> client_id
      ) GROUP BY address_id ORDER BY address_id
      """)
    let rolled = try sample.rows(
      """
      SELECT address_id, flows, sent_packets, received_packets, sent_bytes, received_bytes, first_frame_id, last_frame_id
      FROM address_traffic ORDER BY address_id
      """)
    #expect(rolled == plain)
    #expect(capture == "arp_icmp.pcap" || !rolled.isEmpty)
  }

  @Test("by protocol: flows by transport and service, frames without IP by their protocol", arguments: captures)
  func byProtocol(capture: String) throws {
    let sample = try Case(capture)
    let plain = try sample.rows(
      """
      SELECT iif(instr(a.ip, ':'), 'ipv6', 'ip') AS network, transport, coalesce(service, '-') AS service, count(*),
        sum(client_packets + server_packets), sum(client_bytes + server_bytes)
      FROM flows f JOIN addresses a ON a.id = f.client_id
      GROUP BY 1, 2, 3
      UNION ALL
      SELECT l.protocol, '-', '-', '-', count(*), sum(f.length)
      FROM link_frames l JOIN frames f ON f.id = l.frame_id
      GROUP BY 1
      ORDER BY 1, 2, 3
      """)
    let rolled = try sample.rows(
      """
      SELECT network, coalesce(transport, '-'), coalesce(service, '-'), coalesce(sum(flows), '-'), sum(frames), sum(bytes)
      FROM traffic_by_protocol GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
      """)
    #expect(rolled == plain)
  }

  @Test("the timeline has the whole capture, in as many intervals as asked for at most")
  func timeline() throws {
    let sample = try Case("browse.pcapng")
    let frames = try sample.rows("SELECT count(*), sum(length) FROM frames")
    for buckets in ["1", "10", "100"] {
      let rows = try sample.query("timeline", ["buckets": buckets])
      #expect(rows.count <= (Int(buckets) ?? 0) + 1)
      let sums = ["frames", "bytes"].map { column in rows.compactMap { $0[column].flatMap(Int.init) }.reduce(0, +) }
      #expect(["\(sums[0])|\(sums[1])"] == frames)
    }
    let seconds = try sample.query("timeline", ["step": "1"])
    #expect(seconds.allSatisfy { $0["seconds"].flatMap(Double.init) == 1 })
  }
}

import Foundation
import Testing

/// What the queries about a whole case say about the captures that were made for them (`make/cases.py`).
@Suite("A case") struct CaseTests {
  private static let office = "office_monday.pcap.gz+office_friday.pcap.gz"

  /// The columns of rows, a missing value as nil.
  private func pick(_ rows: [[String: String]], _ columns: String...) -> [[String?]] {
    rows.map { row in columns.map { row[$0] } }
  }

  @Test("new_since: what Friday has and Monday has not")
  func newSince() throws {
    let rows = try answer("new_since", CaseTests.office)
    #expect(
      pick(rows, "kind", "value", "client", "capture") == [
        ["address", "185.199.108.153", "192.168.10.20", "2"], ["address", "45.77.12.34", "192.168.10.21", "2"],
        ["name", "unheard-of.example.com", "192.168.10.20", "2"],
        ["name", "updates.example.org", "192.168.10.20", "2"],
        ["name", "files.example.com", "192.168.10.20", "2"], ["name", "modern.example.com", "192.168.10.20", "2"],
        ["ja4", "t12d280700_d943125447b4_e7e480e5a997", "192.168.10.20", "2"],
        ["port", "1080/tcp", "192.168.10.20", "2"], ["port", "12432/tcp", "192.168.10.21", "2"],
      ])
    #expect(rows[6]["about"] == "updates.example.org")
    #expect(rows[7]["about"] == "socks, 1 server")
    #expect(rows.allSatisfy { $0["path"]?.hasSuffix("office_friday.pcap.gz") == true && $0["captures"] == "2" })
    // The name that was looked up on both days and has no address is not new.
    #expect(!rows.contains { $0["value"] == "missing.example.com" })
  }

  @Test(
    "new_since: the baseline by number, path, file name or pattern",
    arguments: ["1", "*monday*", "office_monday.pcap.gz", " 1 , 99", "office_mon*,nothing", "[1]", "?"])
  func baseline(_ baseline: String) throws {
    let all = try answer("new_since", CaseTests.office, "--baseline", "nothing")
    let expected = ["[1]": "1", "?": "1"][baseline] ?? baseline
    let rows = try answer("new_since", CaseTests.office, "--baseline", baseline)
    if expected == baseline {
      #expect(rows.count == 9)
    } else {
      // Patterns are of paths, not of numbers.
      #expect(rows == all)
    }
    #expect(all.count > 20)
    #expect(all.contains { $0["value"] == "www.example.com" && $0["captures"] == "1, 2" && $0["capture"] == "1" })
  }

  @Test("new_since: nothing is new where every capture is of the baseline; Monday has nothing that Friday has not")
  func nothingNew() throws {
    #expect(try answer("new_since", CaseTests.office, "--baseline", "1,2").isEmpty)
    #expect(try answer("new_since", "office_monday.pcap.gz").isEmpty)
    #expect(try answer("new_since", CaseTests.office, "--baseline", "2").isEmpty)
    #expect(try answer("new_since", CaseTests.office, "--capture", "1").isEmpty)
    let ports = try answer("new_since", CaseTests.office, "--kind", "port", "--capture", "2")
    #expect(ports.map { $0["value"] } == ["1080/tcp", "12432/tcp"])
  }

  @Test("first_seen: capture and frame of the first, and how many captures have it")
  func firstSeen() throws {
    let rows = try answer("first_seen", CaseTests.office)
    #expect(
      pick(rows.filter { $0["value"] == "192.168.10.21" }, "kind", "captures", "capture") == [["address", "2", "1"]])
    let name = try #require(rows.first { $0["value"] == "updates.example.org" })
    #expect(
      [name["kind"], name["source"], name["about"], name["captures"]] == ["name", "sni", "185.199.108.153", "1"])
    #expect(name["path"]?.hasSuffix("office_friday.pcap.gz") == true)
    // In the order of time, whatever the order of ingestion.
    let reversed = try answer("first_seen", "office_friday.pcap.gz+office_monday.pcap.gz", "--value", "192.168.10.21")
    #expect(pick(reversed, "capture", "last_capture", "captures") == [["2", "1", "2"]])
    let browse = try answer("first_seen", "browse.pcapng", "--value", "45.77", "--kind", "address")
    #expect(pick(browse, "value", "first_frame", "last_frame", "scope") == [["45.77.12.34", "279", "324", "global"]])
  }

  @Test("beacons: a clock is told from chance")
  func beacons() throws {
    let rows = try answer("beacons", "beacons.pcap.gz")
    #expect(
      pick(rows, "kind", "server", "port", "names", "contacts") == [
        ["lookups", "192.168.10.1", "53", "beat.example.com", "14"], ["packets", "45.77.12.34", "4433", nil, "12"],
        ["connections", "146.70.55.12", "8080", nil, "19"],
      ])
    let intervals = rows.compactMap { $0["interval_s"].flatMap(Double.init) }
    // The 60 s have a jitter of a tenth and one contact that failed to come.
    #expect(zip(intervals, [90, 120, 60]).allSatisfy { abs($0 - $1) < 3 }, "\(intervals)")
    #expect(rows.allSatisfy { $0["regularity"].flatMap(Double.init).map { $0 > 0.95 && $0 <= 1 } == true })
    let all = try answer("beacons", "beacons.pcap.gz", "--regularity", "0")
    #expect(all.map { $0["server"] } == rows.map { $0["server"] } + ["93.184.215.14"])
    #expect(try #require(all.last?["regularity"].flatMap(Double.init)) < 0.7)
    #expect(try answer("beacons", "beacons.pcap.gz", "--contacts", "19").map { $0["kind"] } == ["connections"])
    #expect(try answer("beacons", "beacons.pcap.gz", "--kind", "packets").map { $0["port"] } == ["4433"])
    // With a pause so long that contacts flow into one, nothing is left.
    #expect(try answer("beacons", "beacons.pcap.gz", "--gap", "100", "--kind", "connections").isEmpty)
  }

  @Test("uploads: who sent much and got little, through SOCKS and HTTP too")
  func uploads() throws {
    let rows = try answer("uploads", CaseTests.office)
    #expect(
      pick(rows, "client", "server", "port", "service", "asked_for", "flows", "capture") == [
        ["192.168.10.21", "45.77.12.34", "12432", nil, nil, "1", "2"],
        ["192.168.10.20", "192.168.10.1", "1080", "socks", "66.22.10.8", "1", "2"],
        ["192.168.10.20", "151.101.1.69", "80", "http", "shop.example.net", "1", "2"],
      ])
    #expect(rows.first?["sent"] == "120000")
    #expect(try answer("uploads", CaseTests.office, "--bytes", "100000").count == 1)
    #expect(try answer("uploads", CaseTests.office, "--ratio", "1000").map { $0["port"] } == ["12432"])
    #expect(try answer("uploads", CaseTests.office, "--scope", "private").map { $0["port"] } == ["1080"])
    // Downloads are none, and of active FTP the FTP client is the client.
    #expect(try answer("uploads", "clean_http.pcap", "--bytes", "1").isEmpty)
    let ftp = try answer("uploads", "ftp_session.pcap", "--bytes", "1", "--ratio", "2")
    #expect(
      pick(ftp, "client", "server", "port", "service", "sent", "received", "flows") == [
        ["172.16.16.128", "172.16.16.121", "49163", "ftp-data", "2386", "1160", "4"]
      ])
  }

  @Test("rare_ports: ports of one pair of machines, the unusual first")
  func rarePorts() throws {
    let rows = try answer("rare_ports", CaseTests.office)
    #expect(
      pick(rows, "port", "transport", "client", "server", "service", "flows", "pairs") == [
        ["12432", "tcp", "192.168.10.21", "45.77.12.34", nil, "1", "1"],
        ["1080", "tcp", "192.168.10.20", "192.168.10.1", "socks", "1", "1"],
      ])
    #expect(try answer("rare_ports", "browse.pcapng").map { $0["port"] } == ["12432", "5222", "4444", "21"])
    #expect(try answer("rare_ports", "browse.pcapng", "--pairs", "0").isEmpty)
  }

  @Test("long_flows: the longest first, with whether they began and ended in the capture")
  func longFlows() throws {
    let rows = try answer("long_flows", "browse.pcapng", "--limit", "2")
    #expect(
      pick(rows, "duration_s", "server", "server_port", "began", "ended", "first_frame", "last_frame") == [
        ["4.291", "66.22.10.8", "5222", "no", "yes", "87", "332"], ["0.204", "9.9.9.9", nil, nil, nil, "3", "6"],
      ])
    #expect(try answer("long_flows", "browse.pcapng", "--seconds", "4").count == 1)
    #expect(try answer("long_flows", "browse.pcapng", "--service", "TLS").allSatisfy { $0["ended"] == "yes" })
  }

  @Test("port_scans: vertical and horizontal, by TCP, UDP and ARP, and nothing of the browser")
  func portScans() throws {
    let rows = try answer("port_scans", "scans.pcap.gz")
    #expect(
      pick(rows, "kind", "client", "target", "transport", "port", "ports", "answered_by") == [
        ["horizontal", "192.168.10.20", "31", "arp", nil, nil, "192.168.10.1"],
        ["vertical", "192.168.10.20", "172.16.5.10", "tcp", nil, "81", "22, 80"],
        ["vertical", "192.168.10.20", "172.16.5.10", "udp", nil, "20", nil],
        ["horizontal", "192.168.10.20", "32", "tcp", "445", nil, "172.16.5.11"],
      ])
    let sweep = try #require(rows.last)
    #expect([sweep["open"], sweep["refused"], sweep["no_answer"]] == ["1", "1", "30"])
    #expect(rows[1]["tried"]?.hasPrefix("20, 21, 22") == true)
    #expect(try answer("port_scans", "scans.pcap.gz", "--ports", "82", "--kind", "vertical").isEmpty)
    #expect(try answer("port_scans", "scans.pcap.gz", "--hosts", "32").map { $0["port"] }.last == "445")
    for other in ["browse.pcapng", "challenge.pcap.gz", "dns_lookups.pcap"] {
      #expect(try answer("port_scans", other).isEmpty)
    }
  }

  @Test("domain_fronting: every way to hide a name, and not one of the honest connections")
  func domainFronting() throws {
    let rows = try answer("domain_fronting", "fronting.pcap")
    #expect(
      pick(rows, "finding", "shown", "hidden", "server", "port") == [
        ["CONNECT and SNI differ", "cdn.example.net", "login.example.com", "192.168.10.1", "3128"],
        ["Host that DNS gives other addresses", "www.example.com", "shop.example.net", "93.184.215.14", "80"],
        ["Hosts of one connection differ", "images.example.net", "unlisted.example.org", "151.101.193.69", "80"],
        ["URL and Host differ", "static.example.net", "files.example.com", "192.168.10.1", "3128"],
        [
          "certificate without the SNI", "portal.example.org",
          "www.example.com,legacy.example.com,*.shop.example.com", "93.184.215.14", "443",
        ],
        [
          "encrypted ClientHello behind another name", "public.example.net", "hidden.example.net", "104.16.135.229",
          "443",
        ],
      ])
    #expect(rows.allSatisfy { $0["connections"] == "1" && $0["clients"] == "1" })
    let certificates = try answer("domain_fronting", "tls_handshakes.pcap").map { $0["shown"] }
    #expect(certificates == ["portal.example.com"])
    #expect(try answer("domain_fronting", "browse.pcapng").isEmpty)
  }

  @Test("doh_and_vpn_endpoints: each endpoint with the evidence for it")
  func endpoints() throws {
    let rows = try answer("doh_and_vpn_endpoints", "encrypted_dns_vpn.pcap")
    let expected: [[String?]] = [
      ["DoT", "9.9.9.9", "853"], ["WireGuard", "146.70.55.12", "51820"], ["WireGuard", "66.22.10.8", "4507"],
      ["DoH", "8.8.8.8", "443"], ["DoH", "104.16.248.249", "443"], ["canary", "192.168.10.1", "53"],
      ["IKE", "45.77.12.34", "500"], ["OpenVPN", "45.77.12.34", "1194"],
    ]
    #expect(Set(pick(rows, "kind", "server", "port")) == Set(expected))
    let evidence = Dictionary(rows.map { ("\($0["kind"] ?? "") \($0["server"] ?? "")", $0["evidence"] ?? "") }) {
      first, _ in first
    }
    #expect(evidence["DoT 9.9.9.9"] == "ALPN dot")
    #expect(evidence["DoH 8.8.8.8"] == "SNI dns.google")
    #expect(evidence["DoH 104.16.248.249"] == "name by DNS cloudflare-dns.com")
    #expect(evidence["WireGuard 66.22.10.8"] != nil)
    #expect(try answer("doh_and_vpn_endpoints", "encrypted_dns_vpn.pcap", "--kind", "doh").count == 2)
    let links = try answer("doh_and_vpn_endpoints", "link_logins.pcap").map { $0["kind"] ?? "" }
    #expect(Set(links).isSuperset(of: ["GRE", "L2TP"]))
    #expect(try answer("doh_and_vpn_endpoints", "browse.pcapng").isEmpty)
  }
}

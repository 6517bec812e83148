import Foundation
import Testing

/// Every canned query, asked through the program and through the stock shell.
@Suite struct QueryTests {
  /// The capture on which each query has an answer, where that is not `browse.pcapng`.
  static let captures = [
    "diagnostics": "snaplen_http.pcap", "brute_force": "guessing.pcap", "password_reuse": "guessing.pcap",
    "tokens": "http_logins.pcap", "beacons": "beacons.pcap.gz", "port_scans": "scans.pcap.gz",
    "new_since": "office_monday.pcap.gz+office_friday.pcap.gz", "domain_fronting": "fronting.pcap",
    "doh_and_vpn_endpoints": "encrypted_dns_vpn.pcap", "comments": "notes.pcapng", "capture_drops": "notes.pcapng",
    "tunnels": "layers/vlan_vxlan_gre.pcap", "missing_sni": "tls_handshakes.pcap", "tls_alerts": "tls_handshakes.pcap",
    "quic_connections": "quic_handshakes.pcap",
    "ssh_handshakes": "ssh_handshakes.pcap",
    "websockets": "websocket.pcap",
    "arp_conflicts": "arp_conflict.pcap", "dhcp_leases": "dhcp_leases.pcap",
    "nxdomain": "dns_lookups.pcap", "slow_dns": "dns_types.pcap", "dns_tunnel_suspects": "dns_tunnel.pcap",
    "time_servers": "ntp.pcap",
    "mail_messages": "mail_attachments.pcap",
    "type_mismatch": "carried_files.pcap", "upnp_devices": "ssdp.pcap",
  ]
  /// Queries that answer only when there is an allow list.
  static let wantsAllowList: Set = ["allow_rules", "explained_ips"]

  /// The names that the program lists.
  static let names: [String] = {
    let list = try? Program.run("query", "--format", "tsv")
    return list?.out.split(separator: "\n").dropFirst().compactMap { $0.split(separator: "\t").first.map(String.init) }
      ?? []
  }()

  private func database(for query: String) throws -> String {
    try Samples.database(
      QueryTests.captures[query] ?? "browse.pcapng", allowed: QueryTests.wantsAllowList.contains(query))
  }

  @Test("the program carries the queries of the repository, each with its question")
  func carriesTheQueries() throws {
    let folder = Repository.root.appendingPathComponent("queries").path
    let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".sql") }
    #expect(QueryTests.names == files.map { String($0.dropLast(4)) }.sorted())
    let list = try Program.run("query", "--format", "csv")
    for row in fields(csv: list.out).dropFirst() {
      #expect(row.count == 2 && row[1]?.hasSuffix("?") == true, "\(row)")
    }
  }

  @Test("the program and the sqlite3 shell give a query the same rows, and at least one", arguments: names)
  func equalsTheShell(query: String) throws {
    let database = try database(for: query)
    let shell = try Program.run(
      "/usr/bin/sqlite3", ["-csv", "-header", database], input: Repository.query(query))
    #expect(shell.err.isEmpty)
    let own = try Program.run("query", query, database, "--format", "csv")
    #expect(own.status == 0 && own.err.isEmpty, "\(own.err)")
    let rows = fields(csv: own.out)
    #expect(rows.count > 1)
    #expect(rows == fields(csv: shell.out))
  }

  @Test("JSON has the types that the sqlite3 shell gives, NULL among them", arguments: names)
  func equalsTheShellInJSON(query: String) throws {
    let database = try database(for: query)
    let shell = try Program.run("/usr/bin/sqlite3", ["-json", database], input: Repository.query(query))
    let own = try Program.run("query", query, database, "--format", "json")
    let expected = try #require(JSONSerialization.jsonObject(with: shell.output) as? [[String: Any]])
    let rows = try #require(JSONSerialization.jsonObject(with: own.output) as? [[String: Any]])
    #expect(rows.count == expected.count)
    for (row, expected) in zip(rows, expected) {
      #expect(Set(row.keys) == Set(expected.keys))
      for (column, value) in expected {
        #expect(isEqual(row[column], value), "\(column): \(row[column] ?? "none") is not \(value)")
      }
    }
  }

  /// Whether two values are the same; numbers are as soon as they differ by no more than the shell's rounding.
  private func isEqual(_ left: Any?, _ right: Any?) -> Bool {
    if let left = left as? NSNumber, let right = right as? NSNumber {
      return abs(left.doubleValue - right.doubleValue) <= 1e-14 * abs(right.doubleValue)
    }
    return left is NSNull && right is NSNull || left as? String == right as? String && left is String
  }

  @Test("the SQL that --sql prints is the repository's file", arguments: names)
  func printsItsSQL(query: String) throws {
    #expect(try Program.run("query", query, "--sql").output == bytes(Repository.query(query)))
  }

  @Test("--capture of a capture that is not there leaves no row", arguments: names)
  func takesTheCaptureParameter(query: String) throws {
    let database = try database(for: query)
    let own = try Program.run("query", query, database, "--format", "csv", "--capture", "99")
    #expect(own.status == 0 && fields(csv: own.out).count == 1)
  }

  @Test("a parameter stands before or behind the database, with a blank or an equals sign")
  func takesParametersAnywhere() throws {
    let database = try Samples.database("browse.pcapng")
    let expected = try Program.run("query", "unknown_ips", database, "--cutoff", "5000", "--format", "csv").out
    #expect(fields(csv: expected).dropFirst().map { $0[0] } == ["45.77.12.34", "151.101.1.69", "93.184.215.14"])
    for arguments in [
      ["--cutoff", "5000", database], ["--cutoff=5000", database], [database, "--cutoff=5000"],
    ] {
      #expect(try Program.run(["query", "unknown_ips", "--format", "csv"] + arguments).out == expected)
    }
  }

  @Test("a user's own query stands beside the built-in ones, and parameters may be written with hyphens")
  func takesOwnQueries() throws {
    let folder = try Folder()
    try folder.write(
      "big_flows.sql",
      text: """
        -- Large flows
        -- Question: which flows carried most?
        -- Parameters:
        --   min_bytes: at least so many
        SELECT id AS flow, client_bytes + server_bytes AS bytes FROM flows
        WHERE bytes >= coalesce(:min_bytes, 0) ORDER BY bytes DESC

        """)
    let database = try Samples.database("browse.pcapng")
    let list = try Program.run("query", "--queries", folder.path)
    #expect(list.out.contains("big_flows"))
    #expect(list.out.contains("unknown_ips"))
    let help = try Program.run("query", "big_flows", "--help", "--queries", folder.path)
    #expect(help.out.contains("--min_bytes  at least so many"))
    let rows = try Program.run(
      "query", "big_flows", database, "--queries", folder.path, "--min-bytes", "20000", "--format", "tsv")
    #expect(rows.out == "flow\tbytes\n33\t21784\n")
  }
}

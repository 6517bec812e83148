import Foundation
import Testing

/// What the queries about a local network's names, leases and claims say of captures made by Captures/make/lan.py.
@Suite struct LocalAnswerTests {
  @Test("arp_conflicts: who claims one address, and what a virtual router does")
  func conflicts() throws {
    let rows = try answer("arp_conflicts", "arp_conflict.pcap")
    #expect(
      rows.map { [$0["ip"], $0["mac"], $0["protocol"], $0["claims"], $0["gratuitous"]] } == [
        ["192.168.10.7", "02:00:5e:00:03:01", "arp", "2", "1"], ["192.168.10.7", "02:00:5e:00:02:01", "arp", "1", "0"],
        ["fd00:10::7", "02:00:5e:00:03:01", "ndp", "1", "0"], ["fd00:10::7", "02:00:5e:00:02:01", "ndp", "1", "0"],
        ["192.168.10.254", "00:00:5e:00:01:01", "arp", "1", "1"],
        ["192.168.10.254", "02:00:5e:00:02:01", "arp", "1", "1"],
      ])
    #expect(rows.map { $0["remark"] }[0] == "locally administered, at the same time")
    #expect(rows.map { $0["remark"] }[4] == "virtual router (VRRP), one behind the other")
    #expect(rows.map { $0["other_addresses"] }[1] == "fd00:10::7, 192.168.10.254")
    #expect(try answer("arp_conflicts", "arp_icmp.pcap").isEmpty)
  }

  @Test("dhcp_leases: a lease that was taken again and one that was given back")
  func leases() throws {
    let rows = try answer("dhcp_leases", "dhcp_leases.pcap")
    #expect(
      rows.map { [$0["mac"], $0["server"], $0["lease_s"], $0["renewals"]] }.first == [
        "02:00:5e:00:01:01", "192.168.10.1", "3600", "1",
      ])
    #expect(rows.map { [$0["ip"], $0["name"], $0["vendor_class"]] }.first == ["192.168.10.55", "tablet", "udhcp lab"])
    let six = try #require(rows.last)
    #expect([six["name"], six["domain"], six["released"]] == ["desk.lab.example", "lab.example", nil])
    #expect(six["lease_s"] == "7200" && six["server"]?.hasPrefix("fe80::") == true && rows.count == 2)
    let relayed = try answer("dhcp_leases", "dhcp_relay.pcap")
    #expect(relayed.map { $0["relay"] } == ["192.168.10.1", "fd00:10::1"])
    #expect(relayed.map { $0["released"] } == [nil, nil])
    #expect(relayed.first?["client_id"] == "6465736b2d6964")
    #expect(try answer("dhcp_leases", "dhcp_leases.pcap", "--name", "nobody").isEmpty)
    // Up to where the client gave its address back, before it was leased again.
    let folder = try Folder()
    let database = try Samples.copy("dhcp_leases.pcap", into: folder)
    _ = try sqlite(database, "DELETE FROM dhcp_messages WHERE id > 5")
    let earlier = try Program.run("query", "dhcp_leases", database, "--format", "csv")
    #expect(
      fields(csv: earlier.out).dropFirst().map { [$0[0], $0[2], $0[12]] }.first == [
        "192.168.10.55", "desk.lab.example", "yes",
      ])
  }

  @Test("nxdomain: what does not exist, and who asked")
  func missing() throws {
    let rows = try answer("nxdomain", "dns_lookups.pcap")
    #expect(
      rows.map { [$0["name"], $0["lookups"], $0["clients"]] } == [
        ["missing.example.com", "1", "1"], ["nothing.signed.example", "1", "1"],
      ])
    #expect(rows.allSatisfy { $0["names_of_client"] == "2" && $0["who"] == "192.168.10.20" })
    #expect(try answer("nxdomain", "dns_lookups.pcap", "--client", "192.168.10.1").isEmpty)
    #expect(try answer("nxdomain", "dns_tunnel.pcap").count == 24)
  }

  @Test("slow_dns: slow, unanswered, sent again, answered twice, and what fits no query")
  func slow() throws {
    // Seven is asked twice before it is answered; the first of them gets the first response, the second the second.
    let rows = try answer("slow_dns", "dns_types.pcap", "--ms", "0")
    #expect(
      rows.filter { $0["finding"] != "slow" }.map { [$0["finding"], $0["query_frame"], $0["response_frame"]] } == [
        ["sent again", "50", "52"]
      ])
    #expect(rows.count > 10 && rows.allSatisfy { $0["latency_ms"] != nil })
    let folder = try Folder()
    func findings(_ change: String) throws -> [[String?]] {
      let database = try Samples.copy("dns_types.pcap", into: folder, as: "\(change.hashValue).sqlite")
      _ = try sqlite(database, change)
      let outcome = try Program.run("query", "slow_dns", database, "--ms", "1000", "--format", "csv")
      return fields(csv: outcome.out).dropFirst().map { [$0[0], $0[3]] }.filter { $0[0] != "sent again" }
    }
    let seven = "SELECT max(id) FROM dns_messages WHERE transaction_id = 7 AND is_response"
    #expect(
      try findings("DELETE FROM dns_messages WHERE transaction_id = 7 AND is_response") == [
        ["unanswered", "a.types.example"]
      ])
    // A repetition got the response.
    #expect(
      try findings("DELETE FROM dns_messages WHERE id = (\(seven.replacingOccurrences(of: "max", with: "min")))") == [])
    #expect(
      try findings("UPDATE dns_messages SET query_id = NULL WHERE id = (\(seven))").contains([
        "duplicate response", "a.types.example",
      ]))
    #expect(
      try findings("UPDATE dns_messages SET query_id = NULL, query_name = 'other' WHERE id = (\(seven))").contains(
        ["other question", "other"]))
    #expect(
      try findings(
        "DELETE FROM dns_messages WHERE transaction_id = 20 AND NOT is_response; UPDATE dns_messages SET query_id = NULL WHERE transaction_id = 20"
      )
        == [["unasked", "a.types.example"]])
  }

  @Test("dns_tunnel_suspects: names that carry data, and not those that are only many")
  func tunnel() throws {
    let rows = try answer("dns_tunnel_suspects", "dns_tunnel.pcap")
    #expect(
      rows.map { [$0["domain"], $0["names"], $0["once"], $0["client"]] } == [
        ["types.example", "25", "100", "192.168.10.20"]
      ])
    #expect(rows.allSatisfy { (Int($0["score"] ?? "") ?? 0) > 70 && (Int($0["received"] ?? "") ?? 0) > 2000 })
    let all = try answer("dns_tunnel_suspects", "dns_tunnel.pcap", "--length", "0", "--score", "0")
    #expect(all.map { $0["domain"] } == ["types.example", "lab.example"])
    #expect(all.last?["nxdomain"] == "24")
    #expect(try answer("dns_tunnel_suspects", "browse.pcapng").isEmpty)
  }

  @Test("time_servers: who is asked, and what reflectors are looked for with")
  func time() throws {
    let rows = try answer("time_servers", "ntp.pcap")
    #expect(Set(rows.map { $0["server"] }) == ["192.168.10.1"] && rows.allSatisfy { $0["client"] == "192.168.10.20" })
    let polls = try #require(rows.first { $0["mode"] == "client" })
    #expect([polls["stratum"], polls["reference"]] == ["3", "127.127.1.1"])
    #expect(rows.contains { $0["requests"]?.contains("monlist") == true })
  }

  @Test("host_names: until when a name was to be believed, the shortest lifetime on the way")
  func validity() throws {
    let rows = try answer("host_names", "dns_lookups.pcap", "--name", "example")
    let database = try Samples.database("dns_lookups.pcap")
    func expected(_ name: String, _ ttl: Int) throws -> String? {
      try sqlite(
        database,
        """
        SELECT strftime('%Y-%m-%d %H:%M:%S', max(f.ts) / 1000000000 + \(ttl), 'unixepoch') FROM dns_messages m JOIN frames f ON f.id = m.frame_id
        WHERE m.is_response AND m.query_name = '\(name)' AND m.query_type = 'A' AND m.rcode = 'NOERROR'
        """
      ).first
    }
    let old = rows.first { $0["name"] == "old.example.com" }
    #expect(try old?["valid_until"] == expected("old.example.com", 300))
    // The alias lives 300 s, the address that it leads to 60.
    let assets = rows.first { $0["name"] == "assets.example.com" && $0["ip"] == "151.101.65.69" }
    #expect(try assets?["valid_until"] == expected("assets.example.com", 60))
    let times = try sqlite(
      database,
      "SELECT count(*), sum(valid_until BETWEEN 1e18 AND 3e18), sum(valid_until IS NULL) FROM host_names WHERE source = 'dns'"
    )
    #expect(times.first?.hasSuffix("|0") == true)
  }
}

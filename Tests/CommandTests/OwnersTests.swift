import Foundation
import Testing

/// `pcapindex owners`: owners from files, WHOIS and reverse DNS.
@Suite struct OwnersTests {
  let folder: Folder
  let database: String

  init() throws {
    folder = try Folder()
    database = try Samples.copy("browse.pcapng", into: folder)
  }

  private func rows(_ sql: String) throws -> [String] { try sqlite(database, sql) }

  private func file(_ name: String) -> String { Repository.root.appendingPathComponent("Tests/Owners/\(name)").path }

  private func lookup(_ address: String, _ columns: String) throws -> [String] {
    try rows("SELECT \(columns) FROM lookups l JOIN addresses a ON a.id = l.address_id WHERE ip = '\(address)'")
  }

  private func server(_ role: String) throws -> String { "127.0.0.1:\(try Servers.port(role))" }

  @Test("two MMDB files give each address number, holder and country, and the queries sums")
  func mmdb() throws {
    let run = try Program.run("owners", file("maxmind-asn.mmdb"), file("maxmind-country.mmdb"), database)
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.contains("GeoLite2-ASN: 5 of"))
    #expect(
      try rows("SELECT asn, organisation, country, network FROM owners WHERE ip = '45.77.12.34'") == [
        "64497|Rented Servers Example|DE|45.77.0.0/16"
      ])
    // A private address has no owner.
    #expect(try rows("SELECT count(*) FROM owners WHERE ip = '192.168.10.1'") == ["0"])
    let systems = fields(csv: try Program.run("query", "autonomous_systems", database, "--format", "csv").out)
    let rented = try #require(systems.first { $0[0] == "64497" })
    #expect(rented == ["64497", "Rented Servers Example", "DE", "1", "1", "21884", "21884", "36", "1"])
    let total = try rows(
      """
      SELECT sum(sent_bytes + received_bytes) FROM traffic_by_address t JOIN addresses a ON a.id = t.address_id
      WHERE scope = 'global'
      """)
    #expect(systems.dropFirst().compactMap { $0[5].flatMap(Int.init) }.reduce(0, +) == total.first.flatMap { Int($0) })
    let countries = fields(csv: try Program.run("query", "countries", database, "--format", "csv").out)
    #expect(try #require(countries.first { $0[0] == "NL" })[1] == "2")
    let owners = fields(
      csv: try Program.run("query", "owners", database, "--address", "93.184.215.14", "--format", "csv").out)
    #expect(owners.count == 2 && owners[1].prefix(4) == ["93.184.215.14", "64496", "Example Web", "NL"])
  }

  @Test("a file takes the place of the earlier one of its kind; of several kinds the one read last counts")
  func replaces() throws {
    for name in ["maxmind-asn.mmdb", "maxmind-asn.mmdb", "ipinfo-lite.mmdb"] {
      #expect(try Program.run("owners", file(name), database).status == 0)
    }
    #expect(
      try rows("SELECT kind FROM owner_lists ORDER BY id") == ["GeoLite2-ASN", "ipinfo generic_bundle_lite.mmdb"])
    #expect(try rows("SELECT DISTINCT country FROM owners WHERE asn = 64498") == ["US"])
    #expect(try rows("PRAGMA foreign_key_check").isEmpty)
  }

  @Test("a table compressed with gzip is read")
  func table() throws {
    try folder.write("t.tsv", text: "45.0.0.0\t45.255.255.255\t64500\tFR\tTABLE Example\n")
    #expect(try Program.run("/bin/gzip", [folder.file("t.tsv")]).status == 0)
    #expect(try Program.run("owners", folder.file("t.tsv.gz"), database).status == 0)
    #expect(
      try rows("SELECT asn, organisation, country, network FROM owners WHERE ip = '45.77.12.34'") == [
        "64500|TABLE Example|FR|45.0.0.0/8"
      ])
  }

  @Test("a file that is none is an error, and the database is as before")
  func broken() throws {
    let mmdb = try bytes(file("maxmind-asn.mmdb"))
    for (name, content, reason) in [
      ("text", Data("hello\n".utf8), "is neither an MMDB file nor a table"), ("empty", Data(), "holds no range"),
      ("cut.mmdb", mmdb.suffix(300), "MMDB file"),
      ("capture", try bytes(Repository.capture("browse.pcapng")), "is neither"),
    ] {
      let path = try folder.write(name, content)
      let run = try Program.run("owners", file("maxmind-country.mmdb"), path, database)
      #expect(run.status == 1 && run.complaints.count == 1, "\(run.err)")
      #expect(run.err.contains(path) && run.err.contains(reason), "\(run.err)")
    }
    #expect(try Program.run("owners", folder.file("none"), database).err.contains("none: no such file"))
    #expect(try rows("SELECT count(*) FROM owner_lists") == ["0"])
  }

  @Test("WHOIS follows referrals, and keeps fields, text and date")
  func whois() throws {
    let start = Int(Date().timeIntervalSince1970)
    let run = try Program.run(
      "owners", "--whois", "--whois-server", server("whois"), "--rate", "100", "--address", "45.77.12.34", "--address",
      "93.184.215.14", "--address", "9.9.9.9", database)
    #expect(run.status == 0, "\(run.err)")
    #expect(
      try lookup("45.77.12.34", "status, netname, organisation, country, network, abuse, server") == [
        "answered|RENTED-EXAMPLE|Rented Servers Example|DE|45.77.0.0 - 45.77.255.255|abuse@example.net|"
          + (try server("whois-rir"))
      ])
    // Of two networks around the address the smaller counts.
    #expect(
      try lookup("93.184.215.14", "netname, organisation, country, abuse") == [
        "NARROW-EXAMPLE|Narrow Example|NL|abuse@example.org"
      ])
    #expect(try lookup("45.77.12.34", "text LIKE '%Straße 1%', asked_at / 1000000000 >= \(start)") == ["1|1"])
    #expect(try lookup("9.9.9.9", "status") == ["none"])
    // The view falls back on WHOIS.
    #expect(
      try rows("SELECT organisation, country FROM owners WHERE ip = '45.77.12.34'") == ["Rented Servers Example|DE"])
  }

  @Test("answers are kept, and asked for again only when they are too old")
  func cache() throws {
    let arguments = ["owners", "--whois", "--address", "45.77.12.34", "--rate", "100"]
    #expect(try Program.run(arguments + ["--whois-server", server("whois"), database]).status == 0)
    // Nobody is there to answer, and nobody is asked.
    let again = try Program.run(arguments + ["--whois-server", "127.0.0.1:1", database])
    #expect(again.status == 0 && again.err.contains("1 known from before"), "\(again.err)")
    let refused = try Program.run(arguments + ["--whois-server", "127.0.0.1:1", "--max-age", "0", database])
    #expect(refused.status == 1 && refused.err.contains("refused"), "\(refused.err)")
    // A failure does not take the place of an answer.
    #expect(try lookup("45.77.12.34", "status, netname") == ["answered|RENTED-EXAMPLE"])
  }

  @Test(
    "a WHOIS server that misbehaves is a row that says so",
    arguments: [
      ("whois-hang", "failed", "timed out"), ("whois-loop", "none", ""), ("whois-garbage", "none", ""),
      ("whois-dead-end", "failed", "refused"),
    ])
  func badWhois(role: String, status: String, detail: String) throws {
    let run = try Program.run(
      "owners", "--whois", "--whois-server", server(role), "--rate", "100", "--timeout", "2", "--address",
      "45.77.12.34",
      database)
    #expect(run.status == (status == "failed" ? 1 : 0), "\(run.err)")
    let row = try #require(lookup("45.77.12.34", "status, coalesce(detail, '')").first)
    #expect(row.hasPrefix(status + "|") && (detail.isEmpty || row.contains(detail)), "\(row)")
    #expect(try rows("PRAGMA integrity_check") == ["ok"])
  }

  @Test("of an endless answer 64 KiB are kept")
  func endless() throws {
    let run = try Program.run(
      "owners", "--whois", "--whois-server", server("whois-gigabyte"), "--address", "45.77.12.34", database)
    #expect(run.status == 0, "\(run.err)")
    #expect(try lookup("45.77.12.34", "netname, length(text)") == ["ENDLESS|65536"])
  }

  @Test("reverse DNS: names that lead back and names that do not, over UDP and TCP")
  func reverse() throws {
    let run = try Program.run(
      "owners", "--rdns", "--resolver", server("dns"), "--dns-rate", "100", "--address", "45.77.12.34", "--address",
      "93.184.215.14", "--address", "104.16.133.229", "--address", "151.101.1.69", database)
    #expect(run.status == 0, "\(run.err)")
    #expect(
      try lookup("45.77.12.34", "status, names, confirmed") == ["answered|host.example.net, second.example.net|1"])
    #expect(try lookup("93.184.215.14", "names, confirmed") == ["liar.example.org|0"])
    #expect(try lookup("104.16.133.229", "names, confirmed") == ["large.example.com|1"])
    #expect(try lookup("151.101.1.69", "status, names") == ["none|"])
    let answer = try Program.run("query", "owners", database, "--address", "93.184.215.14", "--format", "csv")
    #expect(answer.out.contains("liar.example.org,no"))
  }

  @Test("a resolver that sends garbage, does not answer or is not there", arguments: ["dns-garbage", "dns", "refused"])
  func badResolver(role: String) throws {
    let resolver = role == "refused" ? "127.0.0.1:1" : try server(role)
    let run = try Program.run(
      "owners", "--rdns", "--resolver", resolver, "--dns-rate", "100", "--timeout", "1", "--address", "66.22.10.8",
      database)
    #expect(run.status == 1, "\(run.err)")
    #expect(try lookup("66.22.10.8", "status") == ["failed"])
  }

  @Test("only unexplained addresses on the Internet are asked about, most traffic first")
  func whichAddresses() throws {
    let list = try folder.write("allow.yaml", text: "allow:\n  45.77.12.34: mine\n")
    #expect(try Program.run("allow", list, database).status == 0)
    let run = try Program.run(
      "owners", "--whois", "--whois-server", server("whois"), "--rate", "100", "--limit", "2", database)
    #expect(run.status == 0, "\(run.err)")
    #expect(run.err.contains("not asked about (--limit)"))
    #expect(
      try rows("SELECT ip FROM lookups l JOIN addresses a ON a.id = l.address_id ORDER BY l.id") == [
        "151.101.1.69", "93.184.215.14",
      ])
    for (address, reason) in [
      ("192.168.10.1", "is private"), ("127.0.0.1", "is loopback"), ("nonsense", "is no IP address"),
    ] {
      let refused = try Program.run("owners", "--whois", "--address", address, database)
      #expect(refused.status == 2 && refused.err.contains(reason), "\(refused.err)")
    }
    let stranger = try Program.run("owners", "--whois", "--address", "1.1.1.1", database)
    #expect(stranger.status == 1 && stranger.err.contains("does not have the address 1.1.1.1"))
  }

  @Test("the rate of queries is held, and Ctrl-C leaves what was answered")
  func rateAndInterruption() throws {
    let start = Date()
    let run = try Program.run(
      "owners", "--whois", "--whois-server", server("whois-garbage"), "--rate", "2", "--limit", "3", database)
    #expect(run.status == 0, "\(run.err)")
    #expect(Date().timeIntervalSince(start) >= 1)
    let child = try Child(
      try Program.path(),
      ["owners", "--whois", "--whois-server", try server("whois-garbage"), "--rate", "5", "--max-age", "0", database],
      input: "/dev/null", output: folder.file("out"), error: folder.file("err"), folder: nil, [:])
    usleep(900_000)
    kill(child.id, SIGINT)
    #expect(child.wait(seconds: 20) == 130)
    #expect(try rows("SELECT count(*) BETWEEN 3 AND 10 FROM lookups") == ["1"])
    #expect(try rows("PRAGMA integrity_check") == ["ok"])
  }

  @Test("nothing is asked without being asked for")
  func silence() throws {
    let run = try Program.run("owners", database)
    #expect(run.status == 2 && run.err.contains("--whois or --rdns"))
    #expect(try rows("SELECT count(*) FROM lookups") == ["0"])
  }
}

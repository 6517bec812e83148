import Foundation
import Testing

/// A capture with the shape of the challenge that a write-up about pcapan solves: 28 addresses, most of them explained.
@Suite("The challenge") struct ChallengeTests {
  /// What pcapan lists with the same allow list, which must not be missing here. By its rule: IPv4 over Ethernet; names
  /// from SNI, Host fields and the resolver's A records; an address is left out inside an allowed network or where all
  /// its names are allowed.
  private static let pcapan: Set<String?> = [
    "0.0.0.0", "45.77.12.34", "66.22.10.8", "146.70.55.12", "185.199.108.153", "185.199.109.153", "185.199.110.153",
  ]

  private let database: String
  private let folder: Folder

  init() throws {
    folder = try Folder()
    database = folder.file("challenge.sqlite")
    let outcome = try Program.run(
      "ingest", "--quiet", "--allow", Repository.capture("challenge.yaml"), Repository.capture("challenge.pcap.gz"),
      database)
    try #require(outcome.status == 0, "\(outcome.err)")
  }

  private func unknown(_ arguments: String...) throws -> [[String: String]] {
    let outcome = try Program.run(["query", "unknown_ips", database, "--format", "csv"] + arguments)
    try #require(outcome.status == 0, "\(outcome.err)")
    let rows = fields(csv: outcome.out)
    return rows.dropFirst().map { row in
      Dictionary(
        uniqueKeysWithValues: zip(rows[0], row).compactMap { column, value in
          column.flatMap { name in value.map { (name, $0) } }
        })
    }
  }

  @Test("exactly seven of the 28 addresses are unknown, each for its reason")
  func unknownAddresses() throws {
    #expect(try sqlite(database, "SELECT count(DISTINCT address_id) FROM traffic_by_address") == ["28"])
    let rows = try unknown()
    #expect(
      rows.map { [$0["ip"], $0["names"], $0["ports"], $0["bytes"], $0["first_frame"]] } == [
        ["45.77.12.34", nil, "12432/tcp", "584104", "392"],
        ["66.22.10.8", "dns:start.example, http:start.example", "80/tcp", "7579", "372"],
        [
          "146.70.55.12", "dns:phonebook.example, http:phonebook.example, sni:phonebook.example", "443/tcp, 80/tcp",
          "4536", "333",
        ],
        ["185.199.109.153", "sni:edge.example.org", "443/tcp", "3618", "288"],
        ["185.199.110.153", "sni:fonts.example.org", "443/tcp", "3566", "309"],
        ["185.199.108.153", "sni:telemetry.example.org", "443/tcp", "3515", "269"],
        ["0.0.0.0", nil, "68/udp", "656", "1"],
      ])
    #expect(
      rows.map { $0["reason"] } == [
        "no name", "not allowed: start.example", "not allowed: phonebook.example", "not allowed: edge.example.org",
        "not allowed: fonts.example.org", "not allowed: telemetry.example.org", "no name",
      ])
    #expect(rows.first?["note"] == "rented servers, look twice")
    #expect(try unknown("--cutoff", "100000").map { $0["ip"] } == ["45.77.12.34"])
  }

  @Test("nothing that pcapan would list is missing")
  func floor() throws {
    #expect(Set(try unknown().map { $0["ip"] }).isSuperset(of: ChallengeTests.pcapan))
  }

  @Test("the rest is explained, each address by its rule")
  func explained() throws {
    let rows = try sqlite(
      database,
      """
      SELECT a.ip, v.by, v.rule FROM address_verdicts v JOIN addresses a ON a.id = v.address_id
      WHERE v.explained AND a.scope = 'global' ORDER BY a.key
      """)
    #expect(rows.count == 15)
    #expect(rows.contains("20.190.159.2|allow|20.190.128.0/18"))
    #expect(rows.contains("93.184.215.14|names|www.example.com by www.example.com"))
    #expect(rows.contains("151.101.1.69|names|shop.example.net by .example.net"))
  }

  @Test("the other questions point at the same two addresses")
  func otherQuestions() throws {
    let uploads = try answer("uploads", "challenge.pcap.gz")
    #expect(
      uploads.map { [$0["server"], $0["port"], $0["sent"], $0["received"]] } == [
        ["45.77.12.34", "12432", "554500", "0"]
      ])
    #expect(try answer("rare_ports", "challenge.pcap.gz").map { $0["port"] } == ["12432"])
    let downloads = try answer("file_downloads", "challenge.pcap.gz")
    #expect(downloads.map { [$0["url"], $0["kind"]] } == [["http://start.example/setup.exe", "executable"]])
  }
}

import Bytes
import Foundation
import Store
import Testing

@testable import Enrichment

@Suite("Files with owners")
struct OwnerFileTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Owners")

  private func path(_ name: String) -> String { OwnerFileTests.folder.appendingPathComponent(name).path }

  private func owner(_ name: String, _ address: String) throws -> AddressOwner? {
    try OwnerFile(path: path(name)).owner(of: try #require(IPAddress(address)))
  }

  @Test(
    "the layouts of MaxMind, DB-IP and IPinfo are read",
    arguments: [
      ("maxmind-asn.mmdb", AddressOwner(asn: 64497, organisation: "Rented Servers Example", network: "45.77.0.0/16")),
      ("maxmind-country.mmdb", AddressOwner(country: "DE", network: "45.77.0.0/16")),
      ("maxmind-city.mmdb", AddressOwner(country: "DE", network: "45.77.0.0/16")),
      ("dbip-asn.mmdb", AddressOwner(asn: 64497, organisation: "Rented Servers Example", network: "45.77.0.0/16")),
      (
        "ipinfo-lite.mmdb",
        AddressOwner(asn: 64497, organisation: "Rented Servers Example", country: "DE", network: "45.77.0.0/16")
      ),
      (
        "ipinfo-country-asn.mmdb",
        AddressOwner(asn: 64497, organisation: "Rented Servers Example", country: "DE", network: "45.77.0.0/16")
      ),
      ("v4-only.mmdb", AddressOwner(asn: 64497, organisation: "Rented Servers Example", network: "45.77.0.0/16")),
    ])
  func layouts(file: String, expected: AddressOwner) throws {
    #expect(try owner(file, "45.77.12.34") == expected)
    #expect(try owner(file, "9.9.9.9") == nil)
    #expect(try owner(file, "2606:2800:21f:cb07::1") == nil || file != "v4-only.mmdb")
  }

  @Test("IPv6 is looked up too, and what the file is is known")
  func v6() throws {
    let file = try OwnerFile(path: path("maxmind-asn.mmdb"))
    let owner = try file.owner(of: try #require(IPAddress("2606:2800:21f:cb07::1")))
    #expect(owner == AddressOwner(asn: 64496, organisation: "Example Web", network: "2606:2800:21f::/48"))
    #expect(file.list.kind == "GeoLite2-ASN")
    #expect(file.list.builtAt ?? 0 > 1_700_000_000_000_000_000)
    #expect(file.list.sha256.count == 64)
  }

  @Test("a cut or changed MMDB file is an error or an answer, never a crash")
  func damaged() throws {
    let good = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path("maxmind-city.mmdb"))))
    let folder = NSTemporaryDirectory() + "pcapindex-owners-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let addresses = ["45.77.12.34", "2606:2800:21f:cb07::1", "255.255.255.255", "::"].compactMap { IPAddress($0) }
    var (errors, answers) = (0, 0)
    func look(_ bytes: [UInt8], _ name: String) throws {
      let file = folder + "/" + name
      try Data(bytes).write(to: URL(fileURLWithPath: file))
      do {
        let file = try OwnerFile(path: file)
        for address in addresses { if try file.owner(of: address) != nil { answers += 1 } }
      } catch {
        errors += 1
        #expect(error.subject == file && !error.detail.isEmpty)
      }
    }
    for count in stride(from: 0, to: good.count, by: 61) { try look(Array(good[..<count]), "cut") }
    var generator = SeededGenerator(seed: 7)
    for round in 0..<400 {
      var bytes = good
      for _ in 0..<(1 + round % 8) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0 ... .max, using: &generator)
      }
      try look(bytes, "changed")
    }
    // Claims of sizes, at each place of the description at the end.
    for index in (good.count - 200)..<good.count {
      for value in [0x00, 0x5f, 0xdf, 0xff] as [UInt8] {
        var bytes = good
        bytes[index] = value
        try look(bytes, "claims")
      }
    }
    #expect(errors > 50 && answers > 50, "\(errors) errors, \(answers) answers")
  }

  @Test("a table of ranges is read, also with what nobody announces")
  func table() throws {
    let text = """
      1.0.0.0\t1.0.0.255\t64496\tAU\tEXAMPLE-AS Example, Inc.
      1.0.1.0\t1.0.3.255\t0\tNone\tNot routed
      2001:db8::\t2001:db8::ffff\t64497\tde\tSIX
      1.0.4.0\t1.0.4.2\t64498\tUS\tODD

      """
    let table = try ASNTable(InputFile(name: "t.tsv", bytes: Array(text.utf8)))
    func owner(_ address: String) throws -> AddressOwner? { table.owner(of: try #require(IPAddress(address))) }
    #expect(
      try owner("1.0.0.77")
        == AddressOwner(asn: 64496, organisation: "EXAMPLE-AS Example, Inc.", country: "AU", network: "1.0.0.0/24"))
    #expect(try owner("1.0.2.1") == nil)
    #expect(try owner("0.255.255.255") == nil)
    #expect(try owner("1.0.4.1")?.network == "1.0.4.0-1.0.4.2")
    #expect(try owner("2001:db8::5")?.country == "DE")
    #expect(try owner("2001:db8::1:0") == nil)
    #expect(table.list.kind == "ip2asn-combined")
  }

  @Test(
    "what is no table is an error with its line",
    arguments: [
      ("", "holds no range"), ("hello\n", "is neither an MMDB file nor a table of ranges: line 1"),
      ("1.0.0.0\t1.0.0.255\t1\tAU\tX\n1.0.1.0\t0.0.0.0\t1\tAU\tX\n", "line 2"),
      ("1.0.0.0\t::1\t1\tAU\tX\n", "line 1"),
    ])
  func noTable(text: String, reason: String) throws {
    let error = try #require(
      #expect(throws: EnrichmentError.self) {
        _ = try ASNTable(InputFile(name: "t.tsv", bytes: Array(text.utf8)))
      })
    #expect(error.description.hasPrefix("t.tsv: ") && error.detail.contains(reason), "\(error)")
  }
}

/// Numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 31
  }
}

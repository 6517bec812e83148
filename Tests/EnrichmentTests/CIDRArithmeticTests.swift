import Bytes
import Testing

@testable import Store

@Suite("Arithmetic of networks")
struct CIDRArithmeticTests {
  private func network(_ text: String) throws -> CIDR { try CIDR(text) }

  @Test("a range is the fewest networks that hold it")
  func covering() throws {
    func cover(_ first: String, _ last: String) throws -> [String] {
      CIDR.covering(from: try #require(IPAddress(first)), through: try #require(IPAddress(last))).map(\.description)
    }
    #expect(try cover("192.0.2.0", "192.0.2.255") == ["192.0.2.0/24"])
    #expect(try cover("192.0.2.1", "192.0.2.4") == ["192.0.2.1/32", "192.0.2.2/31", "192.0.2.4/32"])
    #expect(try cover("192.0.2.7", "192.0.2.7") == ["192.0.2.7/32"])
    #expect(try cover("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") == ["::/0"])
    #expect(try cover("ffff::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") == ["ffff::/16"])
    #expect(try cover("192.0.2.9", "192.0.2.1").isEmpty)
  }

  @Test("networks are taken out of networks")
  func subtracting() throws {
    func subtract(_ others: [String], from networks: [String]) throws -> [String] {
      try CIDR.subtracting(others.map(network), from: networks.map(network)).map(\.description)
    }
    #expect(try subtract(["10.1.0.0/16"], from: ["10.0.0.0/15"]) == ["10.0.0.0/16"])
    #expect(try subtract(["10.0.0.0/8"], from: ["10.0.0.0/15", "11.0.0.0/8"]) == ["11.0.0.0/8"])
    #expect(try subtract([], from: ["10.0.0.0/9", "10.128.0.0/9"]) == ["10.0.0.0/8"])
    #expect(
      try subtract(["10.0.0.1/32", "10.0.0.2/32"], from: ["10.0.0.0/29"]) == [
        "10.0.0.0/32", "10.0.0.3/32", "10.0.0.4/30",
      ])
    #expect(try subtract(["10.0.0.0/32", "10.0.0.7/32"], from: ["10.0.0.0/29", "10.0.0.16/32"]).count == 5)
    #expect(try subtract(["2001:db8::/33"], from: ["2001:db8::/32"]) == ["2001:db8:8000::/33"])
    // A hole that covers several networks, and the end of the address space.
    #expect(try subtract(["10.0.0.0/8"], from: ["10.1.0.0/16", "10.3.0.0/16"]).isEmpty)
    #expect(try subtract(["ffff::/17"], from: ["ffff::/16"]) == ["ffff:8000::/17"])
  }
}

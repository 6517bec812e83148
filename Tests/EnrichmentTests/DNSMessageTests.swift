import Bytes
import Testing

@testable import Enrichment

@Suite("DNS messages of reverse look-ups")
struct DNSMessageTests {
  /// A response to a query, with answers whose owner is the question's name.
  private func response(_ query: [UInt8], flags: UInt16 = 0x8180, answers: [[UInt8]]) -> [UInt8] {
    var bytes = query
    bytes[2] = UInt8(flags >> 8)
    bytes[3] = UInt8(flags & 0xff)
    bytes[7] = UInt8(answers.count)
    for data in answers {
      bytes += [0xc0, 0x0c, 0, 12, 0, 1, 0, 0, 0, 60, UInt8(data.count >> 8), UInt8(data.count & 0xff)] + data
    }
    return bytes
  }

  private func query() throws -> [UInt8] {
    let address = try #require(IPAddress("45.77.12.34"))
    return try #require(DNSMessage.query(id: 0x1234, name: ReverseResolver.name(of: address), type: .ptr))
  }

  @Test("names of both kinds of addresses")
  func names() throws {
    #expect(ReverseResolver.name(of: try #require(IPAddress("192.0.2.1"))) == "1.2.0.192.in-addr.arpa")
    #expect(
      ReverseResolver.name(of: try #require(IPAddress("2001:db8::567:89ab")))
        == "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")
  }

  @Test("a name is read, pointers followed, and odd bytes escaped")
  func answers() throws {
    let query = try query()
    let plain = response(query, answers: [[4] + Array("Host".utf8) + [7] + Array("example".utf8) + [0]])
    #expect(DNSMessage.response(plain, to: query)?.names == ["host.example"])
    // Behind the first label of the question stand 77.45.in-addr.arpa and so on.
    let pointer = response(query, answers: [[1, UInt8(ascii: "x"), 0xc0, 0x0c]])
    #expect(DNSMessage.response(pointer, to: query)?.names == ["x.34.12.77.45.in-addr.arpa"])
    let odd = response(query, answers: [[3, UInt8(ascii: "."), 0x1b, 0xff, 0]])
    #expect(DNSMessage.response(odd, to: query)?.names == [#"\.\027\255"#])
  }

  @Test("what is no answer to the query is none")
  func strangers() throws {
    let query = try query()
    let good = response(query, answers: [[1, UInt8(ascii: "x"), 0]])
    var other = good
    other[0] ^= 1
    #expect(DNSMessage.response(other, to: query) == nil)
    #expect(DNSMessage.response(query, to: query) == nil)
    var question = good
    question[14] ^= 1
    #expect(DNSMessage.response(question, to: query) == nil)
    #expect(DNSMessage.response([], to: query) == nil)
  }

  @Test("loops of pointers, names too long and cut messages end")
  func hostile() throws {
    let query = try query()
    let start = UInt8(query.count + 12)
    let loop = response(query, answers: [[0xc0, start]])
    #expect(DNSMessage.response(loop, to: query) == nil)
    let long = response(query, answers: [(0..<9).flatMap { _ in [30] + [UInt8](repeating: 0x61, count: 30) } + [0]])
    #expect(DNSMessage.response(long, to: query) == nil)
    let good = response(query, answers: [[4] + Array("host".utf8) + [0]])
    for count in 0..<good.count { _ = DNSMessage.response(Array(good[..<count]), to: query) }
    for index in good.indices {
      for value in [0, 0x3f, 0x40, 0xc0, 0xff] as [UInt8] {
        var changed = good
        changed[index] = value
        _ = DNSMessage.response(changed, to: query)
      }
    }
  }
}

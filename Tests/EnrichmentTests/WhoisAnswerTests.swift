import Bytes
import Store
import Testing

@testable import Enrichment

@Suite("WHOIS answers")
struct WhoisAnswerTests {
  private func answer(_ text: String, _ address: String) throws -> (WhoisAnswer, Lookup) {
    let answer = WhoisAnswer(text, about: try #require(IPAddress(address)))
    return (answer, answer.lookup(from: WhoisClient.root))
  }

  @Test("IANA's answer names the registry")
  func iana() throws {
    let (answer, _) = try answer(
      "% IANA\n\nrefer:        whois.example.net\n\ninetnum:      45.0.0.0 - 45.255.255.255\norganisation: X\n",
      "45.1.1.1")
    #expect(answer.referral == ServerAddress(host: "whois.example.net", port: 43))
  }

  @Test("referrals to other protocols and to nonsense are none")
  func referrals() throws {
    for text in ["ReferralServer: rwhois://rwhois.example.net:4321", "refer: ", "refer: a b", "refer: host:99999"] {
      #expect(try answer(text, "45.1.1.1").0.referral == nil, "\(text)")
    }
    #expect(
      try answer("ReferralServer:  whois://whois.example.net:4343/x", "45.1.1.1").0.referral
        == ServerAddress(host: "whois.example.net", port: 4343))
  }

  @Test("LACNIC's owner and its short networks")
  func lacnic() throws {
    let (_, row) = try answer(
      "% Copyright\n\ninetnum:     200.1.2/24\nowner:       Empresa Exemplo\ncountry:     BR\nabuse-c:     X\n",
      "200.1.2.3")
    #expect(row.organisation == "Empresa Exemplo")
    #expect(row.country == "BR")
    #expect(row.network == "200.1.2/24")
    #expect(row.status == .answered)
  }

  @Test("IPv6, and an answer about another network")
  func others() throws {
    let text = "inet6num:       2001:db8::/32\nnetname:        SIX-EXAMPLE\n"
    #expect(try answer(text, "2001:db8::1").1.netname == "SIX-EXAMPLE")
    #expect(try answer(text, "2001:db9::1").1.status == .none)
    #expect(try answer("", "192.0.2.1").1.status == .none)
  }

  @Test("text that is no UTF-8 is ISO 8859-1")
  func encodings() {
    #expect(WhoisAnswer.text([0x53, 0x74, 0xf6]) == "Stö")
    #expect(WhoisAnswer.text(Array("Stö".utf8)) == "Stö")
    #expect(!WhoisAnswer.text([0, 1, 2]).utf8.contains(0))
  }

  @Test("servers are read as they are usually written")
  func servers() {
    #expect(ServerAddress("192.0.2.1:5353", port: 53)?.port == 5353)
    #expect(ServerAddress("2001:db8::1", port: 53)?.description == "[2001:db8::1]:53")
    #expect(ServerAddress("[2001:db8::1]:54", port: 53)?.port == 54)
    for text in ["", ":53", "host:0", "host:x", "[2001:db8::1", "a/b", String(repeating: "a", count: 300)] {
      #expect(ServerAddress(text, port: 53) == nil, "\(text)")
    }
  }
}

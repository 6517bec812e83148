import Applications
import Bytes
import TestSupport
import Testing

/// Messages of Kerberos.
private enum Kerberos {
  static func numbered(_ number: Int, _ content: [UInt8]) -> [UInt8] { .ber(UInt8(0xa0 + number), content) }

  static func name(_ parts: [String]) -> [UInt8] {
    .ber(0x30, numbered(0, .ber(integer: 1)), numbered(1, .ber(0x30, parts.flatMap { [UInt8].ber(0x1b, $0) })))
  }

  static func encrypted(_ type: Int, _ cipher: [UInt8]) -> [UInt8] {
    .ber(0x30, numbered(0, .ber(integer: type)), numbered(2, .ber(4, cipher)))
  }

  static func padata(_ type: Int, _ value: [UInt8]) -> [UInt8] {
    .ber(0x30, numbered(1, .ber(integer: type)), numbered(2, .ber(4, value)))
  }

  static func request(_ parts: [String], _ padata: [UInt8]..., tag: UInt8 = 0x6a) -> [UInt8] {
    let body: [UInt8] = .ber(
      0x30, numbered(0, .ber(3, [0, 0, 0, 0, 0])), numbered(1, name(parts)), numbered(2, .ber(0x1b, "EXAMPLE.COM")),
      numbered(3, name(["krbtgt", "EXAMPLE.COM"])), numbered(7, .ber(integer: 12345)),
      numbered(8, .ber(0x30, .ber(integer: 18), .ber(integer: 17))))
    return .ber(
      tag,
      .ber(
        0x30, numbered(1, .ber(integer: 5)), numbered(2, .ber(integer: Int(tag & 0x1f))),
        padata.isEmpty ? [] : numbered(3, .ber(0x30, padata.flatMap { $0 })), numbered(4, body)))
  }

  static let asked = request(["jo", "admin"], padata(149, []))
  static let proved = request(["jo", "admin"], padata(2, encrypted(18, [1, 2, 0xab])), padata(149, []))

  static let reply: [UInt8] = .ber(
    0x6b,
    .ber(
      0x30, numbered(0, .ber(integer: 5)), numbered(1, .ber(integer: 11)), numbered(3, .ber(0x1b, "EXAMPLE.COM")),
      numbered(4, name(["jo"])), numbered(5, .ber(0x61, .ber(0x30))), numbered(6, encrypted(23, [9, 8]))))

  static func error(_ code: Int) -> [UInt8] {
    .ber(
      0x7e,
      .ber(
        0x30, numbered(0, .ber(integer: 5)), numbered(1, .ber(integer: 30)), numbered(4, .ber(0x18, "20260101000000Z")),
        numbered(5, .ber(integer: 0)), numbered(6, .ber(integer: code))))
  }

  static func prefixed(_ message: [UInt8]) -> [UInt8] {
    [0, 0, UInt8(message.count >> 8), UInt8(message.count & 255)] + message
  }
}

@Suite("Kerberos")
struct KerberosTests {
  private static func logins(_ datagrams: [(Side, [UInt8])]) -> [String] {
    NetworkDialogue.logins(KerberosDatagramParser.self, datagrams)
  }

  private static let session: [Step] = [
    .bytes(.client, Kerberos.prefixed(Kerberos.asked)), .bytes(.server, Kerberos.prefixed(Kerberos.error(25))),
    .bytes(.client, Kerberos.prefixed(Kerberos.proved)), .bytes(.server, Kerberos.prefixed(Kerberos.reply)),
    .close(.client), .close(.server),
  ]

  @Test("an encrypted timestamp is a login; asking for it is none")
  func timestamp() {
    let row = "AS-REQ etype 18|EXAMPLE.COM|jo/admin|0102ab|hash"
    #expect(
      Self.logins([
        (.client, Kerberos.asked), (.server, Kerberos.error(25)), (.client, Kerberos.proved),
        (.client, Kerberos.proved),
        (.server, Kerberos.reply),
      ]) == [row + "|1|3|5"])
    #expect(Self.logins([(.client, Kerberos.proved), (.server, Kerberos.error(24))]) == [row + "|0|1|2"])
    #expect(Self.logins([(.client, Kerberos.proved), (.server, Kerberos.error(52))]) == [])
    #expect(Self.logins([(.client, Kerberos.proved), (.server, Kerberos.error(60))]) == [row + "|-|1|2"])
    #expect(Self.logins([(.client, Kerberos.proved)]) == [row + "|-|1|-"])
    #expect(Self.logins([(.client, Kerberos.proved), (.server, Kerberos.error(25))]) == [row + "|-|1|-"])
    #expect(Self.logins([(.client, Kerberos.asked)]) == [])
    #expect(Self.logins([(.client, Kerberos.asked), (.server, Kerberos.error(60))]) == [])
  }

  @Test("without preauthentication the reply holds the secret; an unknown principal is refused")
  func withoutProof() {
    #expect(
      Self.logins([(.client, Kerberos.asked), (.server, Kerberos.reply)]) == [
        "AS-REP etype 23|EXAMPLE.COM|jo/admin|0908|hash|1|2|2"
      ])
    #expect(
      Self.logins([(.client, Kerberos.asked), (.server, Kerberos.error(6))]) == [
        "AS-REQ etypes 18,17|EXAMPLE.COM|jo/admin|-|hash|0|1|2"
      ])
    #expect(
      Self.logins([(.client, Kerberos.request(["jo"], Kerberos.padata(16, [0]))), (.server, Kerberos.reply)]) == [
        "AS-REQ PKINIT|EXAMPLE.COM|jo|-|hash|1|1|2"
      ])
    #expect(
      Self.logins([(.client, Kerberos.request(["jo"], Kerberos.padata(136, [0]))), (.server, Kerberos.error(24))]) == [
        "AS-REQ FAST|EXAMPLE.COM|jo|-|hash|0|1|2"
      ])
    #expect(Self.logins([(.client, Kerberos.request(["jo"], tag: 0x6c)), (.server, Kerberos.error(24))]) == [])
    // The error is about the ticket that was asked for first.
    #expect(
      Self.logins([
        (.client, Kerberos.request(["jo"], tag: 0x6c)), (.client, Kerberos.proved), (.server, Kerberos.error(7)),
        (.server, Kerberos.reply),
      ]) == ["AS-REQ etype 18|EXAMPLE.COM|jo/admin|0102ab|hash|1|2|4"])
  }

  @Test("over TCP whatever the pieces", arguments: [nil, 1, 2, 3, 7])
  func stream(_ size: Int?) {
    #expect(
      NetworkDialogue.logins(KerberosStreamParser.self, Self.session, cutInto: size) == [
        "AS-REQ etype 18|EXAMPLE.COM|jo/admin|0102ab|hash|1|3|4"
      ])
  }

  @Test("a gap loses its message; no mutation, cut or gap changes rows or traps")
  func hostile() {
    #expect(
      NetworkDialogue.logins(
        KerberosStreamParser.self,
        [.gap(.client, 30), Self.session[2], .bytes(.server, [0, 0]), .gap(.server, 500), Self.session[3]]) == [
          "AS-REQ etype 18|EXAMPLE.COM|jo/admin|0102ab|hash|1|2|5"
        ])
    LoginDialogue.mutate(KerberosStreamParser.self, Self.session)
    NetworkDialogue.survive(
      KerberosDatagramParser.self,
      [(.client, Kerberos.asked), (.server, Kerberos.error(25)), (.client, Kerberos.proved), (.server, Kerberos.reply)])
    LoginDialogue.checkGaps(KerberosStreamParser.self, Self.session)
    let proof = Kerberos.padata(2, Kerberos.encrypted(18, [1]))
    #expect(Self.logins((0..<50).map { (.client, Kerberos.request(["u\($0)"], proof)) }).count == 50)
    #expect(
      LoginDialogue.held(KerberosStreamParser.self, after: [0, 0, 0xff, 0xff] + Kerberos.asked, from: .client) == 0)
    #expect(
      NetworkDialogue.isDone(
        KerberosStreamParser.self, [.bytes(.client, [9, 9, 9, 9, 9]), .bytes(.server, [9, 9, 9, 9, 9])]))
  }

  @Test("messages of a client and a KDC tell it on any port")
  func probe() {
    func probe(_ bytes: [UInt8], _ side: Side) -> Probe {
      KerberosDatagramParser.probe(bytes.bytes, from: side, flow: ParserDriver.flow())
    }
    #expect(probe(Kerberos.asked, .client) == .match)
    #expect(probe(Kerberos.asked, .server) == .reversed)
    #expect(probe(Kerberos.error(6), .server) == .match)
    #expect(probe(Kerberos.asked + [0], .client) == .no)
    #expect(probe(.ber(0x6a, .ber(0x30, .ber(0xa1, .ber(integer: 4)))), .client) == .no)
    #expect(probe(.ber(0x60, .ber(0x30)), .client) == .no)
    #expect(NetworkDialogue.recognises(KerberosStreamParser.self, client: Kerberos.prefixed(Kerberos.proved)))
    #expect(NetworkDialogue.probe(KerberosStreamParser.self, [0, 0, 0, 9] + Kerberos.asked) == .no)
    #expect(NetworkDialogue.probe(KerberosStreamParser.self, Kerberos.prefixed(Kerberos.reply)) == .no)
    LoginDialogue.checkNoise(KerberosStreamParser.self, ports: [88, 4444])
  }
}

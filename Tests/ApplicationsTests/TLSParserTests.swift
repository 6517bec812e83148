import Applications
import Bytes
import TestSupport
import Testing

@Suite("TLS over TCP")
struct TLSParserTests {
  private let client = TLSBytes.hello("www.example.org")
  private let appData = TLSBytes.record([UInt8](repeating: 0x5a, count: 300), type: 23)
  private let cipherChange = TLSBytes.record([1], type: 20)
  private let finished = TLSBytes.record([UInt8](repeating: 0xe1, count: 40))

  private func server12(alpn: Bool = false) -> [UInt8] {
    TLSBytes.message(
      2, TLSBytes.serverHello(suite: 0xc02f, extensions: alpn ? [TLSBytes.alpn(["h2"])] : [TLSBytes.ext(0xff01, [0])]))
  }

  private func rows(_ steps: [Step], cutInto size: Int? = nil) -> [EmittedRow] {
    ParserDriver.rows(TLSParser.self, steps, cutInto: size, port: 443)
  }

  private func handshake12() -> [Step] {
    let flight =
      server12(alpn: true) + TLSBytes.message(11, TLSBytes.certificates([TLSBytes.certificate, TLSBytes.certificate]))
      + TLSBytes.message(12, [UInt8](repeating: 3, count: 200)) + TLSBytes.message(14, [])
    return [
      .bytes(.client, client), .bytes(.server, TLSBytes.record(flight)),
      .bytes(.client, TLSBytes.record(TLSBytes.message(16, [1, 2, 3])) + cipherChange + finished),
      .bytes(.server, cipherChange + finished + appData), .bytes(.client, appData), .close(.client), .close(.server),
    ]
  }

  @Test("a handshake of TLS 1.2 gives hellos and certificates")
  func handshake() {
    let rows = rows(handshake12())
    let hello = rows.of("tls_client_hellos")
    #expect(hello.count == 1)
    #expect(hello.first?["flow_id"] == 1)
    #expect(hello.first?["frame_id"] == 1)
    #expect(hello.first?["transport"] == "tcp")
    #expect(hello.first?["version"] == "TLSv1.3")
    #expect(hello.first?["server_name"] == "www.example.org")
    #expect(hello.first?["alpn"] == .null)
    #expect(hello.first?["has_ech"] == 0)
    #expect(hello.first?["cipher_suites"] == "TLS_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
    #expect(hello.first?["ja3"].text?.utf8.count == 32)
    let answer = rows.of("tls_server_hellos")
    #expect(answer.count == 1)
    #expect(answer.first?["frame_id"] == 2)
    #expect(answer.first?["version"] == "TLSv1.2")
    #expect(answer.first?["cipher_suite"] == "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
    #expect(answer.first?["alpn"] == "h2")
    let certificates = rows.of("tls_certificates")
    #expect(certificates.map { $0["position"] } == [1, 2])
    #expect(certificates.first?["subject"] == "CN=www.example.org,O=Example\\, Inc.,C=XX")
    #expect(certificates.first?["issuer"] == certificates.first?["subject"])
    #expect(certificates.first?["not_before"] == 1_704_164_645_000_000_000)
    #expect(certificates.first?["not_after"] == .integer(.max))
    #expect(certificates.first?["dns_names"] == "www.example.org,*.example.net")
    #expect(
      certificates.first?["sha256"] == "c29a9be9b5cd7105209f80574ce63640b181989a82b2b29d6362245793956939")
    #expect(rows.of("diagnostics") == [])
  }

  @Test("what ends in a frame is noted, of each side the first 16 records that it encrypts")
  func messages() {
    let rows = rows(handshake12()).of("tls_messages")
    #expect(rows.map { $0["frame_id"] } == [1, 2, 3, 4, 5])
    #expect(rows.map { $0["messages"] } == ["1", "2,11,12,14", "16,c,e", "c,e,d", "d"])
    let bulk = self.rows(
      Array(handshake12().prefix(4)) + (0..<40).map { _ in Step.bytes(.server, appData) } + [.bytes(.client, appData)]
    ).of("tls_messages")
    #expect(bulk.filter { $0["messages"] == "d" }.count == 14 + 1)
    let hostile = (0..<2000).map { _ in Step.bytes(.server, TLSBytes.record(TLSBytes.message(0, []))) }
    #expect(self.rows([.bytes(.client, client)] + hostile).of("tls_messages").count == 256)
    let alert = TLSBytes.record([2, 40], type: 21)
    let refused = self.rows([.bytes(.client, client), .bytes(.server, alert)])
    #expect(refused.of("tls_messages").map { $0["messages"] } == ["1", "a2/40"])
  }

  /// `from_client level description` of each row of `tls_alerts`.
  private func alerts(_ rows: [EmittedRow]) -> [String] {
    rows.of("tls_alerts").map { "\($0["from_client"]) \($0["level"].text ?? "") \($0["description"].text ?? "")" }
  }

  @Test("alerts in the clear are rows, encrypted ones are not")
  func alertRows() {
    let steps: [Step] = [
      .bytes(.client, client),
      .bytes(.server, TLSBytes.record([1, 112], type: 21) + TLSBytes.record([2, 40], type: 21)),
      .bytes(.client, TLSBytes.record([2, 48], type: 21) + TLSBytes.record([2, 200], type: 21)),
    ]
    for size in [nil, 1, 3] {
      #expect(
        alerts(rows(steps, cutInto: size)) == [
          "0 warning unrecognized_name", "0 fatal handshake_failure", "1 fatal unknown_ca", "1 fatal 200",
        ])
    }
    let encrypted = TLSBytes.record([2, 40] + [UInt8](repeating: 7, count: 30), type: 21)
    #expect(alerts(rows(handshake12() + [.bytes(.server, encrypted)])) == [])
    #expect(alerts(rows([.bytes(.client, client), .bytes(.server, encrypted)])) == [])
    let noLevel = [Step.bytes(.client, client), .bytes(.server, TLSBytes.record([7, 40], type: 21))]
    #expect(alerts(rows(noLevel)) == [])
    let many = (0..<40).map { _ in Step.bytes(.server, TLSBytes.record([1, 90], type: 21)) }
    #expect(alerts(rows([.bytes(.client, client)] + many)).count == 16)
  }

  /// What a ServerHello of TLS 1.2 or 1.3 with this session ID says to a client that offered these.
  private func resumed(
    client session: [UInt8], ticket: [UInt8]? = nil, psk: Bool = false, server answer: [UInt8] = [],
    isTLS13: Bool = false,
    then: [UInt8] = []
  ) -> [EmittedRow] {
    var extensions = [TLSBytes.sni("a.example")]
    if let ticket { extensions.append(TLSBytes.ext(35, ticket)) }
    if isTLS13 { extensions.append(TLSBytes.versions([0x0304])) }
    if psk { extensions.append(TLSBytes.ext(41, [0])) }
    let hello = TLSBytes.clientHello(suites: [0x1301, 0xc02f], extensions: extensions, session: session)
    var chosen =
      TLSBytes.u16(0x0303) + [UInt8](repeating: 9, count: 32) + TLSBytes.vector8(answer) + TLSBytes.u16(0xc02f) + [0]
    chosen += TLSBytes.vector16(
      isTLS13 ? TLSBytes.ext(43, [3, 4]) + (psk ? TLSBytes.ext(41, [0, 0]) : []) : TLSBytes.ext(0xff01, [0]))
    return rows([
      .bytes(.client, TLSBytes.record(TLSBytes.message(1, hello))),
      .bytes(.server, TLSBytes.record(TLSBytes.message(2, chosen)) + then),
    ])
  }

  @Test("a session that goes on is told from a new one")
  func resumption() {
    func flags(_ rows: [EmittedRow]) -> [EmittedValue] {
      [
        rows.of("tls_client_hellos").first?["resumption"] ?? .null,
        rows.of("tls_server_hellos").first?["resumed"] ?? .null,
      ]
    }
    let id = [UInt8](repeating: 5, count: 32)
    #expect(flags(resumed(client: [], server: id)) == [.null, 0])
    #expect(flags(resumed(client: id, server: id)) == ["session-id", 1])
    #expect(flags(resumed(client: id, server: [1, 2, 3])) == ["session-id", 0])
    #expect(flags(resumed(client: id, ticket: [1], server: id)) == ["ticket", 1])
    #expect(flags(resumed(client: id, ticket: [], server: [])) == ["session-id", 0])
    // In TLS 1.3 the session ID is an echo that says nothing.
    #expect(flags(resumed(client: id, server: id, isTLS13: true)) == [.null, 0])
    #expect(flags(resumed(client: id, psk: true, server: id, isTLS13: true)) == ["psk", 1])
    // A ticket without a session ID: what follows decides.
    let certificate = TLSBytes.record(TLSBytes.message(11, TLSBytes.certificates([TLSBytes.certificate])))
    let newTicket = TLSBytes.record(TLSBytes.message(4, [0, 0, 0, 0, 0, 0]))
    #expect(flags(resumed(client: [], ticket: [1], then: certificate)) == ["ticket", 0])
    #expect(flags(resumed(client: [], ticket: [1], then: newTicket)) == ["ticket", 1])
    #expect(flags(resumed(client: [], ticket: [1], then: cipherChange)) == ["ticket", 1])
    #expect(flags(resumed(client: [], ticket: [1])) == ["ticket", .null])
    // Without the client's hello nobody knows.
    #expect(
      rows([.bytes(.server, TLSBytes.record(server12()))]).of("tls_server_hellos").map { $0["resumed"] } == [.null])
  }

  @Test("a client's certificate is the client's, and gives the server no names")
  func clientCertificate() {
    let shown = TLSBytes.record(TLSBytes.message(11, TLSBytes.certificates([TLSBytes.certificate])))
    let rows = rows([.bytes(.client, client), .bytes(.server, TLSBytes.record(server12())), .bytes(.client, shown)])
    #expect(rows.of("tls_certificates").map { $0["from_client"] } == [1])
    #expect(rows.of("address_names").map { $0["source"] } == ["sni"])
    #expect(self.rows(handshake12()).of("tls_certificates").map { $0["from_client"] } == [0, 0])
  }

  @Test("a ClientHello's extensions and groups are listed, an encrypted server name is seen")
  func listed() {
    let hello = TLSBytes.clientHello(
      suites: [0x1301],
      extensions: [
        TLSBytes.ext(0x2a2a), TLSBytes.sni("a.example"), TLSBytes.groups([0x1a1a, 0x11ec, 29, 0x4567]),
        TLSBytes.ext(0xffce, [1]),
      ])
    let row = rows([.bytes(.client, TLSBytes.record(TLSBytes.message(1, hello)))]).of("tls_client_hellos").first
    #expect(row?["extensions"] == "GREASE,0,10,65486")
    #expect(row?["supported_groups"] == "GREASE,X25519MLKEM768,x25519,0x4567")
    #expect(row?["has_esni"] == 1)
    #expect(row?["has_ech"] == 0)
  }

  @Test("however the bytes are cut, the rows are the same", arguments: [1, 2, 3, 7, 100])
  func cutting(_ size: Int) {
    #expect(rows(handshake12(), cutInto: size) == rows(handshake12()))
  }

  @Test("a hello spread over several records and segments is put together")
  func fragmented() {
    let message = TLSBytes.message(
      1,
      TLSBytes.clientHello(
        suites: [0x1301], extensions: [TLSBytes.sni("a.example"), TLSBytes.ext(21, [UInt8](repeating: 0, count: 1500))])
    )
    var records: [UInt8] = []
    for start in stride(from: 0, to: message.count, by: 90) {
      records += TLSBytes.record(Array(message[start..<min(start + 90, message.count)]))
    }
    let steps: [Step] = [.bytes(.client, Array(records[..<700])), .bytes(.client, Array(records[700...]))]
    let hello = rows(steps).of("tls_client_hellos")
    #expect(hello.map { $0["server_name"] } == ["a.example"])
    #expect(hello.map { $0["frame_id"] } == [1])
    #expect(rows(steps, cutInto: 1) == rows(steps))
  }

  @Test("a HelloRetryRequest and the second ClientHello are rows")
  func retry() {
    let retry = TLSBytes.message(
      2,
      TLSBytes.serverHello(
        suite: 0x1301, extensions: [TLSBytes.ext(43, [3, 4]), TLSBytes.ext(51, [0, 23])], random: TLSBytes.retryRandom))
    let answer = TLSBytes.message(2, TLSBytes.serverHello(suite: 0x1301, extensions: [TLSBytes.ext(43, [3, 4])]))
    let rows = rows([
      .bytes(.client, client + cipherChange + appData),
      .bytes(.server, TLSBytes.record(retry) + cipherChange),
      .bytes(.client, TLSBytes.hello("www.example.org")),
      .bytes(.server, TLSBytes.record(answer) + appData), .bytes(.client, appData),
    ])
    #expect(rows.of("tls_client_hellos").map { $0["frame_id"] } == [1, 3])
    #expect(rows.of("tls_server_hellos").map { $0["frame_id"] } == [2, 4])
    #expect(rows.of("tls_server_hellos").map { $0["version"] } == ["TLSv1.3", "TLSv1.3"])
    #expect(rows.of("tls_server_hellos").map { $0["is_retry_request"] } == [1, 0])
    #expect(rows.of("tls_server_hellos").map { $0["resumed"] } == [.null, 0])
    #expect(rows.of("diagnostics") == [])
  }

  @Test("a hello that the flow's end cuts gives its server name and a diagnostic")
  func truncatedHello() {
    let message = TLSBytes.clientHello(
      suites: [0x1301], extensions: [TLSBytes.sni("a.example"), TLSBytes.ext(21, [UInt8](repeating: 0, count: 400))])
    let record = TLSBytes.record(TLSBytes.message(1, message))
    let cut = rows([.bytes(.client, Array(record[..<200]))])
    #expect(cut.of("tls_client_hellos").map { $0["server_name"] } == ["a.example"])
    #expect(cut.of("tls_client_hellos").map { $0["ja3"] } == [nil])
    #expect(cut.of("diagnostics").map { $0["code"] } == ["truncated-tls-handshake"])
    #expect(cut.of("diagnostics").map { $0["frame_id"] } == [1])
    let early = rows([.bytes(.client, Array(record[..<50]))])
    #expect(early.of("tls_client_hellos") == [])
    #expect(early.of("diagnostics").map { $0["code"] } == ["truncated-tls-handshake"])
  }

  @Test("a gap within a record keeps the framing, one over a header is resynchronised")
  func gaps() {
    let certificate = TLSBytes.record(TLSBytes.message(11, TLSBytes.certificates([TLSBytes.certificate])))
    let hello = TLSBytes.record(server12())
    let within = rows([
      .bytes(.server, Array(certificate[..<100])), .gap(.server, certificate.count - 150),
      .bytes(.server, Array(certificate.suffix(50)) + hello),
    ])
    #expect(within.of("tls_server_hellos").map { $0["frame_id"] } == [3])
    #expect(within.of("diagnostics").map { $0["code"] } == ["truncated-tls-handshake"])
    let over = rows([
      .bytes(.server, Array(certificate[..<100])), .gap(.server, 5000), .bytes(.server, [1, 2, 3, 4, 5, 6, 7]),
      .bytes(.server, hello),
    ])
    #expect(over.of("tls_server_hellos").map { $0["frame_id"] } == [4])
  }

  @Test("certificates that are whole before a gap are rows")
  func certificatesBeforeGap() {
    let message = TLSBytes.message(11, TLSBytes.certificates([TLSBytes.certificate, TLSBytes.certificate]))
    let record = TLSBytes.record(server12() + message)
    let rows = rows([.bytes(.server, Array(record.dropLast(100))), .gap(.server, 100)])
    #expect(rows.of("tls_certificates").map { $0["position"] } == [1])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["truncated-tls-handshake"])
  }

  @Test("a certificate that nobody would trust today is read all the same")
  func oldCertificate() {
    let rows = rows([
      .bytes(
        .server, TLSBytes.record(server12() + TLSBytes.message(11, TLSBytes.certificates([TLSBytes.oldCertificate]))))
    ])
    let certificate = rows.of("tls_certificates").first
    #expect(certificate?["subject"] == "CN=Café")
    #expect(certificate?["issuer"] == "CN=Café")
    #expect(certificate?["not_before"] == 946_684_799_000_000_000)
    #expect(certificate?["not_after"] == 951_825_600_000_000_000)
    #expect(certificate?["dns_names"] == .null)
    #expect(rows.of("diagnostics") == [])
  }

  @Test("what is no certificate is a row without facts and a diagnostic")
  func malformedCertificate() {
    var broken = TLSBytes.certificate
    broken[4] = 0x55
    let rows = rows([
      .bytes(.server, TLSBytes.record(server12() + TLSBytes.message(11, TLSBytes.certificates([broken]))))
    ])
    #expect(rows.of("tls_certificates").map { $0["subject"] } == [nil])
    #expect(rows.of("tls_certificates").map { $0["sha256"].text?.utf8.count } == [64])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["malformed-certificate"])
  }

  @Test("a malformed hello is a diagnostic, and a row where its first fields are sound")
  func malformedHello() {
    var body = TLSBytes.clientHello(suites: [0x1301], extensions: [TLSBytes.ext(35, [1, 2])])
    body[body.count - 3] = 9
    let half = rows([.bytes(.client, TLSBytes.record(TLSBytes.message(1, body)))])
    #expect(half.of("tls_client_hellos").map { $0["cipher_suites"] } == ["TLS_AES_128_GCM_SHA256"])
    #expect(half.of("diagnostics").map { $0["code"] } == ["malformed-tls"])
    let short = rows([.bytes(.client, TLSBytes.record(TLSBytes.message(1, Array(body[..<20]))))])
    #expect(short.of("tls_client_hellos") == [])
    #expect(short.of("diagnostics").map { $0["code"] } == ["malformed-tls"])
  }

  @Test("a message longer than the limit is passed over")
  func limit() {
    let long = TLSBytes.message(11, [UInt8](repeating: 0, count: 140_000))
    var records = TLSBytes.record(server12())
    for start in stride(from: 0, to: long.count, by: 16000) {
      records += TLSBytes.record(Array(long[start..<min(start + 16000, long.count)]))
    }
    let rows = rows([.bytes(.server, records + TLSBytes.record(server12()))])
    #expect(rows.of("tls_server_hellos").count == 2)
    #expect(rows.of("diagnostics").map { $0["code"] } == ["malformed-tls"])
  }

  private func oldHello(_ kinds: [UInt8]) -> [UInt8] {
    let body =
      [1, 3, 1] + TLSBytes.u16(kinds.count) + [0, 0, 0, 16] + kinds + [UInt8](repeating: 6, count: 16)
    return [0x80, UInt8(body.count)] + body
  }

  @Test("an SSL 2.0 ClientHello gives its suites, and TLS follows it", arguments: [nil, 1, 3] as [Int?])
  func sslv2(_ size: Int?) {
    let rows = rows(
      [
        .bytes(.client, oldHello([0, 0, 4, 1, 0, 0x80])), .bytes(.server, TLSBytes.record(server12())),
        .bytes(.client, TLSBytes.record(TLSBytes.message(11, TLSBytes.certificates([TLSBytes.certificate])))),
      ], cutInto: size)
    let hello = rows.of("tls_client_hellos")
    #expect(hello.map { $0["version"] } == ["TLSv1.0"])
    #expect(hello.map { $0["cipher_suites"] } == ["TLS_RSA_WITH_RC4_128_MD5,SSL_CK_RC4_128_WITH_MD5"])
    #expect(hello.map { $0["ja3"] } == [nil])
    #expect(rows.of("tls_server_hellos").count == 1)
    #expect(rows.of("tls_certificates").map { $0["frame_id"] } == [3])
    #expect(rows.of("diagnostics") == [])
  }

  @Test("a server that speaks SSL 2.0 gives its ciphers and its certificate", arguments: [nil, 1, 3] as [Int?])
  func sslv2Server(_ size: Int?) {
    let kinds: [UInt8] = [1, 0, 0x80, 7, 0, 0xc0]
    let answer =
      [4, 0, 1, 0, 2] + TLSBytes.u16(TLSBytes.certificate.count) + TLSBytes.u16(kinds.count) + TLSBytes.u16(16)
      + TLSBytes.certificate + kinds + [UInt8](repeating: 8, count: 16)
    let header = TLSBytes.u16(0x8000 | answer.count)
    let rows = rows(
      [
        .bytes(.client, oldHello(kinds)), .bytes(.server, header + answer),
        .bytes(.client, [0x80, 20, 2, 1, 0, 0x80] + [UInt8](repeating: 3, count: 16)),
        .bytes(.server, [0x80, 40] + [UInt8](repeating: 9, count: 40)),
      ], cutInto: size)
    let hello = rows.of("tls_server_hellos")
    #expect(hello.map { $0["version"] } == ["SSLv2"])
    #expect(hello.map { $0["cipher_suite"] } == ["SSL_CK_RC4_128_WITH_MD5,SSL_CK_DES_192_EDE3_CBC_WITH_MD5"])
    #expect(hello.map { $0["resumed"] } == [0])
    #expect(rows.of("tls_certificates").map { $0["subject"] } == ["CN=www.example.org,O=Example\\, Inc.,C=XX"])
    #expect(rows.of("tls_certificates").map { $0["from_client"] } == [0])
    #expect(rows.of("diagnostics") == [])
    for length in 0..<answer.count {
      let cut = self.rows(
        [.bytes(.client, oldHello(kinds)), .bytes(.server, header + answer.prefix(length))],
        cutInto: size == nil ? nil : 50)
      #expect(cut.of("tls_server_hellos") == [])
    }
  }

  @Test("a side that began in the middle of a record is joined where one begins")
  func midstream() {
    let rows = rows([
      .bytes(.server, [UInt8](repeating: 0xab, count: 50)), .bytes(.server, TLSBytes.record(server12())),
      .bytes(.server, appData),
    ])
    #expect(rows.of("tls_server_hellos").map { $0["frame_id"] } == [2])
    #expect(rows.of("diagnostics") == [])
  }

  private func probe(_ client: [UInt8], _ server: [UInt8] = [], fromStart: Bool = true) -> Probe {
    TLSParser.probe(
      Opening(client: client.bytes, server: server.bytes, fromStart: fromStart, flow: ParserDriver.flow(port: 443)))
  }

  @Test("hellos tell the protocol and who is the client")
  func probing() {
    let server = TLSBytes.record(server12())
    #expect(probe(client) == .match)
    #expect(probe([], server) == .match)
    #expect(probe(server, [], fromStart: false) == .reversed)
    #expect(probe([], client, fromStart: false) == .reversed)
    #expect(probe(oldHello([0, 0, 4])) == .match)
    for count in 1..<10 { #expect(probe(Array(client[..<count])) == .more) }
    #expect(probe(Array("GET / HTTP/1.1\r\n".utf8)) == .no)
    #expect(probe([0x16, 0x03, 0x01, 0x00, 0x05, 0x01, 0, 0, 1, 3]) == .no)
    #expect(probe([0x80, 0x2e, 0x02]) == .no)
    #expect(probe([0x03, 0x00, 0x00, 0x13, 0x0e, 0xe0]) == .no)
  }

  @Test("a flow that begins with encrypted records is recognised")
  func probingMidstream() {
    #expect(probe(appData + appData, [], fromStart: false) == .match)
    #expect(probe([], appData, fromStart: false) == .match)
    #expect(probe(appData) == .match)
    #expect(probe(finished, [], fromStart: false) == .match)
    #expect(probe(finished) == .no)
    #expect(probe(Array(appData[..<4])) == .more)
    #expect(probe(TLSBytes.record([1], type: 23) + [9, 9, 9], [], fromStart: false) == .no)
    #expect(probe(TLSBytes.record([2, 40], type: 21)) == .match)
  }

  @Test("a handshake cut at any place never traps and invents nothing")
  func everyPrefix() {
    let steps = handshake12()
    let whole = rows(steps)
    let names = Set(whole.of("tls_client_hellos").map { $0["server_name"].text })
    for step in 0..<4 {
      guard case .bytes(let side, let bytes) = steps[step] else { continue }
      for length in 0..<bytes.count {
        let cut = rows(Array(steps[..<step]) + [.bytes(side, Array(bytes[..<length]))])
        #expect(names.isSuperset(of: cut.of("tls_client_hellos").map { $0["server_name"].text }))
        #expect(cut.of("tls_certificates").allSatisfy { $0["subject"] != .null })
      }
    }
  }

  @Test("certificates with any byte changed never trap")
  func mutatedCertificates() {
    for index in 0..<TLSBytes.certificate.count {
      var changed = TLSBytes.certificate
      changed[index] ^= UInt8(truncatingIfNeeded: 1 << (index % 8))
      let flight = TLSBytes.record(server12() + TLSBytes.message(11, TLSBytes.certificates([changed])))
      #expect(rows([.bytes(.server, flight)]).of("tls_certificates").count == 1)
    }
  }

  @Test("mutated handshakes with gaps never trap")
  func mutation() {
    var random = SplitMix(state: 0x7155)
    let steps = handshake12() + [.bytes(.client, oldHello([0, 0, 4]))]
    for _ in 0..<1500 {
      var mutated = steps
      for _ in 0..<(1 + random.next() % 4) {
        let index = Int(random.next() % UInt64(mutated.count))
        guard case .bytes(let side, var bytes) = mutated[index], !bytes.isEmpty else { continue }
        switch random.next() % 4 {
        case 0: mutated[index] = .gap(side, Int(random.next() % 400))
        case 1: bytes.removeSubrange(0..<Int(random.next() % UInt64(bytes.count)))
        default:
          let limit = min(bytes.count, random.next() % 2 == 0 ? 80 : bytes.count)
          bytes[Int(random.next() % UInt64(limit))] = UInt8(truncatingIfNeeded: random.next())
        }
        if case .bytes = mutated[index] { mutated[index] = .bytes(side, bytes) }
      }
      let size = random.next() % 3 == 0 ? Int(1 + random.next() % 50) : nil
      #expect(rows(mutated, cutInto: size).count < 200)
    }
  }

  @Test("a flow makes no more diagnostics than its limit")
  func diagnosticLimit() {
    let broken = TLSBytes.record((0..<500).flatMap { _ in TLSBytes.message(1, [3]) })
    #expect(rows([.bytes(.client, client + broken)]).of("diagnostics").count == 32)
  }
}

/// A generator of numbers that are the same in each run (Steele, Lea, Flood: SplitMix64).
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}

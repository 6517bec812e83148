import Bytes
import Records
import TestSupport
import Testing

@testable import Applications

@Suite("QUIC")
struct QUICTests {
  private func rows(_ datagrams: [(Side, [UInt8])], cut: Int? = nil) -> [EmittedRow] {
    let context = ApplicationContext(sink: RecordSink(captureID: 1))
    let parser = QUICParser(flow: ParserDriver.flow(port: 443))
    for (index, (side, bytes)) in datagrams.enumerated() {
      parser.consume(
        bytes.bytes.part(from: 0, to: cut ?? bytes.count), length: bytes.count, from: side,
        in: FrameStamp(id: Int64(index + 1), time: nil), context: context)
    }
    parser.finish(context: context)
    return context.sink.emittedRows()
  }

  private func probe(_ bytes: [UInt8], _ side: Side = .client) -> Probe {
    QUICParser.probe(bytes.bytes, from: side, flow: ParserDriver.flow(port: 443))
  }

  /// What the tests look at of the rows of `tls_client_hellos`.
  private func names(_ rows: [EmittedRow]) -> [EmittedValue] { rows.of("tls_client_hellos").map { $0["server_name"] } }

  private func connection(_ rows: [EmittedRow]) throws -> EmittedRow {
    #expect(rows.of("quic_connections").count == 1)
    return try #require(rows.of("quic_connections").first)
  }

  // The vectors.

  @Test(
    "the keys are those of RFC 9001, appendix A.1, and RFC 9369, appendix A.1",
    arguments: [
      (
        QUICVersion.v1, Side.client, "1f369613dd76d5467730efcbe3b1a22d", "fa044b2f42a3fd3b46fb255c",
        "9f50449e04a0e810283a1e9933adedd2"
      ),
      (
        .v1, .server, "cf3a5331653c364c88f0f379b6067e37", "0ac1493ca1905853b0bba03e", "c206b8d9b9f0f37644430b490eeaa314"
      ),
      (
        .v2, .client, "8b1a0bc121284290a29e0971b5cd045d", "91f73e2351d8fa91660e909f", "45b95e15235d6f45a6b19cbcb0294ba9"
      ),
      (
        .v2, .server, "82db637861d55e1d011f19ea71d5d2a7", "dd13c276499c0249d3310652", "edf6d05c83121201b436e16877593c3a"
      ),
    ])
  func keys(_ version: QUICVersion, _ side: Side, _ key: String, _ iv: String, _ headerKey: String) throws {
    let keys = try #require(QUICPacketKeys(version, destination: QUICBytes.destination, side: side))
    #expect(keys.key.withUnsafeBytes { hexadecimal(Array($0)) } == key)
    #expect(hexadecimal(keys.iv) == iv)
    #expect(keys.headerKey.withUnsafeBytes { hexadecimal(Array($0)) } == headerKey)
  }

  @Test(
    "the client's Initial packet of both RFCs' appendix A.2 gives its ClientHello",
    arguments: [
      (QUICVersion.v1, "c000000001088394c8f03e5157080000449e7b9aec34", "e221af44860018ab0856972e194cd934"),
      (.v2, "d76b3343cf088394c8f03e5157080000449ea0c95e82", "a18b2faa745b6fe189cf772a9f84cbfc"),
    ])
  func clientInitial(_ version: QUICVersion, _ header: String, _ tag: String) throws {
    let packet = try QUICBytes.initial(QUICBytes.clientFrame, version: version, number: 2)
    // The tag agrees, so that every byte is the RFC's.
    #expect(packet.count == 1200)
    #expect(hexadecimal(packet.prefix(22)) == header)
    #expect(hexadecimal(packet.suffix(16)) == tag)
    let rows = rows([(.client, packet)])
    #expect(names(rows) == ["example.com"])
    let hello = rows.of("tls_client_hellos").first
    #expect(hello?["transport"] == "quic")
    #expect(hello?["version"] == "TLSv1.3")
    #expect(hello?["alpn"] == "alpn")
    #expect(hello?["ja4"].text?.hasPrefix("q13d0211an_") == true)
    #expect(
      try connection(rows)["transport_parameters"]
        == EmittedValue(
          stringLiteral:
            "initial_max_data=4611686018427387903,initial_max_stream_data_bidi_local=65535,initial_max_stream_data_uni=65535"
            + ",initial_max_streams_bidi=16,max_idle_timeout=30000,initial_max_streams_uni=16"
            + ",initial_source_connection_id=8394c8f03e515708,initial_max_stream_data_bidi_remote=65535"))
    #expect(rows.of("diagnostics") == [])
  }

  @Test(
    "the server's Initial packet of both RFCs' appendix A.3 gives its ServerHello",
    arguments: [
      (
        QUICVersion.v1,
        """
        cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4c
        f73c3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7a
        af2f58891850abbdca3d20398c276456cbc42158407dd074ee
        """
      ),
      (
        .v2,
        """
        dc6b3343cf0008f067a5502a4262b5004075d92faaf16f05d8a4398c47089698baeea26b91eb761d9b89237bbf87263017915358230035
        f7fd3945d88965cf17f9af6e16886c61bfc703106fbaf3cb4cfa52382dd16a393e42757507698075b2c984c707f0a0812d8cd5a6881eaf
        21ceda98f4bd23f6fe1a3e2c43edd9ce7ca84bed8521e2e140
        """
      ),
    ])
  func serverInitial(_ version: QUICVersion, _ packet: String) throws {
    let rows = rows([
      (.client, try QUICBytes.initial(QUICBytes.clientFrame, version: version, number: 2)),
      (.server, TLSBytes.bytes(packet)),
    ])
    #expect(rows.of("tls_server_hellos").map { $0["cipher_suite"] } == ["TLS_AES_128_GCM_SHA256"])
    #expect(rows.of("tls_server_hellos").map { $0["version"] } == ["TLSv1.3"])
    #expect(rows.of("tls_server_hellos").map { $0["frame_id"] } == [2])
    let connection = try connection(rows)
    #expect(connection["version"] == EmittedValue(stringLiteral: version.description))
    #expect(connection["destination_cid"] == "8394c8f03e515708")
    #expect(connection["server_cid"] == "f067a5502a4262b5")
    #expect(rows.of("diagnostics") == [])
  }

  @Test("after the Retry packet of RFC 9001, appendix A.4, the server's connection ID gives the keys")
  func retry() throws {
    let retry = TLSBytes.bytes("ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba")
    let rows = rows([
      (.client, try QUICBytes.initial(QUICBytes.clientFrame)), (.server, retry),
      (
        .client,
        try QUICBytes.initial(
          QUICBytes.clientFrame, to: QUICBytes.server, keyedBy: QUICBytes.server, number: 1,
          token: Array("token".utf8))
      ),
      (
        .server,
        try QUICBytes.initial(
          QUICBytes.crypto(QUICBytes.answer), from: .server, to: [], source: [9, 9], keyedBy: QUICBytes.server)
      ),
    ])
    // The second one is the same.
    #expect(rows.of("tls_client_hellos").map { $0["frame_id"] } == [1])
    #expect(rows.of("tls_server_hellos").map { $0["frame_id"] } == [4])
    let connection = try connection(rows)
    #expect(connection["retry_cid"] == "f067a5502a4262b5")
    #expect(connection["server_cid"] == "0909")
    #expect(connection["token_length"] == 5)
    #expect(rows.of("diagnostics") == [])
  }

  @Test(
    "every version that has keys is read",
    arguments: [1, 0x6b33_43cf, 0xface_b001, 0xface_b002] + (22...34).map { 0xff00_0000 + $0 })
  func versions(_ number: UInt32) throws {
    let version = QUICVersion(rawValue: number)
    let rows = rows([(.client, try QUICBytes.initial(QUICBytes.crypto(QUICBytes.hello("a.example")), version: version))]
    )
    #expect(names(rows) == ["a.example"])
    #expect(try connection(rows)["version"] == EmittedValue(stringLiteral: version.description))
  }

  @Test("versions have names")
  func versionNames() {
    let names: [(UInt32, String)] = [
      (1, "1"), (0x6b33_43cf, "2"), (0xff00_001d, "draft-29"), (0xff00_0009, "draft-09"), (0x5130_3436, "Q046"),
      (0x5130_3530, "Q050"), (0x5430_3531, "T051"), (0xface_b002, "0xfaceb002"), (0x1a2a_3a4a, "0x1a2a3a4a"),
    ]
    for (number, name) in names { #expect(QUICVersion(rawValue: number).description == name) }
  }

  // The handshake's way.

  @Test("a hello in pieces, in any order, over several packets and datagrams, is put together")
  func pieces() throws {
    let hello = QUICBytes.hello("big.example", padding: 2000)
    func piece(_ from: Int, _ to: Int) -> [UInt8] {
      QUICBytes.crypto(Array(hello[from..<min(to, hello.count)]), at: from)
    }
    let first = piece(900, 1100) + [1] + piece(0, 30) + [0, 0, 0] + piece(1800, .max)
    let rows = rows([
      (.client, try QUICBytes.initial(first)),
      (.client, try QUICBytes.initial(piece(1100, 1800) + piece(500, 700), number: 1)),
      (.client, try QUICBytes.initial(piece(20, 520) + piece(690, 910), number: 2, numberSize: 1)),
    ])
    #expect(names(rows) == ["big.example"])
    // The frame that holds its first byte.
    #expect(rows.of("tls_client_hellos").map { $0["frame_id"] } == [1])
    #expect(rows.of("diagnostics") == [])
  }

  @Test("packets that share a datagram are all read, and what follows the handshake is passed over")
  func coalesced() throws {
    let client: [UInt8] = [1, 2, 3]
    let rows = rows([
      (
        .client,
        try QUICBytes.initial(QUICBytes.crypto(QUICBytes.hello("a.example")), source: client, size: 900)
          + QUICBytes.sealed(0xd0, to: QUICBytes.destination, source: client)
      ),
      (
        .server,
        try QUICBytes.initial(
          [2, 0, 0, 0, 0] + QUICBytes.crypto(QUICBytes.answer), from: .server, to: client, source: [7], size: 0)
          + QUICBytes.sealed(0xe0, to: client, source: [7], count: 600)
      ),
      (.client, QUICBytes.sealed(0xe0, to: [7], source: client) + [0x40] + [UInt8](repeating: 3, count: 40)),
      (.server, [0x41] + [UInt8](repeating: 9, count: 60)),
    ])
    #expect(names(rows) == ["a.example"])
    #expect(rows.of("tls_server_hellos").count == 1)
    let connection = try connection(rows)
    #expect(connection["has_early_data"] == 1)
    #expect(connection["client_cid"] == "010203")
    #expect(connection["server_cid"] == "07")
    #expect(rows.of("diagnostics") == [])
  }

  @Test("Version Negotiation is noted, and the next attempt read in its own version")
  func negotiation() throws {
    let list = TLSBytes.bytes("80 00000000 00 08 8394c8f03e515708 00000001 6b3343cf 1a2a3a4a")
    var unknown = try QUICBytes.initial(QUICBytes.crypto(QUICBytes.hello("a.example")))
    unknown.replaceSubrange(1..<5, with: [0x1a, 0x2a, 0x3a, 0x4a])
    #expect(probe(unknown) == .match)
    #expect(probe(list, .server) == .match)
    let rows = rows([
      (.client, unknown), (.server, list),
      (.client, try QUICBytes.initial(QUICBytes.crypto(QUICBytes.hello("a.example")))),
    ])
    #expect(names(rows) == ["a.example"])
    let connection = try connection(rows)
    #expect(connection["offered_versions"] == "1,2,0x1a2a3a4a")
    #expect(connection["client_version"] == "0x1a2a3a4a")
    #expect(rows.of("diagnostics") == [])
  }

  @Test("a server may go on in version 2 where the client began in version 1")
  func compatibleVersion() throws {
    let rows = rows([
      (.client, try QUICBytes.initial(QUICBytes.crypto(QUICBytes.hello("a.example")))),
      (
        .server,
        try QUICBytes.initial(QUICBytes.crypto(QUICBytes.answer), version: .v2, from: .server, to: [], source: [7])
      ),
    ])
    #expect(rows.of("tls_server_hellos").count == 1)
    let connection = try connection(rows)
    #expect(connection["version"] == "2")
    #expect(connection["client_version"] == "1")
  }

  @Test("a HelloRetryRequest is followed to the second ClientHello and the ServerHello")
  func helloRetry() throws {
    let retry = TLSBytes.message(
      2, TLSBytes.serverHello(suite: 0x1301, extensions: [TLSBytes.ext(43, [3, 4])], random: TLSBytes.retryRandom))
    let hello = QUICBytes.hello("a.example")
    let rows = rows([
      (.client, try QUICBytes.initial(QUICBytes.crypto(hello))),
      (.server, try QUICBytes.initial(QUICBytes.crypto(retry), from: .server, to: [], source: [7])),
      (.client, try QUICBytes.initial(QUICBytes.crypto(hello, at: hello.count), to: [7], number: 1)),
      (
        .server,
        try QUICBytes.initial(
          QUICBytes.crypto(QUICBytes.answer, at: retry.count), from: .server, to: [], source: [7], number: 1)
      ),
    ])
    #expect(rows.of("tls_client_hellos").map { $0["frame_id"] } == [1, 3])
    #expect(rows.of("tls_server_hellos").map { $0["frame_id"] } == [2, 4])
  }

  @Test("a server that refuses says why")
  func closed() throws {
    let close = [0x1c] + [0x41, 0x78, 6] + TLSBytes.vector8(Array("no h3 here".utf8))
    let rows = rows([
      (.client, try QUICBytes.initial(QUICBytes.crypto(QUICBytes.hello("a.example")))),
      (.server, try QUICBytes.initial(close, from: .server, to: [], source: [7])),
    ])
    let connection = try connection(rows)
    #expect(connection["close_code"] == 376)
    #expect(connection["close_reason"] == "no h3 here")
    #expect(connection["closed_by_client"] == 0)
  }

  @Test("a client's Google parameters tell its program")
  func userAgent() throws {
    let ext = TLSBytes.ext(
      0x39, [1, 2, 0x43, 0xe8, 27, 1, 0, 0x80, 0, 0x31, 0x29] + TLSBytes.vector8(Array("Chrome/117.0 Linux".utf8)))
    let rows = rows([
      (.client, try QUICBytes.initial(QUICBytes.crypto(QUICBytes.hello("a.example", more: [ext]))))
    ])
    let connection = try connection(rows)
    #expect(connection["user_agent"] == "Chrome/117.0 Linux")
    #expect(connection["transport_parameters"] == "max_idle_timeout=1000,GREASE,user_agent=Chrome/117.0 Linux")
  }

  @Test("a flow may have several connections, one after the other")
  func connections() throws {
    let other: [UInt8] = [8, 7, 6, 5, 4, 3, 2, 1]
    let rows = rows([
      (.client, try QUICBytes.initial(QUICBytes.crypto(QUICBytes.hello("a.example")))),
      (.client, try QUICBytes.initial(QUICBytes.crypto(QUICBytes.hello("b.example")), to: other, keyedBy: other)),
    ])
    #expect(names(rows) == ["a.example", "b.example"])
    #expect(rows.of("quic_connections").map { $0["destination_cid"] } == ["8394c8f03e515708", "0807060504030201"])
  }

  // What is missing.

  @Test("a hello that the snaplen cuts gives its server name and a diagnostic")
  func cutHello() throws {
    let hello = TLSBytes.message(
      1,
      TLSBytes.clientHello(
        suites: [0x1301], extensions: [TLSBytes.sni("a.example"), TLSBytes.ext(21, [UInt8](repeating: 0, count: 400))]))
    let rows = rows([(.client, try QUICBytes.initial(QUICBytes.crypto(hello)))], cut: 200)
    #expect(names(rows) == ["a.example"])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["truncated-tls-handshake"])
  }

  @Test("a hello of which a piece is missing gives what stands before it and a diagnostic")
  func missingPiece() throws {
    let hello = QUICBytes.hello("a.example", padding: 2000)
    let start = QUICBytes.crypto(Array(hello[..<900]))
    let end = QUICBytes.crypto(Array(hello[1200...]), at: 1200)
    #expect(
      rows([(.client, try QUICBytes.initial(start + end))]).of("diagnostics").map { $0["code"] } == [
        "truncated-tls-handshake"
      ])
    #expect(
      rows([(.client, try QUICBytes.initial(end))]).of("diagnostics").map { $0["code"] } == ["truncated-tls-handshake"])
  }

  @Test("a server's packets without the client's cannot be read, and it is said")
  func serverOnly() throws {
    let packet = try QUICBytes.initial(QUICBytes.crypto(QUICBytes.answer), from: .server, to: [1], source: [7])
    let rows = rows([(.server, packet)])
    #expect(rows.of("tls_server_hellos") == [])
    #expect(
      rows.of("diagnostics").map { $0["detail"] } == [
        "the server's QUIC Initial packets, version 1, cannot be decrypted: the client's first one is not in the capture"
      ])
    #expect(try connection(rows)["server_cid"] == "07")
    #expect(try connection(rows)["client_version"] == nil)
  }

  @Test("a packet that is changed is not read, and it is said once")
  func forged() throws {
    var packet = try QUICBytes.initial(QUICBytes.crypto(QUICBytes.hello("a.example")))
    packet[300] ^= 1
    let rows = rows([(.client, packet), (.client, packet)])
    #expect(names(rows) == [])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["undecryptable-quic"])
  }

  @Test("drafts before 22 are known by name")
  func oldDraft() throws {
    let packet = TLSBytes.bytes("ff ff000012 50 8394c8f03e515708") + [UInt8](repeating: 4, count: 1200)
    #expect(probe(packet) == .match)
    let rows = rows([(.client, packet)])
    #expect(try connection(rows)["version"] == "draft-18")
    #expect(rows.of("diagnostics").map { $0["code"] } == ["undecryptable-quic"])
  }

  // Google's.

  private static let tags = QUICBytes.tags([
    ("PAD", [UInt8](repeating: 45, count: 300)), ("SNI", Array("g.example".utf8)), ("AEAD", Array("AESGCC20".utf8)),
    ("UAID", Array("Chrome/60".utf8)),
  ])

  @Test(
    "a CHLO of Google's QUIC gives its server name and program", arguments: ["Q035", "Q039", "Q043", "Q046", "Q050"])
  func google(_ name: String) throws {
    let tags = QUICTests.tags
    let isOld = name == "Q035"
    let size = isOld ? [UInt8(tags.count & 255), UInt8(tags.count >> 8)] : TLSBytes.u16(tags.count)
    let frames = [UInt8](repeating: 0xab, count: 12) + [0xa0, 1] + size + tags + [UInt8](repeating: 0, count: 500)
    let packet: [UInt8]
    switch name {
    case "Q050": packet = try QUICBytes.initial([8, 0] + QUICBytes.integer(tags.count) + tags, version: .q050)
    case "Q046":
      packet = [0xc3] + Array(name.utf8) + [0x50] + QUICBytes.destination + [0, 0, 0, 1] + frames
    default: packet = [0x0d] + QUICBytes.destination + Array(name.utf8) + [1] + frames
    }
    #expect(probe(packet) == .match)
    let rows = rows([(.client, packet)])
    #expect(names(rows) == ["g.example"])
    let hello = rows.of("tls_client_hellos").first
    #expect(hello?["version"] == EmittedValue(stringLiteral: name))
    #expect(hello?["cipher_suites"] == "AESG,CC20")
    #expect(hello?["ja3"] == .null)
    #expect(rows.of("address_names").map { $0["name"] } == ["g.example"])
    let connection = try connection(rows)
    #expect(connection["user_agent"] == "Chrome/60")
    #expect(connection["destination_cid"] == "8394c8f03e515708")
    #expect(rows.of("diagnostics") == [])
  }

  @Test("Google's last versions carry TLS in frames of Google's types", arguments: [QUICVersion.t050, .t051])
  func googleTLS(_ version: QUICVersion) throws {
    let hello = QUICBytes.hello("t.example")
    for type in [8, 6] as [UInt8] {
      let frame = [type] + QUICBytes.crypto(hello).dropFirst()
      let rows = rows([(.client, try QUICBytes.initial(frame, version: version))])
      #expect(names(rows) == ["t.example"])
      #expect(try connection(rows)["version"] == EmittedValue(stringLiteral: version.description))
      #expect(rows.of("diagnostics") == [])
    }
  }

  // Whatever may come.

  @Test("what only looks like QUIC is not taken for it")
  func lookAlikes() throws {
    // DNS, RTP, STUN, NTP, DTLS, WireGuard, BitTorrent; long headers of no version, of lengths that do not fit.
    for text in [
      "c0de01000001000000000000037777770765786d61706c6503636f6d0000010001",
      "800000000000000000000000deadbeef0000000000000000",
      "000100082112a442aabbccddeeff001122334455", "e30006ec0000000000000000314e31340000000000000000",
      "16fefd0000000000000000003001000024", "c00000000000010000000000000000000000000000000000",
      "c0000000ff08aaaaaaaaaaaaaaaa00004040", "c000000001ff",
      "c00000000115000102030405060708090a0b0c0d0e0f1011121314150040ff",
      "c0000000010801020304050607080000", "c00000000108010203040506070800000005aaaaaaaaaa",
      "8000000001080102030405060708000044ff", "80000000000000",
      "80000000000000aabbccdd", "0d0102030405060708513034aa01", "",
    ] {
      for side in Side.allCases {
        #expect(probe(TLSBytes.bytes(text), side) == .no, "\(text)")
      }
    }
  }

  @Test("a client's first packet tells that the flow's server is the client")
  func reversed() throws {
    let packet = try QUICBytes.initial(QUICBytes.crypto(QUICBytes.hello("a.example")))
    #expect(probe(packet, .server) == .reversed)
    #expect(probe(packet, .client) == .match)
    #expect(
      probe(try QUICBytes.initial(QUICBytes.crypto(QUICBytes.answer), from: .server, to: [], source: [7]), .server)
        == .match)
  }

  @Test("packet numbers are followed where only their last byte is sent")
  func packetNumbers() throws {
    let hello = QUICBytes.hello("a.example", padding: 200)
    let rows = rows([
      (.client, try QUICBytes.initial(QUICBytes.crypto(Array(hello[..<100])), number: 0x1fe, numberSize: 2)),
      (.client, try QUICBytes.initial(QUICBytes.crypto(Array(hello[100...]), at: 100), number: 0x201, numberSize: 1)),
    ])
    #expect(names(rows) == ["a.example"])
  }

  @Test("packets, pieces and connections that a sender makes up are bounded")
  func bounded() throws {
    let far = try QUICBytes.initial(QUICBytes.crypto([1, 2, 3], at: 16_000) + [6, 0x80, 1, 0, 0, 1, 1])
    #expect(rows([(.client, far)]).of("diagnostics").map { $0["code"] }.contains("malformed-quic"))
    // Many pieces with gaps between them.
    var gaps: [UInt8] = []
    for index in 0..<200 { gaps += QUICBytes.crypto([1], at: 2 * index + 1) }
    let result = rows([(.client, try QUICBytes.initial(gaps))])
    #expect(result.of("diagnostics").count == 2)
    // Many connections.
    let many = (0..<60).map { index -> (Side, [UInt8]) in
      (
        .client,
        QUICBytes.sealed(0xc0, to: [1, 2, 3, UInt8(index)], source: [], count: 0).dropLast() + [0, 30]
          + [UInt8](repeating: 1, count: 60)
      )
    }
    #expect(rows(many).of("quic_connections").count == QUICParser.connectionLimit)
    #expect(rows(many).of("diagnostics").count <= QUICParser.connectionLimit + 1)
    // Many beginnings of one connection.
    let valid: (Side, [UInt8]) = (.client, try QUICBytes.initial(QUICBytes.crypto(QUICBytes.hello("a.example"))))
    let tries = (0..<200).map { index -> (Side, [UInt8]) in
      (.client, QUICBytes.sealed(0xc0, to: [1, 2, 3, 4, UInt8(index)], source: [UInt8(index)], count: 40))
    }
    #expect(rows([valid] + tries).of("quic_connections").count <= QUICParser.connectionLimit)
    #expect(names(rows([valid] + tries)) == ["a.example"])
  }

  @Test("datagrams cut or changed anywhere never trap")
  func hostile() throws {
    let hello = QUICBytes.hello("a.example", padding: 50)
    let datagrams: [(Side, [UInt8])] = [
      (
        .client,
        try QUICBytes.initial(
          QUICBytes.crypto(Array(hello[..<60])) + QUICBytes.crypto(Array(hello[60...]), at: 60), size: 300)
      ),
      (.server, TLSBytes.bytes("ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba")),
      (.server, TLSBytes.bytes("80 00000000 00 08 8394c8f03e515708 00000001 6b3343cf")),
      (.server, try QUICBytes.initial(QUICBytes.crypto(QUICBytes.answer), from: .server, to: [], source: [7], size: 0)),
      (
        .client,
        [0xc3] + Array("Q046".utf8) + [0x50] + QUICBytes.destination + [0, 0, 0, 1] + [UInt8](repeating: 1, count: 12)
          + [0xa0, 1, 1, 0] + QUICTests.tags
      ),
      (
        .client,
        [0x0d] + QUICBytes.destination + Array("Q043".utf8) + [1] + [UInt8](repeating: 1, count: 12) + [
          0x40, 1, 1, 1, 1, 1, 0, 0xa4, 1, 0, 0, 1, 0,
        ] + QUICTests.tags
      ),
    ]
    for (side, bytes) in datagrams {
      for length in stride(from: 0, to: bytes.count, by: 5) {
        #expect(rows([(side, Array(bytes[..<length]))]).count < 20)
        #expect(rows([datagrams[0], (side, bytes)], cut: length).count < 20)
      }
    }
    NetworkDialogue.survive(QUICParser.self, datagrams, rounds: 120)
    // What is inside a packet may be anything too.
    var state: UInt32 = 7
    for _ in 0..<150 {
      var frames =
        QUICBytes.crypto(Array(hello[..<90])) + [2, 5, 0, 1, 1, 2, 2] + QUICBytes.crypto(Array(hello[90...]), at: 90)
        + [0x1c, 1, 2, 3, 4]
      for _ in 0..<3 {
        state = state &* 1_664_525 &+ 1_013_904_223
        frames[Int(state >> 8) % frames.count] = UInt8(truncatingIfNeeded: state >> 24)
      }
      for version in [QUICVersion.v1, .q050] {
        #expect(rows([(.client, try QUICBytes.initial(frames, version: version, size: 0))]).count < 40)
      }
    }
  }
}

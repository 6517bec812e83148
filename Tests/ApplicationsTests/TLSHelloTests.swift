import Bytes
import Testing

@testable import Applications

@Suite("TLS hellos")
struct TLSHelloTests {
  private func parse(_ body: [UInt8]) throws(Fault) -> TLSClientHello { try TLSClientHello(body.bytes) }

  @Test("the ClientHello of RFC 8448 gives every field")
  func rfc8448Client() throws {
    let hello = try parse(Array(TLSBytes.rfc8448ClientHello.dropFirst(9)))
    #expect(hello.legacyVersion.rawValue == 0x0303)
    #expect(hello.version == .tls13)
    #expect(hello.serverName == "server")
    #expect(hello.cipherSuites == [0x13, 0x01, 0x13, 0x03, 0x13, 0x02])
    #expect(hello.extensions == [0, 0xff01, 10, 35, 51, 43, 13, 45, 28])
    #expect(hello.supportedGroups == [29, 23, 24, 25, 256, 257, 258, 259, 260])
    #expect(hello.alpn == nil)
    #expect(hello.fault == nil)
    #expect(
      TLSFingerprint.ja3Text(hello)
        == "771,4865-4867-4866,0-65281-10-35-51-43-13-45-28,29-23-24-25-256-257-258-259-260,")
    #expect(TLSFingerprint.ja3(hello) == "da4dea34fe6d4ce5f0725df3f2682fa0")
    #expect(TLSFingerprint.ja4(hello, transport: .tcp) == "t13d030900_55b375c5d22e_59cd3dafc54d")
  }

  @Test("the ServerHello of RFC 8448 gives version, suite and JA3S")
  func rfc8448Server() throws {
    let hello = try TLSServerHello(Array(TLSBytes.rfc8448ServerHello.dropFirst(9)).bytes)
    #expect(hello.version == .tls13)
    #expect(hello.cipherSuite == 0x1301)
    #expect(hello.extensions == [51, 43])
    #expect(!hello.isRetryRequest)
    #expect(TLSFingerprint.ja3s(hello) == "eb1d94daa7e0344597e756a1fb6e7054")
  }

  @Test("JA3 gives the digests that its documentation shows")
  func ja3Examples() throws {
    let full = try parse(
      TLSBytes.clientHello(
        version: 0x0301, suites: [47, 53, 5, 10, 49161, 49162, 49171, 49172, 50, 56, 19, 4],
        extensions: [TLSBytes.sni("example.org"), TLSBytes.groups([23, 24, 25]), TLSBytes.formats([0])]))
    #expect(TLSFingerprint.ja3(full) == "ada70206e40642a3e4461f35503241d5")
    let bare = try parse(
      TLSBytes.clientHello(version: 0x0301, suites: [4, 5, 10, 9, 100, 98, 3, 6, 19, 18, 99], extensions: nil))
    #expect(TLSFingerprint.ja3Text(bare) == "769,4-5-10-9-100-98-3-6-19-18-99,,,")
    #expect(TLSFingerprint.ja3(bare) == "de350869b8c85de67a350c8d186f11e6")
  }

  /// The hello of the JA4 documentation's example, with GREASE where Chrome has it.
  private func chrome(algorithms: Bool = true, alpn: [UInt8] = TLSBytes.alpn(["h2", "http/1.1"])) -> [UInt8] {
    var extensions = [TLSBytes.ext(0x4a4a), TLSBytes.ext(0x1b), TLSBytes.sni("example.org"), TLSBytes.ext(0x33), alpn]
    extensions += [0x4469, 0x17, 0x2d].map { TLSBytes.ext($0) }
    extensions.append(
      algorithms
        ? TLSBytes.algorithms([0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601])
        : TLSBytes.ext(13, [0, 0]))
    extensions += [5, 0x23, 0x12].map { TLSBytes.ext($0) }
    extensions += [TLSBytes.versions([0x6a6a, 0x0304, 0x0303]), TLSBytes.ext(0xff01, [0]), TLSBytes.formats([0])]
    extensions += [TLSBytes.groups([0x2a2a, 29, 23, 24]), TLSBytes.ext(0x15, [0, 0, 0])]
    return TLSBytes.clientHello(
      suites: [
        0x3a3a, 0x1301, 0x1302, 0x1303, 0xc02b, 0xc02f, 0xc02c, 0xc030, 0xcca9, 0xcca8, 0xc013, 0xc014, 0x9c, 0x9d,
        0x2f,
        0x35,
      ], extensions: extensions, session: [UInt8](repeating: 1, count: 32))
  }

  @Test("JA4 gives the fingerprint that its documentation shows")
  func ja4Example() throws {
    let hello = try parse(chrome())
    #expect(TLSFingerprint.ja4(hello, transport: .tcp) == "t13d1516h2_8daaf6152771_e5627efa2ab1")
    #expect(TLSFingerprint.ja4(hello, transport: .quic) == "q13d1516h2_8daaf6152771_e5627efa2ab1")
    let bare = try parse(chrome(algorithms: false))
    #expect(TLSFingerprint.ja4(bare, transport: .tcp)?.suffix(12) == "6d807ffa2a79")
  }

  @Test(
    "JA4 shows a protocol's ends, in hexadecimal where they are no letters",
    arguments: [
      ([0xab], "ab"), ([0xab, 0xcd], "ad"), ([0x30, 0xab], "3b"), ([0x30, 0x31, 0xab, 0xcd], "3d"),
      ([0x30, 0xab, 0xcd, 0x31], "01"), ([0x61], "aa"), (Array("http/1.1".utf8), "h1"), ([], "00"),
    ] as [([UInt8], String)])
  func ja4Protocol(_ name: [UInt8], _ shown: String) throws {
    let hello = try parse(chrome(alpn: TLSBytes.ext(16, TLSBytes.vector16(TLSBytes.vector8(name)))))
    #expect(TLSFingerprint.ja4(hello, transport: .tcp).map { String($0.prefix(10).suffix(2)) } == shown)
  }

  @Test("JA4 of a hello with nothing in it shows zeros")
  func ja4Empty() throws {
    let hello = try parse(TLSBytes.clientHello(version: 0x0300, suites: [0x0a0a], extensions: nil))
    #expect(TLSFingerprint.ja4(hello, transport: .tcp) == "ts3i000000_000000000000_000000000000")
  }

  @Test("cipher suites have IANA's names, others their number")
  func suiteNames() {
    let names: [(UInt16, String)] = [
      (0x0000, "TLS_NULL_WITH_NULL_NULL"), (0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5"),
      (0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"), (0x001b, "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA"),
      (0x002b, "TLS_KRB5_EXPORT_WITH_RC4_40_MD5"), (0x002f, "TLS_RSA_WITH_AES_128_CBC_SHA"),
      (0x0046, "TLS_DH_anon_WITH_CAMELLIA_128_CBC_SHA"), (0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"),
      (0x00c6, "TLS_SM4_GCM_SM3"), (0x00ff, "TLS_EMPTY_RENEGOTIATION_INFO_SCSV"), (0x1301, "TLS_AES_128_GCM_SHA256"),
      (0x1305, "TLS_AES_128_CCM_8_SHA256"), (0x5600, "TLS_FALLBACK_SCSV"),
      (0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"), (0xc05b, "TLS_DH_anon_WITH_ARIA_256_GCM_SHA384"),
      (0xc09b, "TLS_ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384"), (0xc0ab, "TLS_PSK_DHE_WITH_AES_256_CCM_8"),
      (0xc0af, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8"), (0xc106, "TLS_GOSTR341112_256_WITH_MAGMA_MGM_S"),
      (0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"), (0xd005, "TLS_ECDHE_PSK_WITH_AES_128_CCM_SHA256"),
      (0x0a0a, "GREASE"), (0xfafa, "GREASE"), (0x0a1a, "0x0A1A"), (0xc0ff, "0xC0FF"), (0xd004, "0xD004"),
    ]
    for (suite, name) in names { #expect(TLSCipherSuite.name(suite) == name) }
    #expect(TLSCipherSuite.registered.count == 352)
    #expect(TLSCipherSuite.nameSSLv2(0x010080) == "SSL_CK_RC4_128_WITH_MD5")
    #expect(TLSCipherSuite.nameSSLv2(0x000004) == "TLS_RSA_WITH_RC4_128_MD5")
    #expect(TLSCipherSuite.nameSSLv2(0x0a0001) == "0x0A0001")
  }

  @Test(
    "versions have names, drafts their number",
    arguments: [
      (0x0304, "TLSv1.3"), (0x0303, "TLSv1.2"), (0x0302, "TLSv1.1"), (0x0301, "TLSv1.0"), (0x0300, "SSLv3"),
      (0x0002, "SSLv2"), (0xfeff, "DTLSv1.0"), (0xfefd, "DTLSv1.2"), (0xfefc, "DTLSv1.3"), (0x7f1c, "0x7f1c"),
      (0x0100, "0x0100"),
    ] as [(UInt16, String)])
  func versionNames(_ value: UInt16, _ name: String) {
    #expect(TLSVersion(rawValue: value).description == name)
  }

  @Test(
    "the highest version offered counts, GREASE left out",
    arguments: [
      ([0x0a0a, 0x0303, 0x0304], "TLSv1.3"), ([0x7f1c, 0x0303], "0x7f1c"), ([0x0304, 0x7f1c], "TLSv1.3"),
      ([0xfeff, 0xfefd, 0xfefc], "DTLSv1.3"), ([0x0a0a], "TLSv1.2"), ([0xaabb, 0x0301], "TLSv1.0"),
    ] as [([Int], String)])
  func highestVersion(_ offered: [Int], _ name: String) throws {
    let hello = try parse(TLSBytes.clientHello(suites: [0x1301], extensions: [TLSBytes.versions(offered)]))
    #expect(hello.version.description == name)
  }

  @Test("the first host name counts, other kinds of name do not")
  func serverNames() throws {
    let list = [1, 0, 1, 120] + [0] + TLSBytes.vector16(Array("a.example".utf8)) + [0] + TLSBytes.vector16([98])
    let hello = try parse(
      TLSBytes.clientHello(suites: [0x1301], extensions: [TLSBytes.ext(0, TLSBytes.vector16(list))]))
    #expect(hello.serverName == "a.example")
  }

  @Test("an encrypted ClientHello is seen")
  func encryptedHello() throws {
    #expect(try parse(TLSBytes.clientHello(suites: [1], extensions: [TLSBytes.ext(0xfe0d, [0])])).hasECH)
    #expect(!(try parse(TLSBytes.clientHello(suites: [1]))).hasECH)
  }

  @Test("a fault in the extensions keeps what was read before it and gives no fingerprint")
  func faultInExtensions() throws {
    var body = TLSBytes.clientHello(
      suites: [0x1301], extensions: [TLSBytes.sni("a.example"), TLSBytes.ext(35, [1, 2])])
    body[body.count - 3] = 9
    let hello = try parse(body)
    #expect(hello.serverName == "a.example")
    #expect(hello.fault?.reason == .malformed)
    #expect(TLSFingerprint.ja3(hello) == nil)
    #expect(TLSFingerprint.ja4(hello, transport: .tcp) == nil)
  }

  @Test("a hello whose suites are missing or odd is malformed")
  func malformedSuites() {
    #expect(throws: Fault.self) { try parse(TLSBytes.clientHello(suites: [])) }
    var odd = TLSBytes.clientHello(suites: [0x1301, 0x1302])
    odd[36] = 3
    #expect(throws: Fault.self) { try parse(odd) }
  }

  @Test("a ServerHello of an early draft has neither session ID nor compression method")
  func draftServerHello() throws {
    let body = TLSBytes.u16(0x7f12) + [UInt8](repeating: 1, count: 32) + [0x13, 0x02] + TLSBytes.vector16([])
    let hello = try TLSServerHello(body.bytes)
    #expect(hello.version.description == "0x7f12")
    #expect(hello.cipherSuite == 0x1302)
  }

  @Test("a hello cut anywhere gives a fault and never more than it holds")
  func cutHello() {
    let body = chrome()
    for length in 0..<body.count {
      guard let hello = try? TLSClientHello(body.bytes.part(from: 0, to: length)) else { continue }
      #expect(hello.serverName == nil || hello.serverName == "example.org")
      #expect(hello.extensions.count <= 17)
      if hello.isFingerprintable { #expect(hello.extensions.isEmpty) }
    }
  }
}

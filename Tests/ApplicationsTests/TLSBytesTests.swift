import Bytes
import Testing

@testable import Applications

/// Builds TLS and DTLS messages for tests.
enum TLSBytes {
  static func u16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }
  static func u24(_ value: Int) -> [UInt8] { [UInt8(value >> 16 & 255)] + u16(value & 0xffff) }
  static func vector8(_ bytes: [UInt8]) -> [UInt8] { [UInt8(bytes.count)] + bytes }
  static func vector16(_ bytes: [UInt8]) -> [UInt8] { u16(bytes.count) + bytes }
  static func vector24(_ bytes: [UInt8]) -> [UInt8] { u24(bytes.count) + bytes }
  static func list(_ values: [Int]) -> [UInt8] { values.flatMap { u16($0) } }

  /// An extension.
  static func ext(_ type: Int, _ data: [UInt8] = []) -> [UInt8] { u16(type) + vector16(data) }
  static func sni(_ name: String) -> [UInt8] { ext(0, vector16([0] + vector16(Array(name.utf8)))) }
  static func alpn(_ names: [String]) -> [UInt8] { ext(16, vector16(names.flatMap { vector8(Array($0.utf8)) })) }
  static func versions(_ values: [Int]) -> [UInt8] { ext(43, vector8(list(values))) }
  static func groups(_ values: [Int]) -> [UInt8] { ext(10, vector16(list(values))) }
  static func formats(_ values: [UInt8]) -> [UInt8] { ext(11, vector8(values)) }
  static func algorithms(_ values: [Int]) -> [UInt8] { ext(13, vector16(list(values))) }

  /// The body of a ClientHello; `extensions` nil: the field is absent.
  static func clientHello(
    version: Int = 0x0303, suites: [Int], extensions: [[UInt8]]? = [], session: [UInt8] = [], cookie: [UInt8]? = nil
  ) -> [UInt8] {
    var bytes = u16(version) + [UInt8](repeating: 7, count: 32) + vector8(session)
    if let cookie { bytes += vector8(cookie) }
    bytes += vector16(list(suites)) + [1, 0]
    if let extensions { bytes += vector16(extensions.flatMap { $0 }) }
    return bytes
  }

  /// The body of a ServerHello.
  static func serverHello(
    version: Int = 0x0303, suite: Int, extensions: [[UInt8]]? = [], random: [UInt8] = [UInt8](repeating: 9, count: 32)
  ) -> [UInt8] {
    var bytes = u16(version) + random + [0] + u16(suite) + [0]
    if let extensions { bytes += vector16(extensions.flatMap { $0 }) }
    return bytes
  }

  /// The body of a Certificate message.
  static func certificates(_ list: [[UInt8]]) -> [UInt8] { vector24(list.flatMap { vector24($0) }) }

  /// A handshake message.
  static func message(_ type: UInt8, _ body: [UInt8]) -> [UInt8] { [type] + vector24(body) }

  /// A record.
  static func record(_ bytes: [UInt8], type: UInt8 = 22, version: Int = 0x0303) -> [UInt8] {
    [type] + u16(version) + vector16(bytes)
  }

  /// A ClientHello for `name` in one record.
  static func hello(_ name: String) -> [UInt8] {
    record(message(1, clientHello(suites: [0x1301, 0xc02f], extensions: [sni(name), versions([0x0304, 0x0303])])))
  }

  /// A DTLS record.
  static func datagram(_ bytes: [UInt8], type: UInt8 = 22, epoch: Int = 0, version: Int = 0xfefd) -> [UInt8] {
    [type] + u16(version) + u16(epoch) + [0, 0, 0, 0, 0, 1] + vector16(bytes)
  }

  /// A fragment of a DTLS handshake message with its header.
  static func fragment(_ type: UInt8, _ body: [UInt8], sequence: Int = 0, from start: Int = 0, to end: Int? = nil)
    -> [UInt8]
  {
    let part = Array(body[start..<(end ?? body.count)])
    return [type] + u24(body.count) + u16(sequence) + u24(start) + vector24(part)
  }

  /// The random that makes a ServerHello a HelloRetryRequest.
  static let retryRandom = bytes("cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c")

  /// Bytes from hexadecimal digits.
  static func bytes(_ text: String) -> [UInt8] {
    let digits = text.compactMap { $0.hexDigitValue }
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
  }

  /// RFC 8448, section 3: the client's first record.
  static let rfc8448ClientHello = bytes(
    """
    16030100c4010000c00303cb34ecb1e78163ba1c38c6dacb196a6dffa21a8d9912ec18a2ef6283024dece700000613011303
    1302010000910000000b0009000006736572766572ff01000100000a00140012001d00170018001901000101010201030104
    00230000003300260024001d002099381de560e4bd43d23d8e435a7dbafeb3c06e51c13cae4d5413691e529aaf2c002b0003
    020304000d0020001e040305030603020308040805080604010501060102010402050206020202002d00020101001c000240
    01
    """)

  /// RFC 8448, section 3: the server's first record.
  static let rfc8448ServerHello = bytes(
    """
    160303005a020000560303a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e2692800130100002e00
    330024001d0020c9828876112095fe66762bdbf7c672e156d6cc253b833df1dd69b1b04e751f0f002b00020304
    """)

  /// A certificate made for these tests: CN=www.example.org, O="Example, Inc.", C=XX, two DNS names, valid from
  /// 2024-01-02 03:04:05 to the end of 9999.
  static let certificate = bytes(
    """
    308201c130820167a003020102020101300a06082a8648ce3d040302303f310b300906035504061302585831163014060355040a0c0d457861
    6d706c652c20496e632e3118301606035504030c0f7777772e6578616d706c652e6f72673020170d3234303130323033303430355a180f3939
    3939313233313233353935395a303f310b300906035504061302585831163014060355040a0c0d4578616d706c652c20496e632e3118301606
    035504030c0f7777772e6578616d706c652e6f72673059301306072a8648ce3d020106082a8648ce3d0301070342000417799876a845f3ad84
    ebdf10ff4323953c28c1eff986e946d500b774ab16406b7b1528f5d3b0d342d8e5b7ddb8ca7ed94dcd4f792c412c410b4992a3814b3605a352
    3050302f0603551d1104283026820f7777772e6578616d706c652e6f7267820d2a2e6578616d706c652e6e65748704c0000201301d0603551d
    0e04160414021bb17f100af4ff39b39912c6df2929f4d22871300a06082a8648ce3d040302034800304502205b2fdf644483a5096de7a02f4e
    d6b6b8157e13b483937da8b44d8d0b0414cb1d022100ccecd9a1dd451783282fc836c6b0181134ef56ced8356bf8a6fcf6d6646e74cc
    """)

  /// A certificate of version 1 as they once were: RSA with 512 bits, MD5, CN=Café in Latin-1, valid from 1999-12-31
  /// 23:59:59 to 2000-02-29 12:00:00.
  static let oldCertificate = bytes(
    """
    308201073081b2020101300d06092a864886f70d0101040500300f310d300b06035504031404436166e9301e170d3939313233313233353935
    395a170d3030303232393132303030305a300f310d300b06035504031404436166e9305c300d06092a864886f70d0101010500034b00304802
    4100bc297891b5e3913cbd338a6a184aa9d3f1a1e2369335fc8d099975227120ffeaa325798caa15ce0727678586c350f6e8d17c1473071a99
    617623d0a387c174730203010001300d06092a864886f70d010104050003410067212be022ebc54c2735465c713c4361817cba4f59b70bd065
    283f096c8c3034ade14cd05b48f02c1665d7113242250a063bda7d729cbdf9370e98f157b93a61
    """)
}

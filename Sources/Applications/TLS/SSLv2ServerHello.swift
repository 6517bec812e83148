import Bytes
import Crypto
import Records

// struct {                                                    The SSL Protocol (1995), section 5.6
//   char MSG_SERVER_HELLO;                                    4
//   char SESSION_ID_HIT;
//   char CERTIFICATE_TYPE;                                    1 is X.509; 0: none, the session goes on
//   uint16 SERVER_VERSION;
//   uint16 CERTIFICATE_LENGTH;
//   uint16 CIPHER_SPECS_LENGTH;
//   uint16 CONNECTION_ID_LENGTH;
//   char CERTIFICATE_DATA[], CIPHER_SPECS_DATA[], CONNECTION_ID_DATA[];
// }

/// A ServerHello of SSL 2.0.
struct SSLv2ServerHello {
  /// Whether it goes on with an earlier session.
  let isResumed: Bool
  /// The version that it speaks.
  let version: TLSVersion
  /// The cipher kinds that it has, 24 bits each; the client chooses.
  let cipherKinds: [UInt32]
  /// The certificate's DER bytes; empty: none.
  let certificate: [UInt8]

  /// The ServerHello in `body`, which begins with the message's type.
  init(_ body: RawSpan) throws(Fault) {
    var reader = ByteReader(body, layer: "SSLv2 ServerHello")
    guard try reader.u8() == 4 else { throw reader.fault(.malformed, "not a ServerHello") }
    isResumed = try reader.u8() != 0
    try reader.skip(1)
    version = TLSVersion(rawValue: try reader.u16())
    let size = Int(try reader.u16())
    let length = Int(try reader.u16())
    let identifier = Int(try reader.u16())
    guard length % 3 == 0 else { throw reader.fault(.malformed, "cipher specs of \(length) bytes") }
    try reader.require(size + length + identifier)
    certificate = try reader.bytes(size).copied()
    var kinds: [UInt32] = []
    kinds.reserveCapacity(length / 3)
    for _ in 0..<(length / 3) { kinds.append(try reader.u24()) }
    cipherKinds = kinds
  }

  /// Whether the first five bytes of a record are those of such a hello: a two-byte header, the type, and two fields with
  /// two values each.
  static func begins(_ header: UInt64) -> Bool {
    header >> 39 & 1 == 1 && header >> 16 & 0xff == 4 && header >> 8 & 0xff <= 1 && header & 0xff <= 1
      && header >> 24 & 0x7fff >= 11
  }
}

/// A row of `tls_server_hellos` for it.
struct SSLv2ServerHelloRecord: Record {
  static let table = TLSServerHelloRecord.table

  let flowID: Int64
  let frameID: Int64
  let hello: SSLv2ServerHello

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.text(hello.version.description)
    row.text(hello.cipherKinds.map { TLSCipherSuite.nameSSLv2($0) }.joined(separator: ","))
    row.null()
    row.null()
    row.boolean(false)
    row.boolean(hello.isResumed)
  }
}

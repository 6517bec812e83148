import Bytes

// struct {                                                    RFC 5246, appendix E.2
//   uint8 msg_type;                                           1
//   Version version;
//   uint16 cipher_spec_length;
//   uint16 session_id_length;
//   uint16 challenge_length;
//   V2CipherSpec cipher_specs[V2ClientHello.cipher_spec_length];      three bytes each
//   opaque session_id[V2ClientHello.session_id_length];
//   opaque challenge[V2ClientHello.challenge_length];
// } V2ClientHello;

/// A ClientHello in the form of SSL 2.0, with which clients of the time also offered SSL 3.0 and TLS.
struct SSLv2ClientHello {
  /// Bytes of the longest one: the record's length has 15 bits.
  static let lengthLimit = 0x7fff

  /// The highest version offered.
  let version: TLSVersion
  /// The cipher kinds, 24 bits each.
  let cipherKinds: [UInt32]

  /// The ClientHello in `body`, which begins with `msg_type`.
  init(_ body: RawSpan) throws(Fault) {
    var reader = ByteReader(body, layer: "SSLv2 ClientHello")
    guard try reader.u8() == 1 else { throw reader.fault(.malformed, "not a ClientHello") }
    version = TLSVersion(rawValue: try reader.u16())
    let length = Int(try reader.u16())
    let session = Int(try reader.u16())
    let challenge = Int(try reader.u16())
    guard length > 0, length % 3 == 0 else { throw reader.fault(.malformed, "cipher specs of \(length) bytes") }
    try reader.require(length + session + challenge)
    var kinds: [UInt32] = []
    kinds.reserveCapacity(length / 3)
    for _ in 0..<(length / 3) { kinds.append(try reader.u24()) }
    cipherKinds = kinds
  }

  /// Whether the first five bytes of a record are those of such a hello: a two-byte header, the type, the version.
  static func begins(_ header: UInt64) -> Bool {
    let version = header & 0xffff
    return header >> 39 & 1 == 1 && header >> 16 & 0xff == 1 && (version == 2 || (0x0300...0x0303).contains(version))
      && header >> 24 & 0x7fff >= 9
  }

  /// Bytes of the record, its two-byte header not counted, by the first five bytes.
  static func length(_ header: UInt64) -> Int {
    Int(header >> 24 & 0x7fff)
  }
}

public import Bytes

// struct {                                                    RFC 8446, section 4.1.3
//   ProtocolVersion legacy_version;
//   Random random;                                            32 bytes
//   opaque legacy_session_id_echo<0..32>;                     absent in drafts 1 to 21 of TLS 1.3 (0x7f01...0x7f15)
//   CipherSuite cipher_suite;
//   uint8 legacy_compression_method;                          absent in them too
//   Extension extensions<6..2^16-1>;                          absent in SSL 3.0 and some TLS 1.0
// } ServerHello;

/// A ServerHello of TLS, DTLS or QUIC: what was chosen.
public struct TLSServerHello: Sendable {
  /// The `legacy_version` field.
  public private(set) var legacyVersion: TLSVersion
  /// The chosen cipher suite.
  public private(set) var cipherSuite: UInt16
  /// `legacy_session_id_echo`.
  public private(set) var session: [UInt8] = []
  /// The extensions' types in the order sent.
  public private(set) var extensions: [UInt16] = []
  /// The version in `supported_versions` (RFC 8446, section 4.2.1); nil: none.
  public private(set) var selectedVersion: TLSVersion?
  /// The chosen protocol (RFC 7301), by the rule of `WireText`; nil: none.
  public private(set) var alpn: String?
  /// Whether it is a HelloRetryRequest: it asks for another ClientHello (RFC 8446, section 4.1.4).
  public private(set) var isRetryRequest: Bool
  /// The first thing wrong behind the compression method; nil: nothing is. What was read before it is true.
  public private(set) var fault: Fault?
  /// Whether all that goes into JA3S was read.
  public private(set) var isFingerprintable = true

  /// The ServerHello in `body`, which begins behind the handshake header.
  ///
  /// - Throws: a fault where the fields in front of the extensions cannot be read. A fault in the extensions is kept in
  ///   `fault`.
  public init(_ body: RawSpan) throws(Fault) {
    var reader = ByteReader(body, layer: "TLS ServerHello")
    legacyVersion = TLSVersion(rawValue: try reader.u16())
    let random = try reader.bytes(32)
    isRetryRequest = TLSServerHello.isRetryRandom(random)
    let isDraft = (0x7f01...0x7f15).contains(legacyVersion.rawValue)
    if !isDraft {
      let sessionLength = Int(try reader.u8())
      guard sessionLength <= 32 else { throw reader.fault(.malformed, "a session ID of \(sessionLength) bytes") }
      session = try reader.bytes(sessionLength).copied()
    }
    cipherSuite = try reader.u16()
    if !isDraft { try reader.skip(1) }
    guard reader.remaining > 0 else { return }
    do {
      try readExtensions(&reader)
    } catch {
      fault = error
      isFingerprintable = false
    }
  }

  /// Whether it is TLS 1.3's, or a draft's of it.
  var isTLS13: Bool { selectedVersion != nil || legacyVersion.rawValue >> 8 == 0x7f }

  /// The chosen version: that of `supported_versions` where it was sent, else `legacy_version`.
  public var version: TLSVersion { selectedVersion ?? legacyVersion }

  private mutating func readExtensions(_ reader: inout ByteReader) throws(Fault) {
    let behind = try TLSExtension.forEach(&reader) { type, data, _ in
      extensions.append(type)
      do throws(Fault) {
        try readExtension(type, data)
      } catch {
        if fault == nil { fault = error }
      }
    }
    if behind > 0, fault == nil { fault = reader.fault(.malformed, "\(behind) bytes behind the extensions") }
  }

  private mutating func readExtension(_ type: UInt16, _ data: RawSpan) throws(Fault) {
    switch type {
    case 16:
      let list = try TLSExtension.protocols(data)
      alpn = nil
      TLSExtension.forEachProtocol(data.part(from: list.lowerBound, to: list.upperBound)) { name in
        if alpn == nil { alpn = WireText.text(name) }
      }
    case 43:
      var reader = ByteReader(data, layer: "TLS supported_versions")
      selectedVersion = TLSVersion(rawValue: try reader.u16())
    default: break
    }
  }

  /// SHA-256 of "HelloRetryRequest", which stands in place of the random.
  private static func isRetryRandom(_ random: RawSpan) -> Bool {
    random.u64(at: 0) == 0xcf21_ad74_e59a_6111 && random.u64(at: 8) == 0xbe1d_8c02_1e65_b891
      && random.u64(at: 16) == 0xc2a2_1116_7abb_8c5e && random.u64(at: 24) == 0x079e_09e2_c8a8_339c
  }
}

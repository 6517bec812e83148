public import Bytes

// struct {                                                    RFC 8446, section 4.1.2
//   ProtocolVersion legacy_version;
//   Random random;                                            32 bytes
//   opaque legacy_session_id<0..32>;
//   opaque cookie<0..2^8-1>;                                  DTLS only (RFC 9147, section 5.3)
//   CipherSuite cipher_suites<2..2^16-2>;
//   opaque legacy_compression_methods<1..2^8-1>;
//   Extension extensions<8..2^16-1>;                          absent in SSL 3.0 and some TLS 1.0
// } ClientHello;

/// A ClientHello of TLS, DTLS or QUIC: what it offers.
public struct TLSClientHello: Sendable {
  /// The `legacy_version` field.
  public let legacyVersion: TLSVersion
  /// The extensions' types in the order sent, GREASE included.
  public private(set) var extensions: [UInt16] = []
  /// Whether there is an `encrypted_client_hello` extension (RFC 9849), a real one or GREASE.
  public private(set) var hasECH = false
  /// Whether there is an `encrypted_server_name` extension: ECH as it was first drafted (draft-ietf-tls-esni-06, section 7).
  public private(set) var hasESNI = false
  /// The first thing wrong behind `legacy_compression_methods`; nil: nothing is. What was read before it is true.
  public private(set) var fault: Fault?
  /// Whether all that goes into JA3 and JA4 was read.
  public private(set) var isFingerprintable = true

  /// The message, where the ranges below lie.
  private let bytes: [UInt8]
  private let sessionRange: Range<Int>
  private let suiteRange: Range<Int>
  private var nameRange: Range<Int>?
  private var alpnRange: Range<Int>?
  private var versionRange = 0..<0
  private var groupRange = 0..<0
  private var formatRange = 0..<0
  private var algorithmRange = 0..<0
  private var transportRange: Range<Int>?
  private var hasTicket = false

  /// The ClientHello in `body`, which begins behind the handshake header.
  ///
  /// - Parameter isDatagram: whether it is DTLS's, which has a cookie.
  /// - Throws: a fault where the fields in front of the extensions cannot be read. A fault in the extensions is kept in
  ///   `fault`, so that a hello of which only the first part was captured gives what it has.
  public init(_ body: RawSpan, isDatagram: Bool = false) throws(Fault) {
    var reader = ByteReader(body, layer: "TLS ClientHello")
    legacyVersion = TLSVersion(rawValue: try reader.u16())
    try reader.skip(32)
    let sessionLength = Int(try reader.u8())
    guard sessionLength <= 32 else { throw reader.fault(.malformed, "a session ID of \(sessionLength) bytes") }
    sessionRange = reader.offset..<(reader.offset + sessionLength)
    try reader.skip(sessionLength)
    if isDatagram {
      let cookieLength = Int(try reader.u8())
      try reader.skip(cookieLength)
    }
    let suitesLength = Int(try reader.u16())
    guard suitesLength >= 2, suitesLength % 2 == 0 else {
      throw reader.fault(.malformed, "cipher suites of \(suitesLength) bytes")
    }
    suiteRange = reader.offset..<(reader.offset + suitesLength)
    try reader.skip(suitesLength)
    let methodsLength = Int(try reader.u8())
    try reader.skip(methodsLength)
    bytes = body.copied()
    guard reader.remaining > 0 else { return }
    do {
      try readExtensions(&reader)
    } catch {
      note(error, spoilsFingerprint: true)
    }
  }

  private mutating func note(_ fault: Fault, spoilsFingerprint: Bool) {
    if self.fault == nil { self.fault = fault }
    if spoilsFingerprint { isFingerprintable = false }
  }

  private mutating func readExtensions(_ reader: inout ByteReader) throws(Fault) {
    extensions.reserveCapacity(24)
    let behind = try TLSExtension.forEach(&reader) { type, data, offset in
      extensions.append(type)
      do throws(Fault) {
        try readExtension(type, data, at: offset)
      } catch {
        note(error, spoilsFingerprint: [10, 11, 13, 16, 43].contains(type))
      }
    }
    if behind > 0 { note(reader.fault(.malformed, "\(behind) bytes behind the extensions"), spoilsFingerprint: false) }
  }

  /// `data` begins at `offset` of the message.
  private mutating func readExtension(_ type: UInt16, _ data: RawSpan, at offset: Int) throws(Fault) {
    func place(_ range: Range<Int>) -> Range<Int> { (offset + range.lowerBound)..<(offset + range.upperBound) }
    switch type {
    case 0 where nameRange == nil: nameRange = try TLSClientHello.serverName(data).map(place)
    case 10: groupRange = place(try TLSExtension.list16(data, layer: "TLS supported_groups"))
    case 11:
      var reader = ByteReader(data, layer: "TLS ec_point_formats")
      let length = Int(try reader.u8())
      try reader.require(length)
      formatRange = place(1..<(1 + length))
    case 13: algorithmRange = place(try TLSExtension.list16(data, layer: "TLS signature_algorithms"))
    case 16 where alpnRange == nil: alpnRange = place(try TLSExtension.protocols(data))
    case 35: hasTicket = data.byteCount > 0
    case 43: versionRange = place(try TLSClientHello.versions(data))
    case 0x39, 0xffa5: transportRange = place(0..<data.byteCount)
    case 0xfe0d: hasECH = true
    case 0xffce: hasESNI = true
    default: break
    }
  }

  // struct { NameType name_type; opaque HostName<1..2^16-1>; } ServerName;      RFC 6066, section 3
  // struct { ServerName server_name_list<1..2^16-1> } ServerNameList;
  private static func serverName(_ data: RawSpan) throws(Fault) -> Range<Int>? {
    var reader = ByteReader(data, layer: "TLS server_name")
    let listLength = Int(try reader.u16())
    try reader.require(listLength)
    while reader.remaining > 0 {
      let type = try reader.u8()
      let length = Int(try reader.u16())
      try reader.skip(length)
      guard type == 0 else { continue }
      guard length > 0 else { throw reader.fault(.malformed, "an empty host name") }
      return (reader.offset - length)..<reader.offset
    }
    return nil
  }

  private static func versions(_ data: RawSpan) throws(Fault) -> Range<Int> {
    var reader = ByteReader(data, layer: "TLS supported_versions")
    let length = Int(try reader.u8())
    guard length % 2 == 0 else { throw reader.fault(.malformed, "a list of \(length) bytes") }
    try reader.require(length)
    return 1..<(1 + length)
  }
}

extension TLSClientHello {
  /// How a client asks to go on with an earlier session.
  enum Resumption: String, Sendable {
    /// A pre-shared key (RFC 8446, section 4.2.11).
    case psk
    /// A session ticket (RFC 5077).
    case ticket
    /// The session's ID (RFC 5246, appendix F.1.4).
    case sessionID = "session-id"
  }

  /// How it asks to go on with an earlier session; nil: it does not. With TLS 1.3 on offer a session ID means nothing:
  /// it is sent for the sake of machines in between (RFC 8446, appendix D.4).
  var resumption: Resumption? {
    if extensions.contains(41) { return .psk }
    if hasTicket { return .ticket }
    return sessionRange.isEmpty || versionRange.count > 0 ? nil : .sessionID
  }

  /// `legacy_session_id`.
  var sessionBytes: RawSpan {
    @_lifetime(borrow self) get { bytes.bytes.part(sessionRange) }
  }

  /// `cipher_suites`, two bytes each.
  var suiteBytes: RawSpan {
    @_lifetime(borrow self) get { bytes.bytes.part(suiteRange) }
  }

  /// The first host_name of `server_name` (RFC 6066, section 3); nil: none.
  var nameBytes: RawSpan? {
    @_lifetime(borrow self) get {
      guard let nameRange else { return nil }
      return bytes.bytes.part(nameRange)
    }
  }

  /// `application_layer_protocol_negotiation` (RFC 7301): names, each with its length before it; empty: none.
  var alpnBytes: RawSpan {
    @_lifetime(borrow self) get { bytes.bytes.part(alpnRange ?? 0..<0) }
  }

  /// `supported_groups` (RFC 8422, section 5.1.1), two bytes each, GREASE included.
  var groupBytes: RawSpan {
    @_lifetime(borrow self) get { bytes.bytes.part(groupRange) }
  }

  /// `ec_point_formats` (RFC 8422, section 5.1.2).
  var formatBytes: RawSpan {
    @_lifetime(borrow self) get { bytes.bytes.part(formatRange) }
  }

  /// `signature_algorithms` (RFC 8446, section 4.2.3), two bytes each, GREASE included.
  var algorithmBytes: RawSpan {
    @_lifetime(borrow self) get { bytes.bytes.part(algorithmRange) }
  }

  /// `quic_transport_parameters` (RFC 9001, section 8.2; the drafts' number for it too); nil: none.
  var transportBytes: RawSpan? {
    @_lifetime(borrow self) get {
      guard let transportRange else { return nil }
      return bytes.bytes.part(transportRange)
    }
  }

  /// The highest version offered: of `supported_versions` (RFC 8446, section 4.2.1) where that was sent, GREASE left out,
  /// else `legacy_version`.
  public var version: TLSVersion { TLSVersion.highest(of: bytes.bytes.part(versionRange)) ?? legacyVersion }

  /// `cipher_suites` as sent, two bytes each.
  public var cipherSuites: [UInt8] { suiteBytes.copied() }

  /// `server_name` by the rule of `WireText`; nil: none.
  public var serverName: String? { nameRange.map { WireText.text(bytes.bytes.part($0)) } }

  /// `supported_groups`, GREASE included.
  public var supportedGroups: [UInt16] {
    stride(from: 0, to: groupBytes.byteCount, by: 2).compactMap { groupBytes.u16(at: $0) }
  }

  /// The names in `application_layer_protocol_negotiation`, in order; nil: no such extension.
  public var alpn: [[UInt8]]? {
    guard alpnRange != nil else { return nil }
    var names: [[UInt8]] = []
    TLSExtension.forEachProtocol(alpnBytes) { names.append($0.copied()) }
    return names
  }
}

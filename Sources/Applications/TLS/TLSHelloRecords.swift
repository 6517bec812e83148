import Bytes
import Crypto
public import Records

/// A row of `tls_client_hellos`.
public struct TLSClientHelloRecord: Record {
  /// `tls_client_hellos`.
  public static let table = Table(
    "tls_client_hellos",
    [
      "flow_id", "frame_id", "transport", "version", "server_name", "alpn", "has_ech", "ja3", "ja4", "cipher_suites",
      "has_esni", "resumption", "extensions", "supported_groups",
    ])

  let flowID: Int64
  let frameID: Int64
  let transport: TLSTransport
  let hello: TLSClientHello
  private let offer: TLSOffer
  private let ja3: Insecure.MD5Digest?
  private let ja4: [UInt8]?

  /// The row for `hello`, whose first byte is in `frameID` of `flowID`.
  public init(_ hello: TLSClientHello, transport: TLSTransport, flowID: Int64, frameID: Int64) {
    self.flowID = flowID
    self.frameID = frameID
    self.transport = transport
    self.hello = hello
    offer = TLSOffer.of(hello.suiteBytes)
    ja3 = TLSFingerprint.ja3(hello, offer: offer)
    ja4 = TLSFingerprint.ja4(hello, transport: transport, offer: offer)
  }

  /// Adds the row's values.
  public func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.text(transport.rawValue)
    row.text(hello.version.description)
    if let name = hello.nameBytes { row.text(wire: name) } else { row.null() }
    if hello.alpnBytes.byteCount > 0 { row.text(wire: alpnText.bytes) } else { row.null() }
    row.boolean(hello.hasECH)
    row.text(ja3)
    if let ja4 { row.text(utf8: ja4.bytes) } else { row.null() }
    row.text(offer.names)
    row.boolean(hello.hasESNI)
    row.text(hello.resumption?.rawValue)
    if hello.extensions.isEmpty { row.null() } else { row.text(utf8: extensionText.bytes) }
    row.text(groupText)
  }

  /// The extensions' numbers, comma separated.
  private var extensionText: [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(96)
    for type in hello.extensions {
      if !text.isEmpty { text.append(UInt8(ascii: ",")) }
      if TLSCipherSuite.isGREASE(type) { text += Array("GREASE".utf8) } else { text.append(decimal: type) }
    }
    return text
  }

  /// The groups' names, comma separated; nil: none.
  private var groupText: String? {
    let groups = hello.supportedGroups
    return groups.isEmpty ? nil : groups.map { TLSGroup.name($0) }.joined(separator: ",")
  }

  /// The protocols offered, comma separated.
  private var alpnText: [UInt8] {
    var text: [UInt8] = []
    var isFirst = true
    TLSExtension.forEachProtocol(hello.alpnBytes) { name in
      if !isFirst { text.append(UInt8(ascii: ",")) }
      isFirst = false
      text.append(span: name)
    }
    return text
  }
}

/// A row of `tls_client_hellos` for an SSL 2.0 ClientHello: it has no extensions, and neither fingerprint is defined for
/// it.
struct SSLv2ClientHelloRecord: Record {
  static let table = TLSClientHelloRecord.table

  let flowID: Int64
  let frameID: Int64
  let hello: SSLv2ClientHello

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.text(TLSTransport.tcp.rawValue)
    row.text(hello.version.description)
    row.null()
    row.null()
    row.boolean(false)
    row.null()
    row.null()
    row.text(hello.cipherKinds.map { TLSCipherSuite.nameSSLv2($0) }.joined(separator: ","))
    row.boolean(false)
    row.null()
    row.null()
    row.null()
  }
}

/// A row of `tls_server_hellos`.
public struct TLSServerHelloRecord: Record {
  /// `tls_server_hellos`.
  public static let table = Table(
    "tls_server_hellos",
    ["flow_id", "frame_id", "version", "cipher_suite", "alpn", "ja3s", "is_retry_request", "resumed"])

  let flowID: Int64
  let frameID: Int64
  let hello: TLSServerHello
  /// Whether the server goes on with an earlier session; nil: that cannot be told.
  var resumed: Bool?

  /// The row for `hello`, whose first byte is in `frameID` of `flowID`.
  public init(_ hello: TLSServerHello, resumed: Bool?, flowID: Int64, frameID: Int64) {
    self.resumed = resumed
    self.flowID = flowID
    self.frameID = frameID
    self.hello = hello
  }

  /// Adds the row's values.
  public func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.text(hello.version.description)
    row.text(TLSCipherSuite.name(hello.cipherSuite))
    row.text(hello.alpn)
    row.text(TLSFingerprint.ja3sDigest(hello))
    row.boolean(hello.isRetryRequest)
    row.boolean(resumed)
  }
}

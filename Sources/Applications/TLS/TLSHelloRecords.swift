public import Records

/// A row of `tls_client_hellos`.
public struct TLSClientHelloRecord: Record {
  /// `tls_client_hellos`.
  public static let table = Table(
    "tls_client_hellos",
    [
      "flow_id", "frame_id", "transport", "version", "server_name", "alpn", "has_ech", "ja3", "ja4", "cipher_suites",
    ])

  let flowID: Int64
  let frameID: Int64
  let transport: TLSTransport
  let version: TLSVersion
  let serverName: String?
  let alpn: String?
  let hasECH: Bool
  let ja3: String?
  let ja4: String?
  let cipherSuites: String

  /// The row for `hello`, whose first byte is in `frameID` of `flowID`.
  public init(_ hello: TLSClientHello, transport: TLSTransport, flowID: Int64, frameID: Int64) {
    let offer = TLSOffer.of(hello.cipherSuites)
    self.flowID = flowID
    self.frameID = frameID
    self.transport = transport
    version = hello.version
    serverName = hello.serverName
    alpn = hello.alpnText
    hasECH = hello.hasECH
    ja3 = TLSFingerprint.ja3(hello, offer: offer)
    ja4 = TLSFingerprint.ja4(hello, transport: transport, offer: offer)
    cipherSuites = offer.names
  }

  /// The row for an SSL 2.0 ClientHello: it has no extensions, and neither fingerprint is defined for it.
  init(_ hello: SSLv2ClientHello, flowID: Int64, frameID: Int64) {
    self.flowID = flowID
    self.frameID = frameID
    transport = .tcp
    version = hello.version
    serverName = nil
    alpn = nil
    hasECH = false
    ja3 = nil
    ja4 = nil
    cipherSuites = hello.cipherKinds.map { TLSCipherSuite.nameSSLv2($0) }.joined(separator: ",")
  }

  /// Adds the row's values.
  public func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.text(transport.rawValue)
    row.text(version.description)
    row.text(serverName)
    row.text(alpn)
    row.boolean(hasECH)
    row.text(ja3)
    row.text(ja4)
    row.text(cipherSuites)
  }
}

/// A row of `tls_server_hellos`.
public struct TLSServerHelloRecord: Record {
  /// `tls_server_hellos`.
  public static let table = Table(
    "tls_server_hellos", ["flow_id", "frame_id", "version", "cipher_suite", "alpn", "ja3s"])

  let flowID: Int64
  let frameID: Int64
  let hello: TLSServerHello

  /// The row for `hello`, whose first byte is in `frameID` of `flowID`.
  public init(_ hello: TLSServerHello, flowID: Int64, frameID: Int64) {
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
    row.text(TLSFingerprint.ja3s(hello))
  }
}

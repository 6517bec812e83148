/// The kind of a handshake message (RFC 8446, section 4; RFC 5246, section 7.4; RFC 6347, section 4.2.2).
enum TLSHandshakeType: UInt8 {
  case helloRequest = 0
  case clientHello = 1
  case serverHello = 2
  case helloVerifyRequest = 3
  case newSessionTicket = 4
  case endOfEarlyData = 5
  case helloRetryRequest = 6
  case encryptedExtensions = 8
  case requestConnectionID = 9
  case newConnectionID = 10
  case certificate = 11
  case serverKeyExchange = 12
  case certificateRequest = 13
  case serverHelloDone = 14
  case certificateVerify = 15
  case clientKeyExchange = 16
  case finished = 20
  case certificateURL = 21
  case certificateStatus = 22
  case supplementalData = 23
  case keyUpdate = 24
  case compressedCertificate = 25
  case nextProtocol = 67

  /// Whether the message becomes a row, so that its bytes are kept.
  var isRecorded: Bool { self == .clientHello || self == .serverHello || self == .certificate }

  /// The name in the RFC.
  var name: String {
    switch self {
    case .clientHello: "ClientHello"
    case .serverHello: "ServerHello"
    case .certificate: "Certificate"
    default: "handshake message of type \(rawValue)"
    }
  }
}

/// What carries a handshake: `tls_client_hellos.transport`.
public enum TLSTransport: String, Sendable {
  /// TLS over TCP.
  case tcp
  /// DTLS over UDP.
  case udp
  /// QUIC's CRYPTO frames.
  case quic

  /// The letter that stands for it in a JA4 fingerprint.
  var ja4: UInt8 {
    switch self {
    case .tcp: UInt8(ascii: "t")
    case .udp: UInt8(ascii: "d")
    case .quic: UInt8(ascii: "q")
    }
  }
}

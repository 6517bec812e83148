/// What ends in a frame of a TLS connection, as `tls_messages.messages` writes it.
enum TLSNote {
  /// A handshake message in the clear, of this type (RFC 8446, section 4).
  case handshake(TLSHandshakeType)
  /// A handshake record of a side that encrypts.
  case encryptedHandshake
  /// A change_cipher_spec record (RFC 5246, section 7.1).
  case changeCipherSpec
  /// An alert in the clear (RFC 8446, section 6).
  case alert(level: UInt8, description: UInt8)
  /// An alert of a side that encrypts.
  case encryptedAlert
  /// A record of application data; in TLS 1.3 it may hold anything.
  case applicationData

  /// The number of a handshake message, or a letter.
  var text: String {
    switch self {
    case .handshake(let type): String(type.rawValue)
    case .encryptedHandshake: "e"
    case .changeCipherSpec: "c"
    case .alert(let level, let description): "a\(level)/\(description)"
    case .encryptedAlert: "a"
    case .applicationData: "d"
    }
  }
}

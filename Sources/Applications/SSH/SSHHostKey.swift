import Bytes
import Crypto

/// The public key that a server proves to have (RFC 4253, section 8).
struct SSHHostKey {
  /// Characters of the longest name of an algorithm (RFC 4250, section 4.6.1).
  private static let nameLimit = 64

  /// `ssh-ed25519`, `rsa-sha2-512`, ...: the format of the key.
  let type: [UInt8]
  /// SHA-256 of the key as sent.
  let digest: SHA256Digest

  /// The key in the reply to a key exchange, whose first field it is: SSH_MSG_KEXDH_REPLY and SSH_MSG_KEX_ECDH_REPLY
  /// (31), of an exchange with a group that the server chooses SSH_MSG_KEX_DH_GEX_REPLY (33; RFC 4419). Nil where
  /// `payload` is another message.
  init?(_ payload: RawSpan, exchange: [UInt8]?) {
    guard let exchange else { return nil }
    let isGroupChosen = WireText.text(exchange).hasPrefix("diffie-hellman-group-exchange")
    guard payload.u8(at: 0) == (isGroupChosen ? 33 : 31), let length = payload.u32(at: 1), let size = payload.u32(at: 5)
    else { return nil }
    let key = payload.part(from: 5, to: 5 + Int(length))
    guard key.byteCount == length, (1...UInt32(SSHHostKey.nameLimit)).contains(size) else { return nil }
    let name = key.part(from: 4, to: 4 + Int(size))
    guard name.byteCount == size, TextProbe.isText(name) else { return nil }
    type = name.copied()
    digest = SHA256.hash(key)
  }
}

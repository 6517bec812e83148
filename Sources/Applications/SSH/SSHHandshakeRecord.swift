import Bytes
import Crypto
import Records

/// A row of `ssh_handshakes`.
struct SSHHandshakeRecord: Record {
  static let table = Table(
    "ssh_handshakes",
    [
      "flow_id", "frame_id", "client_banner", "client_version", "client_frame_id", "server_banner", "server_version",
      "server_frame_id", "client_kexinit_frame_id", "server_kexinit_frame_id", "kex_algorithm", "host_key_algorithm",
      "client_cipher", "server_cipher", "client_mac", "server_mac", "client_compression", "server_compression",
      "hassh", "hassh_algorithms", "hassh_server", "hassh_server_algorithms", "host_key_algorithms", "host_key_type",
      "host_key_sha256",
    ])

  let flowID: Int64
  let frameID: Int64
  let client: SSHSender
  let server: SSHSender
  let hostKey: SSHHostKey?

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    for sender in [client, server] {
      row.text(wire: sender.banner?.bytes)
      row.text(sender.banner?.version)
      row.integer(sender.banner?.frame.id)
    }
    row.integer(client.offer?.frame.id)
    row.integer(server.offer?.frame.id)
    row.text(wire: chosen(.keyExchange))
    row.text(wire: chosen(.hostKey))
    let ciphers = [chosen(.clientCipher), chosen(.serverCipher)]
    for cipher in ciphers { row.text(wire: cipher) }
    let codes = [chosen(.clientMAC), chosen(.serverMAC)]
    for (cipher, code) in zip(ciphers, codes) {
      row.text(wire: SSHHandshakeRecord.isAuthenticated(cipher) ? nil : code)
    }
    row.text(wire: chosen(.clientCompression))
    row.text(wire: chosen(.serverCompression))
    for (side, offer) in [(Side.client, client.offer), (.server, server.offer)] {
      let text = offer?.fingerprintText(of: side)
      row.text(text.map { Insecure.MD5.hash($0.bytes) })
      row.text(wire: text)
    }
    row.text(wire: server.offer?.text(.hostKey))
    row.text(wire: hostKey?.type)
    row.text(hostKey?.digest)
  }

  private func chosen(_ list: SSHKeyExchangeInit.List) -> [UInt8]? {
    guard let client = client.offer, let server = server.offer else { return nil }
    return SSHKeyExchangeInit.chosen(list, client: client, server: server)
  }

  /// Whether a cipher authenticates what it encrypts, so that the MAC that was chosen beside it is not used: GCM (RFC
  /// 5647) and OpenSSH's ChaCha20 with Poly1305.
  private static func isAuthenticated(_ cipher: [UInt8]?) -> Bool {
    guard let cipher else { return false }
    let name = WireText.text(cipher)
    return name.hasPrefix("chacha20-poly1305") || name.hasPrefix("AEAD_AES_")
      || name.hasPrefix("aes") && name.hasSuffix("-gcm@openssh.com")
  }
}

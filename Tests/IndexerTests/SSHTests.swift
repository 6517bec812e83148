import Testing

/// OpenSSH with itself: once as it is, once with old algorithms on another port, once with a group of the server's choice.
@Suite("SSH handshakes of OpenSSH")
struct SSHTests {
  @Test("each connection has its row, with the fingerprints that tshark computes")
  func handshakes() throws {
    let ssh = try Case("ssh_handshakes.pcap")
    #expect(
      try ssh.rows(
        """
        SELECT h.frame_id, f.server_port, kex_algorithm, host_key_algorithm, client_cipher, client_mac, server_compression,
          hassh, hassh_server, host_key_type
        FROM ssh_handshakes h JOIN flows f ON f.id = h.flow_id ORDER BY h.id
        """) == [
          "4|22|sntrup761x25519-sha512|ssh-ed25519|chacha20-poly1305@openssh.com||none|472b5de333ad665af5cbf10ff892c4df"
            + "|bb942d08ecab8e42aedc91610d3edef0|ssh-ed25519",
          "32|2222|diffie-hellman-group14-sha1|rsa-sha2-512|aes128-ctr|hmac-sha1|zlib@openssh.com"
            + "|ce3de988925c8f04e84252652548be55|bb942d08ecab8e42aedc91610d3edef0|ssh-rsa",
          "53|22|diffie-hellman-group-exchange-sha256|ssh-ed25519|aes256-gcm@openssh.com||none"
            + "|28926c52acd4d3d8a7c0c594cef7e408|bb942d08ecab8e42aedc91610d3edef0|ssh-ed25519",
        ])
    #expect(
      try ssh.rows("SELECT DISTINCT client_banner, server_version FROM ssh_handshakes") == [
        "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10|2.0"
      ])
    #expect(try ssh.rows("SELECT DISTINCT service, service_source FROM flows") == ["ssh|content"])
    #expect(try ssh.rows("SELECT count(*) FROM diagnostics") == ["0"])
  }

  @Test("says nothing of logins, which are encrypted")
  func noLogins() throws {
    #expect(try Case("ssh_handshakes.pcap").rows("SELECT * FROM credentials") == [])
  }
}

import Applications
import Bytes
import Records
import TestSupport
import Testing

/// SSH packets and messages, made from RFC 4253's layouts.
enum SSHPackets {
  static func u32(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

  static func string(_ text: [UInt8]) -> [UInt8] { u32(text.count) + text }

  static func packet(_ payload: [UInt8]) -> [UInt8] {
    let padding = 4 + (8 - (5 + payload.count + 4) % 8) % 8
    return u32(1 + payload.count + padding) + [UInt8(padding)] + payload + [UInt8](repeating: 0, count: padding)
  }

  /// A KEXINIT with eight lists; both languages are empty.
  static func offer(_ lists: [String]) -> [UInt8] {
    packet(
      [20] + [UInt8](repeating: 7, count: 16) + (lists + ["", ""]).flatMap { string(Array($0.utf8)) } + [0, 0, 0, 0, 0])
  }

  static let client = [
    "curve25519-sha256,diffie-hellman-group14-sha256", "ssh-ed25519,rsa-sha2-512", "aes128-ctr,aes256-ctr",
    "chacha20-poly1305@openssh.com,aes128-ctr", "hmac-sha2-256", "hmac-sha1,hmac-sha2-256", "none,zlib", "none",
  ]
  static let server = [
    "diffie-hellman-group14-sha256,curve25519-sha256", "rsa-sha2-512", "aes256-ctr,aes128-ctr",
    "aes128-ctr,chacha20-poly1305@openssh.com", "hmac-sha2-512,hmac-sha2-256", "hmac-sha2-256", "zlib,none", "none",
  ]
  static let key = string(Array("ssh-rsa".utf8)) + string([1, 0, 1]) + string([0, 0x99, 0x88])
  static let newKeys = packet([21])

  static let session: [Step] = [
    .server("SSH-2.0-Server_1.0 (tests)\r\n"), .client("SSH-2.0-Client_2\r\n"), .bytes(.client, offer(client)),
    .bytes(.server, offer(server)), .bytes(.client, packet([30] + string([1, 2, 3]))),
    .bytes(.server, packet([31] + string(key) + string([9]) + string([8])) + newKeys),
    .bytes(.client, newKeys + [0xff, 0xee, 0xdd]), .bytes(.server, [UInt8](repeating: 0xa5, count: 200)),
    .close(.client), .close(.server),
  ]
}

@Suite("SSH handshakes")
struct SSHParserTests {
  private func rows(_ steps: [Step], cutInto size: Int? = nil) -> [EmittedRow] {
    ParserDriver.rows(SSHParser.self, steps, cutInto: size).of("ssh_handshakes")
  }

  @Test("says who speaks, what both offer and settle on, and the server's key, whatever the pieces")
  func session() throws {
    let row = try #require(rows(SSHPackets.session).first)
    #expect(
      ["client_banner", "client_version", "client_frame_id", "server_banner", "server_version", "server_frame_id"]
        .map { row[$0] } == ["SSH-2.0-Client_2", "2.0", 2, "SSH-2.0-Server_1.0 (tests)", "2.0", 1])
    #expect(["frame_id", "client_kexinit_frame_id", "server_kexinit_frame_id"].map { row[$0] } == [1, 3, 4])
    #expect(
      ["kex_algorithm", "host_key_algorithm", "client_cipher", "server_cipher", "client_mac", "server_mac"]
        .map { row[$0] } == [
          "curve25519-sha256", "rsa-sha2-512", "aes128-ctr", "chacha20-poly1305@openssh.com", "hmac-sha2-256", nil,
        ])
    #expect(
      ["client_compression", "server_compression", "host_key_type"].map { row[$0] } == ["none", "none", "ssh-rsa"])
    // What a client sends counts of a client, what a server sends of a server.
    #expect(
      row["hassh_algorithms"]
        == "curve25519-sha256,diffie-hellman-group14-sha256;aes128-ctr,aes256-ctr;hmac-sha2-256;none,zlib")
    #expect(
      row["hassh_server_algorithms"]
        == "diffie-hellman-group14-sha256,curve25519-sha256;aes128-ctr,chacha20-poly1305@openssh.com;hmac-sha2-256;none"
    )
    for size in [1, 2, 3, 7, 64] { #expect(rows(SSHPackets.session, cutInto: size) == [row]) }
  }

  @Test("whatever is missing, no more is told than was sent")
  func gaps() throws {
    let whole = try #require(rows(SSHPackets.session).first)
    for (index, step) in SSHPackets.session.enumerated() {
      guard case .bytes(let side, let bytes) = step else { continue }
      for lost in 0..<bytes.count {
        var steps = Array(SSHPackets.session[..<index])
        if lost > 0 { steps.append(.bytes(side, Array(bytes[..<lost]))) }
        steps.append(.gap(side, 1))
        if lost + 1 < bytes.count { steps.append(.bytes(side, Array(bytes[(lost + 1)...]))) }
        steps += SSHPackets.session[(index + 1)...]
        let found = rows(steps)
        #expect(found.count == 1)
        for (column, value) in found.first?.values ?? [:] where value != .null && !column.hasSuffix("frame_id") {
          #expect(value == whole[column], "\(column) without byte \(lost) of step \(index)")
        }
      }
    }
  }

  @Test("nothing that is changed traps, or depends on the pieces")
  func mutations() {
    LoginDialogue.mutate(SSHParser.self, SSHPackets.session)
  }

  @Test("a server may send lines before its identification; 1.99 is both versions, 1.5 has no offers")
  func banners() throws {
    var steps = SSHPackets.session
    steps[0] = .server("Authorised use only.\r\nSSH is spoken here\r\nSSH-1.99-Server\n")
    let both = try #require(rows(steps).first)
    #expect(["server_banner", "server_version", "server_frame_id"].map { both[$0] } == ["SSH-1.99-Server", "1.99", 1])
    #expect(both["kex_algorithm"] == "curve25519-sha256")
    let old = rows([.server("SSH-1.5-old\n"), .client("SSH-1.5-older\n"), .bytes(.server, SSHPackets.offer([]))])
    #expect(old.map { $0["client_version"] } == ["1.5"] && old.first?["kex_algorithm"] == EmittedValue.null)
    let endless = LoginDialogue.held(SSHParser.self, after: [UInt8](repeating: 0x41, count: 1_000_000), from: .server)
    #expect(endless < 20_000)
    #expect(rows([.server(String(repeating: "x\n", count: 2000) + "SSH-2.0-late\n")]).isEmpty)
  }

  @Test("one side alone says what it offers, and nothing of what was chosen")
  func oneSide() {
    let client = SSHPackets.session.filter { step in
      if case .bytes(.server, _) = step { false } else { true }
    }
    let found = rows(client)
    #expect(found.map { $0["client_banner"] } == ["SSH-2.0-Client_2"])
    #expect(found.map { $0["kex_algorithm"] } == [nil])
    #expect(found.first?["hassh"] == rows(SSHPackets.session).first?["hassh"])
  }

  @Test("lengths are not believed, and packets not kept beyond a limit")
  func hostileLengths() {
    let banner = Array("SSH-2.0-x\r\n".utf8)
    for length in [0, 1, 262_145, 0x7fff_ffff, 0xffff_ffff] {
      let steps: [Step] = [.bytes(.client, banner + SSHPackets.u32(length) + SSHPackets.offer(SSHPackets.client))]
      #expect(rows(steps).map { $0["hassh"] } == [nil], "\(length)")
    }
    let long = banner + SSHPackets.u32(262_000) + [UInt8](repeating: 20, count: 261_000)
    #expect(LoginDialogue.held(SSHParser.self, after: long, from: .client) < 40_000)
    // Lists that reach beyond the packet, names that are none.
    for list in [SSHPackets.u32(0xffff_fff0), SSHPackets.u32(500), SSHPackets.string([0x61, 0x00])] {
      let payload: [UInt8] = [20] + [UInt8](repeating: 0, count: 16) + list
      #expect(rows([.bytes(.client, banner + SSHPackets.packet(payload))]).map { $0["hassh"] } == [nil])
    }
  }

  @Test("is told by an identification from either end, on any port")
  func probe() {
    func probe(_ client: String, _ server: String, fromStart: Bool = true, from: UInt16 = 40000, to: UInt16 = 4000)
      -> Probe
    {
      LoginDialogue.probe(SSHParser.self, client, server, fromStart: fromStart, client: from, server: to)
    }
    for text in ["SSH-2.0-x\r\n", "SSH-1.99-x\n", "SSH-2.0-"] {
      #expect(probe(text, "") == .match && probe("", text) == .match)
    }
    for text in ["S", "SS", "SSH", "SSH-", "SSH-2", "SSH-2.", "SSH-2.0"] {
      #expect(probe(text, "") == .more && probe("", text) == .more, "\(text)")
    }
    for text in ["SSH-x", "SSH--2.0-x", "SSH-2-x", "SSH-2.0.1-x", "SSH-1234.0-", "SSL", "GET / HTTP/1.1\r\n"] {
      #expect(probe(text, "") == .no, "\(text)")
    }
    #expect(probe("", "Hello.\r\n") == .more && probe("", "Hello.\r\nSSH-2.0-x\r\n") == .match)
    #expect(probe("", "Hello.\u{1}\r\n") == .no && probe("USER a\r\n", "Hello.\r\n") == .no)
    #expect(probe("", "SSH-2.0-x\r\n", fromStart: false) == .match)
    #expect(probe("SSH-2.0-x\r\n", "", fromStart: false, from: 22) == .reversed)
    #expect(probe("", "Hello.\r\n", fromStart: false) == .no)
  }

  @Test("noise is not taken for it")
  func noise() {
    LoginDialogue.checkNoise(SSHParser.self, ports: [22, 4000])
  }
}

import Bytes

/// Recognises protocols by their first bytes that nothing here parses yet, so that a flow has a service all the same.
enum ServiceSignatures {
  /// The service of a TCP connection that began with these bytes; nil: not recognised.
  static func stream(client: RawSpan, server: RawSpan) -> String? {
    if server.starts(with: "@RSYNCD:") { return "rsync" }
    if client.starts(with: "\u{13}BitTorrent protocol") { return "bittorrent" }
    if client.starts(with: "JDWP-Handshake") { return "jdwp" }
    if server.starts(with: "RTSP/1.0") { return "rtsp" }
    if client.starts(with: "SMB", at: 5), client.u8(at: 4).map({ $0 >= 0xfd }) == true { return "smb" }
    if client.u16(at: 0) == 0x0300, let kind = client.u8(at: 5), kind == 0xe0 { return "rdp" }
    if client.u64(at: 0) == .max, client.u64(at: 8) == .max { return "bgp" }
    return nil
  }

  /// Services of UDP flows, by their names.
  enum Datagram: String {
    case stun, bittorrent
  }

  /// The service of a UDP flow with this datagram; nil: not recognised.
  static func datagram(_ payload: RawSpan) -> Datagram? {
    if payload.u32(at: 4) == 0x2112_a442, payload.byteCount >= 20 { return .stun }
    if payload.starts(with: "d1:ad2:id20:") || payload.starts(with: "d1:rd2:id20:") { return .bittorrent }
    return nil
  }
}

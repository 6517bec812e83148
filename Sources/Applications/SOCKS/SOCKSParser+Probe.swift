import Bytes

extension SOCKSParser {
  /// SOCKS5: a greeting of known methods, and the server's choice of one of them (or of none). SOCKS4: a request to a port
  /// above zero with a printable user, and the server's eight bytes, behind which the tunnel may begin.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    switch opening.client.u8(at: 0) {
    case nil: opening.server.byteCount == 0 ? .more : .no
    case 5: version5(opening.client, opening.server, opening.fromStart)
    case 4: version4(opening.client, opening.server)
    default: .no
    }
  }

  /// Methods that a client may offer at once; more than a few have never been in use.
  private static let methodLimit = 16

  private static func version5(_ client: RawSpan, _ server: RawSpan, _ fromStart: Bool) -> Probe {
    guard let count = client.u8(at: 1) else { return server.byteCount == 0 ? .more : .no }
    let end = 2 + Int(count)
    guard count > 0, count <= methodLimit, client.byteCount <= end || fromStart else { return .no }
    var isOffered = server.u8(at: 1) == 0xff
    for index in 2..<end {
      guard let method = client.u8(at: index) else { return server.byteCount == 0 ? .more : .no }
      // Assigned by IANA, or private.
      guard method <= 9 || (0x80...0xfe).contains(method) else { return .no }
      if method == server.u8(at: 1) { isOffered = true }
    }
    // A client may go on without waiting, with a login or a request.
    if let next = client.u8(at: end), next != 1, next != 5 { return .no }
    guard let version = server.u8(at: 0) else { return .more }
    guard version == 5 else { return .no }
    return server.byteCount < 2 ? .more : isOffered ? .match : .no
  }

  private static func version4(_ client: RawSpan, _ server: RawSpan) -> Probe {
    guard let command = client.u8(at: 1) else { return server.byteCount == 0 ? .more : .no }
    guard command == 1 || command == 2, client.u16(at: 2) != 0 else { return .no }
    guard let length = SOCKSMessages.request4(client) else { return server.byteCount == 0 ? .more : .no }
    guard length == client.byteCount else { return .no }
    guard let zero = server.u8(at: 0) else { return .more }
    guard zero == 0 else { return .no }
    if server.byteCount < 8 { return .more }
    return server.u8(at: 1) == 90 || server.byteCount == 8 && (91...93).contains(server.u8(at: 1) ?? 0) ? .match : .no
  }
}

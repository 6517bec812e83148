import Bytes

extension AMQPParser {
  /// A client that opens with `AMQP` and the layer and version of a specification; or, where the capture has only the
  /// server, its first method: `connection.start`, with the version.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let (client, server) = (opening.client, opening.server)
    if client.byteCount == 0, server.byteCount == 0 { return .more }
    if client.byteCount > 0, client.u8(at: 0) == UInt8(ascii: "A") { return header(client, .match) }
    if isStart(server), client.byteCount == 0 { return .match }
    if opening.fromStart { return client.byteCount == 0 ? .more : .no }
    if server.byteCount > 0, server.u8(at: 0) == UInt8(ascii: "A") { return header(server, .reversed) }
    return isStart(client) ? .reversed : .no
  }

  private static func header(_ bytes: RawSpan, _ verdict: Probe) -> Probe {
    let isPrefix = bytes.byteCount < 4 && "AMQP".utf8.starts(with: bytes.copied())
    guard bytes.starts(with: "AMQP") || isPrefix else { return .no }
    guard let version = bytes.u32(at: 4) else { return .more }
    return versions.contains(version) ? verdict : .no
  }

  /// 0-9-1; 0-8, 0-9, 0-10; 1.0 by itself, with TLS, with SASL.
  private static let versions: Set<UInt32> = [
    0x0000_0901, 0x0101_0800, 0x0101_0008, 0x0101_0009, 0x0101_000a, 0x0001_0000, 0x0201_0000, 0x0301_0000,
  ]

  /// A method frame of channel 0 with `connection.start` of 0-8 or 0-9.
  private static func isStart(_ bytes: RawSpan) -> Bool {
    guard bytes.u16(at: 0) == 0x0100, bytes.u8(at: 2) == 0, bytes.u32(at: 7) == 0x000a_000a else { return false }
    return bytes.u8(at: 11) == 0 && (8...10).contains(bytes.u8(at: 12) ?? 0)
  }
}

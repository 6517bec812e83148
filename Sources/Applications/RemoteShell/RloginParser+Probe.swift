import Bytes

extension RloginParser {
  /// The port of its servers.
  static let port: UInt16 = 513

  /// A NUL, two names and `terminal/speed`, all printable, and a server that answers with NUL or 1; at port 513 the answer
  /// may be missing.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    guard opening.fromStart else { return .no }
    guard let first = opening.client.u8(at: 0) else { return opening.server.byteCount == 0 ? .more : .no }
    guard first == 0, opening.server.u8(at: 0) ?? 0 <= 1 else { return .no }
    guard case .texts(let texts, let isWhole) = RemoteFields.shape(opening.client, from: 1, count: 3),
      !texts.contains([])
    else { return .no }
    guard isWhole else { return opening.server.byteCount == 0 ? .more : .no }
    let parts = texts[2].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, (1...6).contains(parts[1].count),
      parts[1].allSatisfy({ (0x30...0x39).contains($0) })
    else { return .no }
    return opening.server.byteCount > 0 || opening.flow.server.port == port ? .match : .more
  }
}

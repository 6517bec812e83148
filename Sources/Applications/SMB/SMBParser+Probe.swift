import Bytes

extension SMBParser {
  private enum Look {
    case request, response
    /// An encrypted or compressed message, which does not say who sent it.
    case closed
    case more, no
  }

  /// A message of SMB behind its length, with a header of the right size: eight bytes or more that are given. Before it a
  /// NetBIOS session request or its positive response (RFC 1002, sections 4.3.2 and 4.3.3).
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let (client, server) = (look(opening.client), look(opening.server))
    if client == .request || server == .response { return .match }
    if client == .response || server == .request { return .reversed }
    if client == .closed || server == .closed {
      return isPort(opening.flow.server.port) ? .match : isPort(opening.flow.client.port) ? .reversed : .no
    }
    return client == .more && server == .more ? .more : .no
  }

  private static func isPort(_ port: UInt16) -> Bool { port == 445 || port == 139 }

  private static func look(_ bytes: RawSpan) -> Look {
    guard let type = bytes.u8(at: 0) else { return .more }
    switch type {
    case 0: return message(bytes)
    case 0x81: return behindSessionRequest(bytes)
    case 0x82:
      guard bytes.byteCount >= 4 else { return .more }
      return bytes.u32(at: 0) == 0x8200_0000 ? behind(bytes, 4) : .no
    default: return .no
    }
  }

  private static func behind(_ bytes: RawSpan, _ count: Int) -> Look {
    let rest = bytes.part(from: count)
    return rest.byteCount == 0 ? .more : rest.u8(at: 0) == 0 ? message(rest) : .no
  }

  private static func message(_ bytes: RawSpan) -> Look {
    guard let length = bytes.u32(at: 0) else { return .more }
    guard let magic = bytes.u32(at: 4) else {
      return bytes.u8(at: 4).map { $0 < 0xfc } == true ? .no : .more
    }
    switch magic {
    case SMBHeader.version1 where length > SMBHeader.size1:
      guard let flags = bytes.u8(at: 13) else { return .more }
      return flags & 0x80 == 0 ? .request : .response
    case SMBHeader.version2 where length > SMBHeader.size2:
      guard let flags = bytes.u32(at: 20) else { return .more }
      return bytes.u16(at: 8) != 0x4000 ? .no : flags.byteSwapped & 1 == 0 ? .request : .response
    case SMBHeader.encrypted where length > SMBHeader.size2, SMBHeader.compressed where length > 16: return .closed
    default: return .no
    }
  }

  /// Two names of 32 letters A to P (RFC 1001, section 14.1).
  private static func behindSessionRequest(_ bytes: RawSpan) -> Look {
    guard let head = bytes.u32(at: 0) else { return .more }
    guard head == 0x8100_0044 else { return .no }
    for index in 4..<min(bytes.byteCount, 72) {
      guard let byte = bytes.u8(at: index) else { break }
      switch (index - 4) % 34 {
      case 0: guard byte == 32 else { return .no }
      case 33: guard byte == 0 else { return .no }
      default: guard (0x41...0x50).contains(byte) else { return .no }
      }
    }
    return bytes.byteCount > 72 ? behind(bytes, 72) : .more
  }
}

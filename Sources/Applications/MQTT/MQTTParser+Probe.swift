import Bytes

extension MQTTParser {
  /// A CONNECT with the protocol's name, a level that exists and the reserved flag unset.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    if opening.client.byteCount > 0 {
      let found = connect(opening.client)
      if case .no = found, !opening.fromStart {} else { return found }
    }
    guard opening.server.byteCount > 0 else { return opening.client.byteCount == 0 ? .more : .no }
    guard !opening.fromStart else { return .no }
    let found = connect(opening.server)
    if case .match = found { return .reversed }
    return found
  }

  private static func connect(_ bytes: RawSpan) -> Probe {
    guard bytes.u8(at: 0) == 0x10 else { return .no }
    var index = 1
    while let byte = bytes.u8(at: index), byte & 0x80 != 0 {
      index += 1
      guard index <= 4 else { return .no }
    }
    index += 1
    guard let length = bytes.u16(at: index) else { return .more }
    let name: StaticString = length == 4 ? "MQTT" : "MQIsdp"
    guard length == 4 || length == 6 else { return .no }
    index += 2
    guard bytes.byteCount >= index + Int(length) + 2 else {
      return bytes.byteCount == index || bytes.u8(at: index) == UInt8(ascii: "M") ? .more : .no
    }
    guard bytes.starts(with: name, at: index), let level = bytes.u8(at: index + Int(length)),
      let flags = bytes.u8(at: index + Int(length) + 1), flags & 1 == 0
    else { return .no }
    return length == 4 ? ((4...5).contains(level & 0x7f) ? .match : .no) : (level & 0x7f == 3 ? .match : .no)
  }
}

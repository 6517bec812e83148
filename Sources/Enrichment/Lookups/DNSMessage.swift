import Bytes

/// A DNS message with one question, as far as a look-up of names and addresses needs it (RFC 1035, section 4).
///
///     header   = id flags QDCOUNT ANCOUNT NSCOUNT ARCOUNT   ; 16 bits each
///     question = name type class
///     record   = name type class ttl length data            ; 16 bits, the ttl 32
enum DNSMessage {
  /// The types that are asked for.
  enum RecordType: UInt16 {
    case a = 1
    case ptr = 12
    case aaaa = 28
  }

  /// What a response says.
  struct Response {
    /// 0: no error, 3: no such name.
    var code: UInt8
    /// Whether it was cut to fit a datagram.
    var isTruncated: Bool
    /// The names of PTR records.
    var names: [String] = []
    /// The addresses of A and AAAA records.
    var addresses: [IPAddress] = []
  }

  private static let headerSize = 12
  /// Bytes of a name (RFC 1035, section 3.1), and pointers followed in one.
  private static let nameLimit = 255
  private static let pointerLimit = 32
  /// Records read of an answer.
  private static let recordLimit = 256

  /// A query with recursion desired; nil for a name that is none.
  static func query(id: UInt16, name: String, type: RecordType) -> [UInt8]? {
    var bytes: [UInt8] = []
    for value in [id, 0x0100, 1, 0, 0, 0] { append(value, to: &bytes) }
    let start = bytes.count
    for label in name.split(separator: ".", omittingEmptySubsequences: false) {
      guard (1...63).contains(label.utf8.count) else { return nil }
      bytes.append(UInt8(label.utf8.count))
      bytes += label.utf8
    }
    bytes.append(0)
    guard bytes.count - start <= nameLimit else { return nil }
    append(type.rawValue, to: &bytes)
    append(1, to: &bytes)
    return bytes
  }

  private static func append(_ value: UInt16, to bytes: inout [UInt8]) {
    bytes.append(UInt8(value >> 8))
    bytes.append(UInt8(truncatingIfNeeded: value))
  }

  /// Reads the response to a query; nil for what is none, or none to it.
  static func response(_ bytes: [UInt8], to query: [UInt8]) -> Response? {
    // Any bytes make a [UInt8].
    let message = unsafe bytes.span.bytes
    guard bytes.count >= query.count, let flags = message.u16(at: 2), flags & 0x8000 != 0, flags & 0x7800 == 0,
      bytes[..<2] == query[..<2], message.u16(at: 4) == 1, let count = message.u16(at: 6)
    else { return nil }
    // The question must be the one that was asked; servers may change the case of letters.
    for index in headerSize..<query.count where lowercase(bytes[index]) != lowercase(query[index]) { return nil }
    var response = Response(code: UInt8(flags & 0xf), isTruncated: flags & 0x0200 != 0)
    var position = query.count
    for _ in 0..<min(Int(count), recordLimit) {
      guard let start = end(ofNameAt: position, message), let type = message.u16(at: start),
        let length = message.u16(at: start + 8).map(Int.init), start + 10 + length <= bytes.count
      else { return response.isTruncated ? response : nil }
      let data = start + 10
      switch RecordType(rawValue: type) {
      case .ptr:
        guard let name = name(at: data, message) else { return nil }
        response.names.append(name)
      case .a where length == 4:
        if let address = IPAddress(v4: message, at: data) { response.addresses.append(address) }
      case .aaaa where length == 16:
        if let address = IPAddress(v6: message, at: data) { response.addresses.append(address) }
      default: break
      }
      position = data + length
    }
    return response
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte + 0x20 : byte }

  private static func end(ofNameAt start: Int, _ message: RawSpan) -> Int? {
    var position = start
    while let size = message.u8(at: position) {
      if size == 0 { return position + 1 }
      if size >= 0xc0 { return position + 2 }
      guard size < 0x40, position - start <= nameLimit else { return nil }
      position += Int(size) + 1
    }
    return nil
  }

  /// The name at an offset: labels with dots between them, bytes other than printable ASCII as `\DDD` (RFC 1035,
  /// section 5.1).
  private static func name(at start: Int, _ message: RawSpan) -> String? {
    var labels: [String] = []
    var (position, length, pointers) = (start, 0, 0)
    while let size = message.u8(at: position) {
      if size == 0 { return labels.isEmpty ? "." : labels.joined(separator: ".") }
      if size >= 0xc0 {
        guard let target = message.u16(at: position).map({ Int($0 & 0x3fff) }), target < position,
          pointers < pointerLimit
        else { return nil }
        pointers += 1
        position = target
        continue
      }
      length += Int(size) + 1
      guard size < 0x40, length <= nameLimit, position + 1 + Int(size) <= message.byteCount else { return nil }
      var label = ""
      for offset in 0..<Int(size) {
        guard let byte = message.u8(at: position + 1 + offset) else { return nil }
        switch byte {
        case UInt8(ascii: "."), UInt8(ascii: "\\"): label += "\\" + String(Unicode.Scalar(byte))
        case 0x21...0x7e: label += String(Unicode.Scalar(lowercase(byte)))
        default: label += "\\" + String(1000 + Int(byte)).dropFirst()
        }
      }
      labels.append(label)
      position += Int(size) + 1
    }
    return nil
  }
}

import Bytes

/// Names of NetBIOS on the wire (RFC 1001, section 14.1): 16 bytes, each as two letters from `A` to `P` in one label of 32,
/// then the labels of the scope. The sixteenth byte says what has the name.
enum NetBIOSName {
  /// Bytes of the first label.
  static let encodedLength = 32
  /// Bytes of a name in a node's status, the sixteenth included.
  static let plainLength = 16

  /// Whether a name begins at `start`.
  static func begins(_ message: RawSpan, at start: Int) -> Bool {
    guard message.u8(at: start) == UInt8(encodedLength) else { return false }
    for index in 1...encodedLength {
      guard let letter = message.u8(at: start + index), letter &- 0x41 < 16 else { return false }
    }
    return true
  }
}

extension DNSText {
  /// Appends the name at `start` of `message` as Wireshark writes it: `FILER<20>`, with its scope behind a dot. A pointer
  /// may stand for all of it.
  ///
  /// - Returns: the offset behind the name; nil: there is none.
  mutating func append(netbiosNameOf message: RawSpan, at start: Int) -> Int? {
    var position = start
    var end: Int?
    // Responses point to the question; nobody points on from there.
    if let first = message.u8(at: start), first >= 0xc0, let pointer = message.u16(at: start) {
      position = Int(pointer & 0x3fff)
      end = start + 2
    }
    guard NetBIOSName.begins(message, at: position) else { return nil }
    var plain: [UInt8] = []
    for index in stride(from: position + 1, to: position + NetBIOSName.encodedLength, by: 2) {
      let (high, low) = (message.u8(at: index) ?? 0x41, message.u8(at: index + 1) ?? 0x41)
      plain.append((high &- 0x41) << 4 | (low &- 0x41) & 15)
    }
    append(netbios: plain.bytes)
    position += NetBIOSName.encodedLength + 1
    for _ in 0..<DNSName.labelLimit {
      guard let size = message.u8(at: position) else { return nil }
      if size == 0 { return end ?? position + 1 }
      guard size < 0x40, position - start < DNSName.lengthLimit || end != nil else { return nil }
      let label = message.part(from: position + 1, to: position + 1 + Int(size))
      guard label.byteCount == Int(size) else { return nil }
      append(byte: 0x2e)
      append(label)
      position += 1 + Int(size)
    }
    return nil
  }

  /// Appends a name of 16 bytes: blanks at its end fall away, what is not printable becomes `<00>`, the last byte always.
  mutating func append(netbios name: RawSpan) {
    var length = min(name.byteCount, NetBIOSName.plainLength - 1)
    while length > 0, name.u8(at: length - 1) == 0x20 { length -= 1 }
    for index in 0..<length {
      guard let byte = name.u8(at: index) else { break }
      if (0x20..<0x7f).contains(byte) { append(byte: byte) } else { append(angled: byte) }
    }
    append(angled: name.u8(at: NetBIOSName.plainLength - 1) ?? 0)
  }

  private mutating func append(angled byte: UInt8) {
    append(byte: 0x3c)
    append(hexadecimal: byte)
    append(byte: 0x3e)
  }
}

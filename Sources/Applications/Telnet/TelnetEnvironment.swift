import Bytes

/// What a client tells of its environment (RFC 1572, section 2; RFC 1408 exchanges the codes of VAR and VALUE).
///
/// ```
/// parameters = option (IS / INFO) *( (VAR / USERVAR) name [ VALUE value ] )      VAR 0, VALUE 1, ESC 2, USERVAR 3
/// ```
enum TelnetEnvironment {
  /// The variable USER of `parameters`, with which `telnet -l` logs in; nil where it is not among them, or empty.
  static func user(_ parameters: [UInt8]) -> String? {
    guard let option = parameters.first, let verb = parameters.dropFirst().first, verb == 0 || verb == 2 else {
      return nil
    }
    if let user = user(parameters, nameCode: 0, valueCode: 1) { return user }
    return option == TelnetCode.environ ? user(parameters, nameCode: 1, valueCode: 0) : nil
  }

  private static func user(_ parameters: [UInt8], nameCode: UInt8, valueCode: UInt8) -> String? {
    var parts: [(code: UInt8, bytes: [UInt8])] = []
    var isEscaped = false
    for byte in parameters.dropFirst(2) {
      if !isEscaped, byte < 4 {
        if byte == 2 { isEscaped = true } else { parts.append((byte, [])) }
        continue
      }
      isEscaped = false
      guard !parts.isEmpty else { return nil }
      parts[parts.count - 1].bytes.append(byte)
    }
    for (name, value) in zip(parts, parts.dropFirst())
    where name.code == nameCode && value.code == valueCode && name.bytes == Array("USER".utf8) {
      return value.bytes.isEmpty ? nil : WireText.text(value.bytes)
    }
    return nil
  }
}

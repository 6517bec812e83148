import Bytes

/// Reads the fields of a method of AMQP 0-9-1 (section 4.2) one after the other.
struct AMQPFields {
  private let bytes: [UInt8]
  private var offset: Int

  /// The fields from `offset` on.
  init(_ bytes: [UInt8], from offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  /// A string with its length in one byte; nil where there is none.
  mutating func short() -> [UInt8]? {
    guard let length = bytes.bytes.u8(at: offset) else { return nil }
    return take(1, Int(length))
  }

  /// A string or a table with its length in four bytes; nil where there is none.
  mutating func long() -> [UInt8]? {
    guard let length = bytes.bytes.u32(at: offset) else { return nil }
    return take(4, Int(length))
  }

  /// A string of a table with the type before it; nil where something else stands there.
  mutating func value() -> [UInt8]? {
    guard bytes.bytes.u8(at: offset) == UInt8(ascii: "S") else { return nil }
    offset += 1
    return long()
  }

  private mutating func take(_ size: Int, _ length: Int) -> [UInt8]? {
    let start = offset + size
    guard start + length <= bytes.count else { return nil }
    offset = start + length
    return Array(bytes[start..<offset])
  }

  /// AMQPLAIN, RabbitMQ's and Qpid's older mechanism: a table with LOGIN and PASSWORD, without its length. Its frame is 0.
  static func plain(_ response: [UInt8]) -> LoginAttempt? {
    var table = AMQPFields(response, from: 0)
    var (login, password): ([UInt8]?, [UInt8]?)
    for _ in 0..<2 {
      guard let name = table.short(), let value = table.value() else { return nil }
      if name == Array("LOGIN".utf8) { login = value }
      if name == Array("PASSWORD".utf8) { password = value }
    }
    guard let login, let password else { return nil }
    return LoginAttempt(
      mechanism: "AMQPLAIN", username: WireText.text(login), secret: WireText.text(password), kind: .password,
      frameID: 0)
  }
}

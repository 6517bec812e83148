import Bytes

/// A command that waits for its replies, or a reply without a command.
struct FTPCommand {
  /// The row of `ftp_commands`.
  let id: Int64
  /// The frame of its first byte.
  let frameID: Int64
  /// In capitals; nil: the server's greeting, or a reply that nothing asked for.
  let name: String?
  /// The name as sent; nil: in capitals.
  let sentName: String?
  /// As sent; empty: none.
  let argumentBytes: [UInt8]
  /// The last preliminary reply so far.
  var reply: FTPReply?
  /// The name that was given by the last USER, of a PASS.
  var username: String?
  /// A gap in the server's bytes may have swallowed the reply.
  var mayBeAnswered = false

  /// ABOR came while it was under way.
  var isAborted = false

  /// Whether it moves data over the data connection.
  var isTransfer: Bool { name.map(FTPCommandName.transfers.contains) ?? false }

  /// The name that the server gave the file of a STOU: `150 FILE: name` (RFC 1123, section 4.1.2.9); nil: not said.
  var uniqueName: [UInt8]? {
    guard name == "STOU", let reply else { return nil }
    let text = WireText.bytes(reply.text)
    guard text.starts(with: "FILE: ".utf8), text.count > 6 else { return nil }
    return Array(text.dropFirst(6).prefix { $0 != 0x0a })
  }

  /// As sent; nil: none.
  var argument: String? { argumentBytes.isEmpty ? nil : WireText.text(argumentBytes) }

  /// The command in `line`, one blank between its name and its argument (RFC 959, section 5.3).
  init(id: Int64, line: FTPLineReader.Line) {
    let blank = line.bytes.firstIndex(of: 0x20) ?? line.bytes.endIndex
    let name = line.bytes[..<blank].map { $0 &- 0x61 < 26 ? $0 & 0xdf : $0 }
    self.id = id
    self.frameID = line.frame.id
    self.name = WireText.text(name)
    sentName = line.bytes[..<blank].elementsEqual(name) ? nil : WireText.text(Array(line.bytes[..<blank]))
    self.argumentBytes = Array(line.bytes[blank...].dropFirst())
  }

  /// The row for `reply`, which no command asked for.
  init(id: Int64, unasked reply: FTPReply) {
    self.id = id
    self.frameID = reply.frameID
    self.name = nil
    sentName = nil
    self.argumentBytes = []
  }
}

import Bytes

/// Puts replies together from lines (RFC 959, section 4.2).
///
/// ```
/// reply     = code SP text CRLF / code "-" text CRLF *( text CRLF ) code SP text CRLF
/// code      = three digits, the first 1 to 6 (RFC 2228 adds the 6)
/// ```
struct FTPReplyAssembler {
  /// Lines kept of one reply: greetings and help texts have tens, STAT of a folder may have thousands.
  static let lineLimit = 10_000
  /// Bytes kept of one reply, line ends included.
  static let sizeLimit = 1 << 20

  private struct Unfinished {
    let code: Int
    let frame: FrameStamp
    var text: [UInt8]
    var lines = 1
    var isCut = false
  }

  enum Step {
    /// The line belongs to a reply that goes on.
    case more
    /// The line ends a reply; the flag tells that a limit cut its text.
    case reply(FTPReply, isCut: Bool)
    /// The line is no part of a reply.
    case stray
  }

  private var unfinished: Unfinished?

  /// The code at the start of `line` and the byte behind it (nil: the line ends there); nil where there is none.
  static func code(_ line: RawSpan, at offset: Int = 0) -> (code: Int, mark: UInt8?)? {
    guard let hundreds = line.u8(at: offset), let tens = line.u8(at: offset + 1), let ones = line.u8(at: offset + 2),
      (0x31...0x36).contains(hundreds), (0x30...0x39).contains(tens), (0x30...0x39).contains(ones)
    else { return nil }
    return (Int(hundreds) * 100 + Int(tens) * 10 + Int(ones) - 5328, line.u8(at: offset + 3))
  }

  /// Takes the next line.
  mutating func append(_ line: FTPLineReader.Line) -> Step {
    let found = FTPReplyAssembler.code(line.bytes.bytes)
    let isEnd = found.map { $0.mark == 0x20 || $0.mark == nil } ?? false
    if var reply = unfinished {
      let isMarked = found?.code == reply.code && (isEnd || found?.mark == 0x2d)
      let added = isMarked ? line.bytes.dropFirst(4) : line.bytes[...]
      if reply.lines < FTPReplyAssembler.lineLimit, reply.text.count + added.count < FTPReplyAssembler.sizeLimit {
        reply.text.append(0x0a)
        reply.text.append(contentsOf: added)
        reply.lines += 1
      } else {
        reply.isCut = true
      }
      if isEnd, found?.code == reply.code {
        unfinished = nil
        return .reply(FTPReplyAssembler.finished(reply), isCut: reply.isCut)
      }
      unfinished = reply
      return .more
    }
    guard let found, isEnd || found.mark == 0x2d else { return .stray }
    let reply = Unfinished(code: found.code, frame: line.frame, text: Array(line.bytes.dropFirst(4)))
    if isEnd { return .reply(FTPReplyAssembler.finished(reply), isCut: false) }
    unfinished = reply
    return .more
  }

  /// The reply that has begun, as far as it has come.
  mutating func end() -> FTPReply? {
    defer { unfinished = nil }
    return unfinished.map(FTPReplyAssembler.finished)
  }

  private static func finished(_ reply: Unfinished) -> FTPReply {
    FTPReply(code: reply.code, text: WireText.text(reply.text), frameID: reply.frame.id)
  }
}

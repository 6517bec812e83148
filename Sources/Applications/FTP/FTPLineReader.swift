/// Puts the lines of one direction together, byte by byte: up to a line feed, the carriage return before it left off,
/// and Telnet commands (RFC 854) taken out, such as the interrupt that precedes ABOR.
struct FTPLineReader {
  /// Bytes kept of one line. RFC 959 names no limit; paths of systems end at 4,096.
  static let lineLimit = 4096

  /// A line, without its end.
  struct Line {
    let bytes: [UInt8]
    /// The frame of its first byte.
    let frame: FrameStamp
    /// Whether bytes behind `lineLimit` were dropped.
    let isCut: Bool
  }

  private enum Telnet {
    case text
    /// Behind IAC (255).
    case command
    /// Behind IAC and WILL, WONT, DO or DONT: one option byte follows.
    case option
    /// Within IAC SB ... IAC SE.
    case subnegotiation
    /// Behind an IAC within it.
    case subnegotiationCommand
  }

  private var bytes: [UInt8] = []
  private var frame: FrameStamp?
  private var isCut = false
  private var telnet = Telnet.text
  /// Behind a gap what comes first may be the rest of a line whose beginning is missing.
  private var isSkipping = false
  /// Whether lines are replies: one that begins with a reply code is taken for whole, also behind a gap.
  private let readsReplies: Bool

  /// A reader of the server's replies, or of the client's commands.
  init(readsReplies: Bool) {
    self.readsReplies = readsReplies
  }

  /// Takes the next byte; the line that it ends, if it does.
  mutating func append(_ byte: UInt8, in frame: FrameStamp) -> Line? {
    switch telnet {
    case .text:
      if byte == 0xff {
        telnet = .command
        return nil
      }
      return take(byte, frame)
    case .command:
      telnet = .text
      switch byte {
      case 0xff: return take(0xff, frame)
      case 0xfa: telnet = .subnegotiation
      case 0xfb...0xfe: telnet = .option
      case 0xf0...0xf9: break
      default:
        // No command: a path in ISO 8859-1 that holds a bare 255.
        _ = take(0xff, frame)
        return take(byte, frame)
      }
    case .option: telnet = .text
    case .subnegotiation: if byte == 0xff { telnet = .subnegotiationCommand }
    case .subnegotiationCommand: telnet = byte == 0xf0 ? .text : .subnegotiation
    }
    return nil
  }

  private mutating func take(_ byte: UInt8, _ frame: FrameStamp) -> Line? {
    if self.frame == nil { self.frame = frame }
    if byte == 0x0a {
      if bytes.last == 0x0d { bytes.removeLast() }
      return end()
    }
    // One more than the limit, for a carriage return that is not of the line.
    if bytes.count <= FTPLineReader.lineLimit { bytes.append(byte) } else { isCut = true }
    return nil
  }

  /// The line so far, though no line feed has come; nil where there is nothing.
  mutating func end() -> Line? {
    defer {
      bytes = []
      frame = nil
      isCut = false
      isSkipping = false
    }
    if bytes.count > FTPLineReader.lineLimit {
      bytes.removeLast()
      isCut = true
    }
    guard let frame, !isSkipping || readsReplies && beginsWithReplyCode else { return nil }
    return Line(bytes: bytes, frame: frame, isCut: isCut)
  }

  /// Three digits, the first from 1 to 5, and a blank or hyphen (RFC 959, section 4.2).
  private var beginsWithReplyCode: Bool {
    bytes.count > 3 && (0x31...0x35).contains(bytes[0]) && bytes[1...2].allSatisfy { (0x30...0x39).contains($0) }
      && (bytes[3] == 0x20 || bytes[3] == 0x2d)
  }

  /// Bytes are missing: the unfinished line is dropped, and so is what follows up to the next line feed.
  mutating func skipLine() {
    bytes = []
    frame = nil
    isCut = false
    telnet = .text
    isSkipping = true
  }
}

import Bytes

extension XMPPParser {
  /// The namespace of a stream's first tag (RFC 6120, section 4.8.1).
  private static let streams = "http://etherx.jabber.org/streams"

  private enum Look {
    case request, response, stream, more, no
  }

  /// A stream's first tag with the namespace of RFC 6120, behind an XML declaration or without; or, where the beginning is
  /// missing, a login or its answer with theirs.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let (client, server) = (look(opening.client), look(opening.server))
    switch (client, server) {
    case (.stream, _), (.request, _), (_, .response): return .match
    case (.response, _), (_, .request): return .reversed
    // Only one side is there: who answers has an identifier for the stream, but here the client is as likely known.
    case (_, .stream): return opening.client.byteCount == 0 ? .more : .match
    case (.no, _), (_, .no): return .no
    default: return .more
    }
  }

  private static func look(_ bytes: RawSpan) -> Look {
    var start = 0
    while let byte = bytes.u8(at: start), byte == 0x20 || byte == 0x0a || byte == 0x0d { start += 1 }
    guard let first = bytes.u8(at: start) else { return .more }
    guard first == UInt8(ascii: "<") else { return .no }
    if bytes.starts(with: "<?xml", at: start) {
      guard let end = bytes.firstIndex(of: UInt8(ascii: ">"), from: start) else { return .more }
      start = end + 1
      while let byte = bytes.u8(at: start), byte == 0x20 || byte == 0x0a || byte == 0x0d { start += 1 }
    }
    let end = bytes.firstIndex(of: UInt8(ascii: ">"), from: start)
    let tag = bytes.part(from: start, to: end ?? .max)
    if tag.starts(with: "<stream:stream") {
      if end == nil { return .more }
      return holds(tag, streams) ? .stream : .no
    }
    if end == nil {
      let isPrefix = tag.byteCount < 14 && "<stream:stream".utf8.starts(with: tag.copied())
      return isPrefix || tag.starts(with: "<auth ") || "<?xml".utf8.starts(with: tag.copied()) ? .more : .no
    }
    guard holds(tag, XMPPParser.saslNamespace) || holds(tag, XMPPParser.tlsNamespace) else { return .no }
    if tag.starts(with: "<auth ") || tag.starts(with: "<response ") || tag.starts(with: "<starttls ") {
      return .request
    }
    let isAnswer =
      tag.starts(with: "<challenge ") || tag.starts(with: "<success ") || tag.starts(with: "<failure ")
      || tag.starts(with: "<proceed ")
    return isAnswer ? .response : .no
  }

  private static func holds(_ tag: RawSpan, _ text: String) -> Bool {
    let (tag, text) = (tag.copied(), Array(text.utf8))
    guard let first = text.first, tag.count >= text.count else { return false }
    return (0...(tag.count - text.count)).contains { tag[$0] == first && tag[$0...].starts(with: text) }
  }
}

import Bytes
import Records

/// DNS over TCP (RFC 7766, section 8): each message has its length before it.
///
/// ```
/// stream = *( length(2) message )
/// ```
public final class DNSStreamParser: StreamParser {
  /// `dns`.
  public static let service = "dns"

  /// Bytes of the length.
  private static let prefix = 2

  /// One direction of the connection. It keeps at most one message, so 65,537 bytes.
  private struct Half {
    enum State {
      /// At the start of a message, or within the one in `buffer`.
      case within
      /// So many bytes of a message follow whose beginning was decoded before a gap.
      case skipping(Int)
      /// Behind a gap: what follows may or may not begin with a message.
      case seeking
      /// Where messages begin is not known any more.
      case lost
    }

    var state = State.within
    /// The length and as much of its message as has come, while it is not whole.
    var buffer: [UInt8] = []
    var frame = FrameStamp(id: 0, time: nil)

    /// Bytes that `buffer` needs before something can be done.
    var wanted: Int {
      guard let length = buffer.bytes.u16(at: 0) else { return DNSStreamParser.prefix }
      if case .seeking = state { return min(DNSStreamParser.prefix + Int(length), DNSStreamParser.seekSize) }
      return DNSStreamParser.prefix + Int(length)
    }
  }

  /// Bytes that tell whether a message begins here: a length and a header.
  private static let seekSize = prefix + DNSHeader.size

  private let flowID: Int64
  private var exchange: DNSExchange
  private var client = Half()
  private var server = Half()

  /// Unfinished messages.
  public var heldBytes: Int { client.buffer.count + server.buffer.count }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    flowID = flow.id
    exchange = DNSExchange(flow: flow)
  }

  /// The next bytes; messages that they complete are in `frame`.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client {
      consume(bytes, &client, side, frame, context)
    } else {
      consume(bytes, &server, side, frame, context)
    }
  }

  private func consume(
    _ bytes: RawSpan, _ half: inout Half, _ side: Side, _ frame: FrameStamp, _ context: ApplicationContext
  ) {
    var offset = 0
    half.frame = frame
    while offset < bytes.byteCount {
      switch half.state {
      case .lost: return
      case .skipping(let count):
        let taken = min(count, bytes.byteCount - offset)
        offset += taken
        half.state = taken == count ? .within : .skipping(count - taken)
      case .within, .seeking:
        let wanted = half.wanted
        let taken = min(wanted - half.buffer.count, bytes.byteCount - offset)
        half.buffer.append(span: bytes.part(from: offset, to: offset + taken))
        offset += taken
        if half.buffer.count == wanted { advance(&half, side, frame, context) }
      }
    }
  }

  /// The buffer holds what was wanted: a length, a length with a header while seeking, or a whole message.
  private func advance(_ half: inout Half, _ side: Side, _ frame: FrameStamp, _ context: ApplicationContext) {
    guard let length = half.buffer.bytes.u16(at: 0) else { return }
    guard Int(length) >= DNSHeader.size else {
      return lose(&half, "a message of \(length) bytes is too short", frame, context)
    }
    if case .seeking = half.state {
      guard half.buffer.count >= DNSStreamParser.seekSize else { return }
      guard let header = DNSHeader(half.buffer.bytes, at: DNSStreamParser.prefix),
        header.isPlausible(length: Int(length)), !header.hasReservedBit, header.isResponse == (side == .server)
      else { return lose(&half, "no message begins behind the gap", frame, context) }
      half.state = .within
    }
    guard half.buffer.count == DNSStreamParser.prefix + Int(length) else { return }
    // Not kept for the next message: many connections stay open and silent.
    let message = half.buffer
    half.buffer = []
    exchange.decode(
      message.bytes.part(from: DNSStreamParser.prefix), length: Int(length), from: side, in: frame, context: context)
  }

  private func lose(_ half: inout Half, _ detail: String, _ frame: FrameStamp, _ context: ApplicationContext) {
    half.state = .lost
    half.buffer = []
    context.sink.diagnose("lost-dns-stream", detail, frame: frame.id, flow: flowID)
  }

  /// A gap within a message cuts that message and passes over its rest; behind a longer one a message is looked for.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client {
      gap(count, &client, side, context)
    } else {
      gap(count, &server, side, context)
    }
  }

  private func gap(_ count: Int, _ half: inout Half, _ side: Side, _ context: ApplicationContext) {
    var left: Int?
    switch half.state {
    case .lost, .seeking: break
    case .skipping(let rest): left = rest
    case .within:
      if let length = half.buffer.bytes.u16(at: 0) {
        left = DNSStreamParser.prefix + Int(length) - half.buffer.count
      }
    }
    flush(&half, side, context)
    if let left, count <= left {
      half.state = count == left ? .within : .skipping(left - count)
    } else {
      half.state = .seeking
    }
  }

  /// Decodes what has come of an unfinished message.
  private func flush(_ half: inout Half, _ side: Side, _ context: ApplicationContext) {
    let buffer = half.buffer
    half.buffer = []
    guard !buffer.isEmpty else { return }
    let length = Int(buffer.bytes.u16(at: 0) ?? UInt16(DNSHeader.size))
    let message = buffer.bytes.part(from: DNSStreamParser.prefix)
    exchange.decode(message, length: length, from: side, in: half.frame, context: context)
  }

  /// Decodes the beginning of a message that the side has not finished.
  public func close(_ side: Side, context: ApplicationContext) {
    if side == .client { flush(&client, .client, context) } else { flush(&server, .server, context) }
  }

  /// Decodes the beginnings of messages that are not finished.
  public func finish(context: ApplicationContext) {
    flush(&client, .client, context)
    flush(&server, .server, context)
  }
}

extension DNSStreamParser {
  /// A length and a message that fits it, from either side. On a server's port 53 a plausible header is enough.
  public static func probe(_ opening: borrowing Opening) -> Probe {
    let port = opening.flow.server.port
    guard !DNSProbe.isForeign(port) else { return .no }
    let client = judge(opening.client, port)
    let server = judge(opening.server, port)
    switch (client, server) {
    case (.other, _), (_, .other): return .no
    case (.query, _), (_, .response): return .match
    case (.response, _), (_, .query): return .reversed
    case (.unclear, .unclear): return .more
    }
  }

  private enum Judgement {
    case query
    case response
    case unclear
    case other
  }

  private static func judge(_ bytes: RawSpan, _ port: UInt16) -> Judgement {
    guard let length = bytes.u16(at: 0) else { return .unclear }
    guard Int(length) >= DNSHeader.size + DNSHeader.questionMinimum else { return .other }
    guard let header = DNSHeader(bytes, at: prefix) else { return .unclear }
    let isUsual = DNSProbe.hasUsualHeader(header, length: Int(length))
    let kind: Judgement = header.isResponse ? .response : .query
    if port == DNSProbe.dnsPort {
      // Messages of a zone transfer behind the first may have no question (RFC 5936, section 2.2).
      return isUsual || header.isResponse && header.isPlausible(length: Int(length)) ? kind : .other
    }
    guard isUsual else { return .other }
    let message = bytes.part(from: prefix, to: prefix + Int(length))
    if message.byteCount == Int(length) { return DNSProbe.isWholeMessage(message) ? kind : .other }
    return DNSProbe.endOfQuestion(message) == nil ? .unclear : kind
  }
}

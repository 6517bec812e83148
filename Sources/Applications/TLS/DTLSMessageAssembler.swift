import Bytes

// struct {                                                    RFC 6347, section 4.2.2
//   HandshakeType msg_type;
//   uint24 length;                                            of the whole message
//   uint16 message_seq;
//   uint24 fragment_offset;
//   uint24 fragment_length;
// } Handshake;

/// The twelve bytes in front of a fragment of a DTLS handshake message.
struct DTLSFragmentHeader {
  /// Bytes of a header.
  static let size = 12

  /// `HandshakeType`.
  let type: UInt8
  /// Bytes of the whole message.
  let length: Int
  /// Number of the message.
  let sequence: UInt16
  /// Where in the message the fragment lies.
  let offset: Int
  /// Bytes of the fragment.
  let count: Int

  /// The header at `start` of `bytes`; nil where there is none that agrees with itself.
  init?(_ bytes: RawSpan, at start: Int) {
    guard let first = bytes.u32(at: start), let sequence = bytes.u16(at: start + 4),
      let middle = bytes.u32(at: start + 6), let last = bytes.u16(at: start + 10)
    else { return nil }
    type = UInt8(truncatingIfNeeded: first >> 24)
    length = Int(first & 0xff_ffff)
    self.sequence = sequence
    offset = Int(middle >> 8)
    count = Int(middle & 0xff) << 16 | Int(last)
    guard offset + count <= length else { return nil }
  }
}

/// Puts the handshake messages of one side of a DTLS association together from fragments in any order.
struct DTLSMessageAssembler {
  /// Messages that are kept unfinished; a flight has a few.
  static let messageLimit = 8
  /// Fragments of one message that are kept; a message of the longest size fits in about a hundred datagrams.
  static let fragmentLimit = 128

  private struct Pending {
    let header: DTLSFragmentHeader
    let type: TLSHandshakeType
    let frame: FrameStamp
    var fragments: [(offset: Int, bytes: [UInt8])]

    /// The message from its start to the first byte that is missing.
    var prefix: [UInt8] {
      var bytes: [UInt8] = []
      for fragment in fragments.sorted(by: { $0.offset < $1.offset }) {
        guard fragment.offset <= bytes.count else { break }
        bytes.append(contentsOf: fragment.bytes.dropFirst(bytes.count - fragment.offset))
      }
      return bytes
    }
  }

  private var pending: [Pending] = []
  private var keptBytes = 0

  /// Takes the fragments in one handshake record; the last of them may be cut by the capture.
  mutating func consume(
    _ record: RawSpan, in frame: FrameStamp, rows: inout TLSHandshakeRows, context: ApplicationContext
  ) {
    var at = 0
    while at < record.byteCount {
      guard let header = DTLSFragmentHeader(record, at: at), let type = TLSHandshakeType(rawValue: header.type) else {
        let isCut = record.byteCount - at < DTLSFragmentHeader.size
        rows.diagnose(
          isCut ? "truncated-tls-handshake" : "malformed-tls",
          "DTLS handshake \(isCut ? "truncated" : "malformed") at byte \(at) of its record", in: frame,
          context: context)
        return
      }
      let start = at + DTLSFragmentHeader.size
      at = start + header.count
      guard type.isRecorded else { continue }
      let bytes = record.part(from: start, to: at)
      if header.count == header.length, bytes.byteCount == header.count {
        forget(header.sequence)
        rows.message(type, bytes, in: frame, context: context)
      } else {
        add(bytes, header, type, in: frame, rows: &rows, context: context)
      }
    }
  }

  private mutating func add(
    _ bytes: RawSpan, _ header: DTLSFragmentHeader, _ type: TLSHandshakeType, in frame: FrameStamp,
    rows: inout TLSHandshakeRows, context: ApplicationContext
  ) {
    let known = pending.firstIndex {
      $0.header.sequence == header.sequence && $0.header.type == header.type && $0.header.length == header.length
    }
    let count = known.map { pending[$0].fragments.count } ?? 0
    guard header.length <= TLSHandshakeRows.messageLimit, count < DTLSMessageAssembler.fragmentLimit,
      keptBytes + bytes.byteCount <= TLSHandshakeRows.messageLimit
    else {
      rows.diagnose(
        "malformed-tls", "DTLS handshake limit: a fragment of \(type.name) is passed over", in: frame, context: context)
      return
    }
    keptBytes += bytes.byteCount
    let fragment = (offset: header.offset, bytes: bytes.copied())
    guard let known else {
      if pending.count >= DTLSMessageAssembler.messageLimit { give(up: 0, rows: &rows, context: context) }
      pending.append(Pending(header: header, type: type, frame: frame, fragments: [fragment]))
      return
    }
    pending[known].fragments.append(fragment)
    let message = pending[known].prefix
    guard message.count >= header.length else { return }
    let first = pending[known].frame
    remove(known)
    rows.message(type, message.bytes.part(from: 0, to: header.length), in: first, context: context)
  }

  private mutating func remove(_ index: Int) {
    let message = pending.remove(at: index)
    for fragment in message.fragments { keptBytes -= fragment.bytes.count }
  }

  /// Drops fragments of a message that came whole in the end.
  private mutating func forget(_ sequence: UInt16) {
    guard let index = pending.firstIndex(where: { $0.header.sequence == sequence }) else { return }
    remove(index)
  }

  private mutating func give(up index: Int, rows: inout TLSHandshakeRows, context: ApplicationContext) {
    let message = pending[index]
    remove(index)
    rows.truncated(
      message.type, message.prefix.bytes, length: message.header.length, in: message.frame, context: context)
  }

  /// Nothing follows: what is unfinished stays so.
  mutating func finish(rows: inout TLSHandshakeRows, context: ApplicationContext) {
    while !pending.isEmpty { give(up: 0, rows: &rows, context: context) }
  }
}

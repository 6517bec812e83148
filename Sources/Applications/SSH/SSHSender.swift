import Bytes

/// What one end of an SSH connection has sent in the clear.
struct SSHSender {
  /// Lines that a server may send before its identification, as many as OpenSSH's client reads.
  static let lineLimit = 1024
  /// Bytes of a packet that are kept: every implementation must take so many (RFC 4253, section 6.1).
  static let packetLimit = 35_000
  /// Bytes of the longest packet that any implementation takes: OpenSSH's limit.
  static let lengthLimit = 262_144

  /// Nil: not seen (yet).
  var banner: SSHBanner?
  /// Nil: not seen (yet).
  var offer: SSHKeyExchangeInit?
  /// Whether nothing more is read of it: what follows is encrypted, or cannot be read.
  var isOver = false

  private var lines = LineReader()
  private var lineCount = 0
  private var packets = MessageAssembler(keepLimit: packetLimit)

  /// Bytes kept of what is unfinished.
  var heldBytes: Int { isOver ? 0 : lines.heldBytes + packets.heldBytes }

  /// Takes bytes of `input` from `index` on up to the next packet, and moves `index` behind them; the packet without its
  /// length, or nil where there is none.
  mutating func next(_ input: RawSpan, at index: inout Int, in frame: FrameStamp) -> AssembledMessage? {
    while !isOver, index < input.byteCount {
      guard banner != nil else {
        if let line = lines.next(input, at: &index, in: frame) { take(line) }
        continue
      }
      let packet = packets.next(in: input, from: &index, frame: frame, measure: SSHSender.measure)
      if packets.isLost { isOver = true }
      if let packet { return packet }
    }
    return nil
  }

  private mutating func take(_ line: TextLine) {
    banner = SSHBanner(line)
    lineCount += 1
    if banner == nil, lineCount > SSHSender.lineLimit { isOver = true }
    if banner?.isVersion2 == false { isOver = true }
  }

  /// Bytes are missing.
  mutating func gap(of count: Int) {
    if banner == nil { lines.gap() } else { packets.gap(of: count) }
  }

  /// The length of a packet (RFC 4253, section 6): `uint32 packet_length`, which does not count itself.
  private static func measure(_ bytes: RawSpan) -> MessageMeasure {
    guard let length = bytes.u32(at: 0) else { return .more }
    return (12...UInt32(lengthLimit)).contains(length) ? .keep(Int(length) + 4) : .no
  }

  /// A packet's payload: `byte padding_length; byte[] payload; byte[] padding`. Empty where it has none.
  @_lifetime(copy packet)
  static func payload(_ packet: RawSpan) -> RawSpan {
    packet.part(from: 5, to: packet.byteCount - Int(packet.u8(at: 4) ?? 0))
  }
}

import Bytes

/// Reads the blocks of a pcapng file that hold neither packets nor their structure, within limits for the whole file.
struct PcapngNotes {
  private var names = 0
  private var comments = 0
  private var commentBytes = 0
  private var secretBytes = 0
  private var omitted: Set<String> = []

  /// The names of a name resolution block (draft-ietf-opsawg-pcapng, section 4.5), whole, and its comments.
  ///
  /// ```
  ///  8 |      Record Type              |      Record Value Length      |
  /// 12 /       Record Value, padded to a multiple of 4 bytes           /
  ///    |      0: the end               |      0                        |
  ///    /                         Options                               /
  /// ```
  mutating func readNames(_ block: RawSpan, _ order: ByteOrder, _ onNote: (CaptureNote) -> Void) {
    let body = block.part(from: 8, to: block.byteCount &- 4)
    var offset = 0
    while let type = order.u16(body, at: offset), let length = order.u16(body, at: offset &+ 2).map(Int.init),
      offset &+ 4 &+ length <= body.byteCount
    {
      let value = body.part(from: offset &+ 4, to: offset &+ 4 &+ length)
      offset &+= 4 &+ (length &+ 3) & ~3
      switch type {
      case 0:
        return readComments(body.part(from: offset), order, .names, onNote)
      case 1: if let address = IPAddress(v4: value, at: 0) { addNames(value.part(from: 4), of: address, onNote) }
      case 2: if let address = IPAddress(v6: value, at: 0) { addNames(value.part(from: 16), of: address, onNote) }
      // MAC addresses have names too; there is no table of them.
      default: break
      }
    }
  }

  /// Each of several names ends with NUL.
  private mutating func addNames(_ texts: RawSpan, of address: IPAddress, _ onNote: (CaptureNote) -> Void) {
    var rest = texts
    while rest.byteCount > 0 {
      let end = rest.firstIndex(of: 0) ?? rest.byteCount
      let name = rest.part(from: 0, to: end)
      rest = rest.part(from: min(end &+ 1, rest.byteCount))
      guard name.byteCount > 0, name.byteCount <= CaptureLimits.nameLength else { continue }
      names &+= 1
      guard names <= CaptureLimits.names else {
        return omit("more than \(CaptureLimits.names) names of addresses in the capture file", onNote)
      }
      onNote(.name(address, name.copied()))
    }
  }

  /// The secrets of a decryption secrets block (draft-ietf-opsawg-pcapng, section 4.7), whole, and its comments.
  ///
  /// ```
  ///  8 |                          Secrets Type                         |
  /// 12 |                         Secrets Length                        |
  /// 16 /          Secrets Data, padded to a multiple of 4 bytes        /
  ///    /                         Options                               /
  /// ```
  mutating func readSecrets(_ block: RawSpan, _ order: ByteOrder, _ onNote: (CaptureNote) -> Void) {
    guard let type = order.u32(block, at: 8), let length = order.u32(block, at: 12).map(Int.init),
      length <= block.byteCount &- 20
    else { return }
    secretBytes &+= length
    if secretBytes <= CaptureLimits.secretBytes {
      onNote(.secrets(type: type, bytes: block.part(from: 16, to: 16 &+ length).copied()))
    } else {
      omit("more than \(CaptureLimits.secretBytes) bytes of secrets for decryption in the capture file", onNote)
    }
    readComments(block.part(from: 16 &+ (length &+ 3) & ~3, to: block.byteCount &- 4), order, .secrets, onNote)
  }

  /// An interface statistics block (draft-ietf-opsawg-pcapng, section 4.6), whole, of an interface whose clock is `clock`, as
  /// the last word on it.
  ///
  /// ```
  ///  8 |                         Interface ID                          |
  /// 12 |                       Timestamp (high)                        |
  /// 16 |                       Timestamp (low)                         |
  /// 20 /                         Options                               /
  /// ```
  static func read(
    statistics block: RawSpan, _ order: ByteOrder, clock: PcapngClock, into statistics: inout InterfaceStatistics
  ) {
    func time(_ bytes: RawSpan, at offset: Int) -> Int64? {
      guard let high = order.u32(bytes, at: offset), let low = order.u32(bytes, at: offset &+ 4) else { return nil }
      return clock.nanoseconds(UInt64(high) << 32 | UInt64(low))
    }
    var read = InterfaceStatistics()
    read.time = time(block, at: 12)
    PcapngOptions.forEach(block.part(from: 20, to: block.byteCount &- 4), order) { code, value in
      let count = order.u64(value, at: 0).map { Int64(clamping: $0) }
      switch code {
      case 2: read.start = time(value, at: 0)
      case 3: read.end = time(value, at: 0)
      case 4: read.received = count
      case 5: read.dropped = count
      case 6: read.accepted = count
      case 7: read.droppedBySystem = count
      case 8: read.delivered = count
      default: break
      }
    }
    read.lostBetween = statistics.lostBetween
    statistics = read
  }

  /// The comments among a block's options.
  mutating func readComments(
    _ options: RawSpan, _ order: ByteOrder, _ subject: CommentSubject, _ onNote: (CaptureNote) -> Void
  ) {
    guard options.byteCount > 4 else { return }
    PcapngOptions.forEach(options, order) { code, value in
      if code == PcapngOptions.comment, let text = PcapngOptions.text(value), isWithinLimit(text, onNote) {
        onNote(.comment(text, subject))
      }
    }
  }

  /// What the options of a packet's block say; `lost` counts packets that were lost before it.
  mutating func read(
    packetOptions options: RawSpan, _ order: ByteOrder, lost: inout UInt64, _ onNote: (CaptureNote) -> Void
  ) -> FrameOptions {
    var read = FrameOptions()
    PcapngOptions.forEach(options, order) { code, value in
      switch code {
      case PcapngOptions.comment:
        if let text = PcapngOptions.text(value), isWithinLimit(text, onNote) { read.comments.append(text) }
      case 2: read.flags = order.u32(value, at: 0) ?? 0
      case 4: lost = order.u64(value, at: 0) ?? 0
      default: break
      }
    }
    return read
  }

  private mutating func isWithinLimit(_ text: [UInt8], _ onNote: (CaptureNote) -> Void) -> Bool {
    comments &+= 1
    commentBytes &+= text.count
    if comments <= CaptureLimits.comments, commentBytes <= CaptureLimits.commentBytes { return true }
    omit(
      "more than \(CaptureLimits.comments) comments, or \(CaptureLimits.commentBytes) bytes of them, in the capture file",
      onNote)
    return false
  }

  /// Says once that there are more.
  private mutating func omit(_ what: String, _ onNote: (CaptureNote) -> Void) {
    if omitted.insert(what).inserted { onNote(.omitted(what)) }
  }
}

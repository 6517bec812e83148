import Bytes

extension CaptureReader {
  /// Where a pass over one window stopped.
  enum Pass {
    /// The record at the window's front needs so many bytes in all.
    case needs(Int)
    /// The caller asked to stop.
    case stopped
    /// The record at the window's front is damaged.
    case damaged(String)
  }

  /// How far a pass has come.
  struct Cursor {
    /// Bytes from the window's start.
    var offset = 0
    /// Number of the last frame.
    var number: Int
  }

  func readPcap<Failure: Error>(
    _ header: PcapFileHeader, _ body: (CapturedFrame, RawSpan) throws(Failure) -> Bool
  ) throws(Failure) -> CaptureEnd {
    var wanted = header.recordHeaderLength
    while input.fill(wanted) {
      var cursor = Cursor(number: lastNumber)
      defer {
        input.advance(cursor.offset)
        lastNumber = cursor.number
      }
      switch try Self.passPcap(input.window, from: input.position, header, &cursor, body) {
      case .needs(let count): wanted = count
      case .stopped: return .stopped
      case .damaged(let detail): return .damaged(detail)
      }
    }
    return shortage("the packet record", wanted: wanted)
  }

  /// Hands out every whole record of `window` (draft-ietf-opsawg-pcap, section 5).
  ///
  /// ```
  ///  0 |                      Timestamp (Seconds)                     |
  ///  4 |            Timestamp (Microseconds or nanoseconds)           |
  ///  8 |                    Captured Packet Length                    |
  /// 12 |                    Original Packet Length                    |
  /// 16 /                          Packet Data                         /
  /// ```
  private static func passPcap<Failure: Error>(
    _ window: RawSpan, from position: Int64, _ header: PcapFileHeader, _ cursor: inout Cursor,
    _ body: (CapturedFrame, RawSpan) throws(Failure) -> Bool
  ) throws(Failure) -> Pass {
    let order = ByteOrder(isLittleEndian: header.isLittleEndian)
    let lengthLimit = CaptureLimits.frameLength(linkType: header.linkType)
    while true {
      let start = cursor.offset
      guard let seconds = order.u32(window, at: start), let fraction = order.u32(window, at: start &+ 4),
        let first = order.u32(window, at: start &+ 8), let second = order.u32(window, at: start &+ 12)
      else { return .needs(header.recordHeaderLength) }
      var (captured, length) = (Int(first), Int(second))
      if header.lengthOrder != .capturedFirst, header.lengthOrder == .wireFirst || captured > length {
        swap(&captured, &length)
      }
      guard captured <= lengthLimit else {
        return .damaged(
          "the packet record at byte \(position &+ Int64(start)) claims \(captured) captured bytes, \(lengthLimit) are possible"
        )
      }
      let wanted = header.recordHeaderLength &+ captured
      guard wanted <= window.byteCount &- start else { return .needs(wanted) }

      // At most 2^32 s and 2^32 µs: below 2^63 ns.
      let time = Int64(seconds) &* 1_000_000_000 &+ Int64(fraction) &* header.nanosecondsPerUnit
      cursor.number &+= 1
      cursor.offset = start &+ wanted
      let frame = CapturedFrame(
        number: cursor.number, timestamp: time, length: length, capturedLength: captured, linkType: header.linkType,
        interface: 0, position: position &+ Int64(start))
      let bytes = window.part(from: start &+ header.recordHeaderLength, to: cursor.offset)
      guard try body(frame, bytes) else { return .stopped }
    }
  }
}

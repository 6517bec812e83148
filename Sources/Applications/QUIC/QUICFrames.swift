import Bytes

/// What is read of the frames in an Initial packet (RFC 9000, sections 12.4 and 19).
enum QUICFrame {
  /// CRYPTO: a part of the handshake at `offset`, which lies at `data` of the payload.
  case crypto(offset: Int, data: Range<Int>)
  /// CONNECTION_CLOSE: `reason` is where the phrase lies.
  case close(code: Int, reason: Range<Int>)

  /// The frames in `payload` that matter, as far as they can be read, and where the first one lies that can not be; nil: all
  /// can. In Google's T050 and T051 CRYPTO frames have Google's type.
  static func read(_ payload: RawSpan, version: QUICVersion = .v1) -> (frames: [QUICFrame], fault: Int?) {
    var frames: [QUICFrame] = []
    var at = 0
    while let type = payload.u8(at: at) {
      let start = at
      at += 1
      switch type {
      case 0, 1: continue
      case 2, 3: guard skipACK(payload, &at, hasCounts: type == 3) else { return (frames, start) }
      case 6, 8:
        guard type == 6 || version == .t050 || version == .t051 else { return (frames, start) }
        guard let offset = QUICInteger.read(payload, &at), let length = QUICInteger.read(payload, &at) else {
          return (frames, start)
        }
        // Of a packet that the capture cut the last frame may go on behind its end.
        let end = length <= payload.byteCount - at ? at + length : payload.byteCount
        frames.append(.crypto(offset: offset, data: at..<end))
        guard length <= payload.byteCount - at else { return (frames, start) }
        at += length
      case 0x1c:
        guard let code = QUICInteger.read(payload, &at), QUICInteger.read(payload, &at) != nil,
          let length = QUICInteger.length(payload, &at)
        else { return (frames, start) }
        frames.append(.close(code: code, reason: at..<(at + length)))
        at += length
      default: return (frames, start)
      }
    }
    return (frames, nil)
  }

  private static func skipACK(_ payload: RawSpan, _ at: inout Int, hasCounts: Bool) -> Bool {
    guard QUICInteger.read(payload, &at) != nil, QUICInteger.read(payload, &at) != nil,
      let ranges = QUICInteger.read(payload, &at), QUICInteger.read(payload, &at) != nil,
      ranges <= payload.byteCount
    else { return false }
    for _ in 0..<(2 * ranges + (hasCounts ? 3 : 0)) where QUICInteger.read(payload, &at) == nil { return false }
    return true
  }
}

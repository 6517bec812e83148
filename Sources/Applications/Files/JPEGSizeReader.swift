import Bytes

/// Finds the size of a JPEG image as its bytes pass by: in its frame header, which large metadata may stand before (ITU-T
/// T.81, section B.2.2):
///
///     SOFn Lf(16) P(8) Y(16) X(16) ...
///
/// Segments are skipped by their lengths, so that a thumbnail within one is not taken for the image.
struct JPEGSizeReader {
  private enum State {
    /// At a marker's first byte; the image must begin with SOI.
    case marker(isFirst: Bool)
    /// Behind `FF`.
    case code(isFirst: Bool)
    case skipping(Int)
    /// In the first bytes of a segment: how many were read of those that are wanted.
    case segment(isFrame: Bool, read: Int)
    case done
  }

  private var state = State.marker(isFirst: true)
  private var segments = 0
  /// The last bytes read of a segment.
  private var word: UInt64 = 0
  /// Pixels; nil: not found yet, or not at all.
  private(set) var size: ImageSize?

  /// Whether nothing more is to be found.
  var isDone: Bool { if case .done = state { true } else { false } }

  /// The next bytes.
  mutating func take(_ bytes: RawSpan) {
    var index = 0
    while index < bytes.byteCount {
      if case .skipping(let count) = state {
        let part = min(count, bytes.byteCount - index)
        index += part
        state = part == count ? .marker(isFirst: false) : .skipping(count - part)
        continue
      }
      guard !isDone, let byte = bytes.u8(at: index) else { return }
      index += 1
      take(byte)
    }
  }

  /// The next `count` bytes are missing.
  mutating func skip(_ count: Int) {
    if case .skipping(let left) = state, count <= left {
      state = count == left ? .marker(isFirst: false) : .skipping(left - count)
    } else {
      state = .done
    }
  }

  private mutating func take(_ byte: UInt8) {
    switch state {
    case .marker(let isFirst): state = byte == 0xff ? .code(isFirst: isFirst) : .done
    case .code(let isFirst): state = isFirst ? (byte == 0xd8 ? .marker(isFirst: false) : .done) : state(behind: byte)
    case .segment(let isFrame, let read):
      word = word << 8 | UInt64(byte)
      let read = read + 1
      if read < (isFrame ? 7 : 2) { return state = .segment(isFrame: isFrame, read: read) }
      guard isFrame else {
        let length = Int(word & 0xffff)
        return state = length > 2 ? .skipping(length - 2) : length == 2 ? .marker(isFirst: false) : .done
      }
      size = ImageSize(width: Int(word & 0xffff), height: Int(word >> 16 & 0xffff))
      state = .done
    case .skipping, .done: break
    }
  }

  /// What follows the marker `FF code`.
  private mutating func state(behind code: UInt8) -> State {
    segments += 1
    guard segments <= FileLimits.jpegSegments else { return .done }
    word = 0
    switch code {
    // Fill bytes.
    case 0xff: return .code(isFirst: false)
    // TEM and RSTn stand alone.
    case 0x01, 0xd0...0xd7: return .marker(isFirst: false)
    // DHT, JPG and DAC have codes of frame headers.
    case 0xc4, 0xc8, 0xcc: return .segment(isFrame: false, read: 0)
    case 0xc0...0xcf: return .segment(isFrame: true, read: 0)
    // SOI, EOI, SOS: without a frame header before them there is no image.
    case 0x00, 0xd8, 0xd9, 0xda: return .done
    default: return .segment(isFrame: false, read: 0)
    }
  }
}

import Bytes

/// Width and height of an image in pixels, as its header says.
struct ImageSize: Equatable, Sendable {
  let width: Int
  let height: Int

  /// An image of this size; nil where one side has no pixels, as in a JPEG image whose height a later marker tells.
  init?(width: Int, height: Int) {
    guard width > 0, height > 0 else { return nil }
    (self.width, self.height) = (width, height)
  }

  /// The size that the header in the first bytes of a file tells, for PNG, GIF, BMP, WebP, AVIF, HEIC, and JPEG with its
  /// frame header among them; nil for anything else.
  init?(_ bytes: RawSpan, type: String?) {
    switch type {
    case "image/png":
      // PNG, section 11.2.2: IHDR comes first.
      guard bytes.starts(with: "IHDR", at: 12), let width = bytes.u32(at: 16), let height = bytes.u32(at: 20) else {
        return nil
      }
      self.init(width: Int(width), height: Int(height))
    case "image/gif":
      // GIF89a, section 18: the logical screen, little-endian.
      guard let width = bytes.u16(at: 6)?.byteSwapped, let height = bytes.u16(at: 8)?.byteSwapped else { return nil }
      self.init(width: Int(width), height: Int(height))
    case "image/bmp": self.init(bitmap: bytes)
    case "image/webp": self.init(webP: bytes)
    case "image/avif", "image/heic": self.init(boxes: bytes)
    case "image/jpeg":
      var reader = JPEGSizeReader()
      reader.take(bytes)
      guard let size = reader.size else { return nil }
      self = size
    default: return nil
    }
  }

  /// BITMAPCOREHEADER and BITMAPINFOHEADER, little-endian; a negative height says that rows go from top to bottom.
  private init?(bitmap bytes: RawSpan) {
    guard let size = bytes.u32(at: 14)?.byteSwapped else { return nil }
    if size == 12 {
      guard let width = bytes.u16(at: 18)?.byteSwapped, let height = bytes.u16(at: 20)?.byteSwapped else { return nil }
      self.init(width: Int(width), height: Int(height))
    } else {
      guard size >= 16, let width = bytes.u32(at: 18)?.byteSwapped, let height = bytes.u32(at: 22)?.byteSwapped else {
        return nil
      }
      self.init(width: Int(Int32(bitPattern: width)), height: abs(Int(Int32(bitPattern: height))))
    }
  }

  /// Lossy, lossless and extended format (RFC 9649, sections 2.5, 2.6 and 2.7), little-endian.
  private init?(webP bytes: RawSpan) {
    if bytes.starts(with: "VP8 ", at: 12) {
      // A key frame's start code (RFC 6386, section 9.1), then 14 bits each.
      guard bytes.u16(at: 23) == 0x9d01, bytes.u8(at: 25) == 0x2a, let width = bytes.u16(at: 26)?.byteSwapped,
        let height = bytes.u16(at: 28)?.byteSwapped
      else { return nil }
      self.init(width: Int(width & 0x3fff), height: Int(height & 0x3fff))
    } else if bytes.starts(with: "VP8L", at: 12) {
      guard bytes.u8(at: 20) == 0x2f, let packed = bytes.u32(at: 21)?.byteSwapped else { return nil }
      self.init(width: Int(packed & 0x3fff) + 1, height: Int(packed >> 14 & 0x3fff) + 1)
    } else if bytes.starts(with: "VP8X", at: 12) {
      guard let low = bytes.u32(at: 24)?.byteSwapped, let high = bytes.u32(at: 26) else { return nil }
      self.init(width: Int(low & 0xffffff) + 1, height: Int(high.byteSwapped >> 8) + 1)
    } else {
      return nil
    }
  }

  /// The largest image that an `ispe` box among the first bytes tells (ISO/IEC 23008-12, section 6.5.3): smaller ones are
  /// thumbnails and tiles.
  private init?(boxes bytes: RawSpan) {
    var best: ImageSize?
    var index = 0
    while let found = bytes.firstIndex(of: UInt8(ascii: "i"), from: index) {
      index = found + 1
      guard bytes.starts(with: "ispe", at: found), let width = bytes.u32(at: found + 8),
        let height = bytes.u32(at: found + 12), let size = ImageSize(width: Int(width), height: Int(height))
      else { continue }
      // Of two 32-bit numbers the product fits.
      if best.map({ $0.width.multipliedFullWidth(by: $0.height) < size.width.multipliedFullWidth(by: size.height) })
        ?? true
      {
        best = size
      }
    }
    guard let best else { return nil }
    self = best
  }
}

import Bytes

/// The header of a pcap file (draft-ietf-opsawg-pcap, section 4), in the byte order of the machine that wrote it.
///
/// ```
///  0                   1                   2                   3
/// |0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1|
/// +---------------------------------------------------------------+
///  0 |                          Magic Number                        |
///  4 |         Major Version         |         Minor Version        |
///  8 |                           Reserved1                          |
/// 12 |                           Reserved2                          |
/// 16 |                            SnapLen                           |
/// 20 | FCS |f|0 0 0 0 0 0 0 0 0 0 0 0|            LinkType          |
/// ```
struct PcapFileHeader {
  /// Which of the two lengths in a record is the captured one.
  enum LengthOrder {
    /// The captured length first, as everywhere since version 2.3.
    case capturedFirst
    /// The wire length first: before 2.3, and DG/UX's 543.0.
    case wireFirst
    /// Version 2.3 was written both ways: the smaller is the captured one.
    case smallerIsCaptured
  }

  /// Whether the file is little-endian.
  let isLittleEndian: Bool
  /// Nanoseconds in a unit of the records' fractions of a second.
  let nanosecondsPerUnit: Int64
  /// Bytes before the first record.
  let headerLength: Int
  /// Bytes of a record before its frame.
  var recordHeaderLength: Int
  let lengthOrder: LengthOrder
  let linkType: UInt16
  let snaplen: Int

  /// Length of the header that all variants have.
  private static let commonLength = 24

  /// What a magic number stands for.
  private struct Variant {
    var nanosecondsPerUnit: Int64 = 1000
    var extraHeader = 0
    var recordHeader = 16

    init?(magic: UInt32) {
      switch magic {
      case 0xa1b2_c3d4: break
      case 0xa1b2_3c4d: nanosecondsPerUnit = 1
      // Alexey Kuznetzov's patch of 1999: interface index, protocol and packet type behind the lengths.
      case 0xa1b2_cd34: recordHeader = 24
      // Ixia's hardware and software captures: the records' total length stands behind the header.
      case 0x1c00_01ac: (nanosecondsPerUnit, extraHeader) = (1, 4)
      case 0x1c00_01ab: extraHeader = 4
      default: return nil
      }
    }
  }

  /// The header at the start of `bytes`; nil where the magic number is not pcap's.
  init?(_ bytes: RawSpan, path: String) throws(CaptureFileError) {
    guard let magic = bytes.u32(at: 0) else { return nil }
    let variant: Variant
    if let found = Variant(magic: magic) {
      (variant, isLittleEndian) = (found, false)
    } else if let found = Variant(magic: magic.byteSwapped) {
      (variant, isLittleEndian) = (found, true)
    } else {
      return nil
    }
    let order = ByteOrder(isLittleEndian: isLittleEndian)
    headerLength = PcapFileHeader.commonLength + variant.extraHeader
    guard bytes.byteCount >= headerLength, let major = order.u16(bytes, at: 4), let minor = order.u16(bytes, at: 6),
      let limit = order.u32(bytes, at: 16), let network = order.u32(bytes, at: 20)
    else { throw .truncatedHeader(path: path, format: .pcap, size: bytes.byteCount) }

    switch (major, minor) {
    case (2, 0...2), (543, _): lengthOrder = .wireFirst
    case (2, 3): lengthOrder = .smallerIsCaptured
    case (2, _): lengthOrder = .capturedFirst
    default: throw .unsupportedVersion(path: path, format: .pcap, version: "\(major).\(minor)")
    }
    recordHeaderLength = variant.recordHeader
    snaplen = Int(limit)
    let aix = major == 2 && minor == 2 ? PcapFileHeader.aixLinkType(network) : nil
    linkType = aix ?? UInt16(truncatingIfNeeded: network)
    nanosecondsPerUnit = aix == nil ? variant.nanosecondsPerUnit : 1
  }

  /// AIX writes version 2.2, nanoseconds, and the interface type of RFC 1573 in place of a link type.
  private static func aixLinkType(_ interfaceType: UInt32) -> UInt16? {
    switch interfaceType {
    case 6: 1
    case 9: 6
    case 15: 10
    case 24: 0
    default: nil
    }
  }
}

/// Integers in the byte order that a file declares.
struct ByteOrder: BitwiseCopyable {
  let isLittleEndian: Bool

  @inline(__always)
  func u16(_ bytes: RawSpan, at offset: Int) -> UInt16? {
    guard let value = bytes.u16(at: offset) else { return nil }
    return isLittleEndian ? value.byteSwapped : value
  }

  @inline(__always)
  func u32(_ bytes: RawSpan, at offset: Int) -> UInt32? {
    guard let value = bytes.u32(at: offset) else { return nil }
    return isLittleEndian ? value.byteSwapped : value
  }

  @inline(__always)
  func u64(_ bytes: RawSpan, at offset: Int) -> UInt64? {
    guard let value = bytes.u64(at: offset) else { return nil }
    return isLittleEndian ? value.byteSwapped : value
  }
}

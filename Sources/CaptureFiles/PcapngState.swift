import Bytes

/// Block types of pcapng (draft-ietf-opsawg-pcapng, section 11.1) that matter here.
enum PcapngBlock {
  /// Reads the same in both byte orders.
  static let sectionHeader: UInt32 = 0x0a0d_0d0a
  static let interfaceDescription: UInt32 = 1
  /// Obsolete.
  static let packet: UInt32 = 2
  static let simplePacket: UInt32 = 3
  static let nameResolution: UInt32 = 4
  static let interfaceStatistics: UInt32 = 5
  static let enhancedPacket: UInt32 = 6
  static let decryptionSecrets: UInt32 = 10

  /// Type, total length, and the total length again at the end.
  static let overhead = 12

  /// Whether Wireshark gives such a block a frame number, although it holds no packet.
  static func isCounted(_ type: UInt32) -> Bool {
    switch type {
    // systemd's journal entry.
    case 0x0000_0009: true
    // Custom blocks, to be copied by other programs or not.
    case 0x0000_0bad, 0x4000_0bad: true
    // Sysdig's events of version 1, version 2 and large.
    case 0x0000_0204, 0x0000_0216, 0x0000_0221: true
    default: false
    }
  }
}

/// What an interface description says about the packets that refer to it.
struct PcapngInterface {
  let linkType: UInt16
  let snaplen: Int
  var clock = PcapngClock()
}

/// `if_tsresol` and `if_tsoffset`: how the ticks of an interface become time.
struct PcapngClock: Equatable {
  /// Ticks in a second. 0 where the resolution is finer than 64 bits can count: then no packet has a time.
  var ticksPerSecond: UInt64 = 1_000_000
  /// Seconds to add.
  var offset: Int64 = 0

  /// Reads `if_tsresol`: a negative power of 10, or of 2 where the highest bit is set.
  mutating func setResolution(_ value: UInt8) {
    let exponent = value & 0x7f
    if value & 0x80 != 0 {
      ticksPerSecond = exponent < 64 ? 1 << UInt64(exponent) : 0
    } else if exponent <= 19 {
      ticksPerSecond = (0..<exponent).reduce(1) { power, _ in power &* 10 }
    } else {
      ticksPerSecond = 0
    }
  }

  /// Nanoseconds since the epoch; nil where 64 bits cannot hold them.
  @inline(__always)
  func nanoseconds(_ ticks: UInt64) -> Int64? {
    if offset == 0, ticksPerSecond == 1_000_000 {
      let (value, overflow) = ticks.multipliedReportingOverflow(by: 1000)
      return overflow ? nil : Int64(exactly: value)
    }
    if offset == 0, ticksPerSecond == 1_000_000_000 { return Int64(exactly: ticks) }
    return generalNanoseconds(ticks)
  }

  private func generalNanoseconds(_ ticks: UInt64) -> Int64? {
    guard ticksPerSecond != 0 else { return nil }
    let (whole, rest) = ticks.quotientAndRemainder(dividingBy: ticksPerSecond)
    // rest < ticksPerSecond, so the quotient is below 10^9 and the division cannot overflow.
    let fraction = ticksPerSecond.dividingFullWidth(rest.multipliedFullWidth(by: 1_000_000_000)).quotient
    guard let seconds = Int64(exactly: whole) else { return nil }
    // In 128 bits, since a time before 1970 is a negative second and a positive fraction.
    let total = (Int128(seconds) + Int128(offset)) * 1_000_000_000 + Int128(fraction)
    return Int64(exactly: total)
  }
}

/// What a pcapng reader carries from block to block.
struct PcapngState {
  /// Byte order of the section.
  var order = ByteOrder(isLittleEndian: true)
  /// Index, over the whole file, of the section's first interface.
  var firstInterface = 0
  /// The section's interfaces.
  var interfaces: [PcapngInterface] = []

  /// The byte order that a section header's magic tells; nil where it is invalid.
  ///
  /// ```
  ///  0 |                   Block Type = 0x0A0D0D0A                     |
  ///  4 |                      Block Total Length                       |
  ///  8 |                      Byte-Order Magic                         |
  /// 12 |          Major Version        |         Minor Version         |
  /// 16 |                        Section Length                         |
  /// ```
  static func sectionOrder(_ block: RawSpan) -> ByteOrder? {
    switch block.u32(at: 8) {
    case 0x1a2b_3c4d: ByteOrder(isLittleEndian: false)
    case 0x4d3c_2b1a: ByteOrder(isLittleEndian: true)
    default: nil
    }
  }

  /// The version of a section as text where it cannot be read: 1.0 and, from some writers, 1.2 can.
  static func unsupportedVersion(_ block: RawSpan, _ order: ByteOrder) -> String? {
    guard let major = order.u16(block, at: 12), let minor = order.u16(block, at: 14) else { return nil }
    return major == 1 && (minor == 0 || minor == 2) ? nil : "\(major).\(minor)"
  }

  /// Throws unless `bytes` begin with a section header that can be read.
  static func checkFirstSection(_ bytes: RawSpan, path: String) throws(CaptureFileError) {
    guard bytes.byteCount >= 28 else {
      throw .truncatedHeader(path: path, format: .pcapng, size: bytes.byteCount)
    }
    guard let order = sectionOrder(bytes) else {
      throw .notACapture(path: path, looksLike: "pcapng with a damaged byte-order magic", inside: nil)
    }
    if let version = unsupportedVersion(bytes, order) {
      throw .unsupportedVersion(path: path, format: .pcapng, version: version)
    }
  }
}

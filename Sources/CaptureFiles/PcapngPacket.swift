import Bytes

/// The fields of a packet block that are needed, checked to lie inside the block.
struct PcapngPacket: BitwiseCopyable {
  /// Index in the section.
  let interface: Int
  /// Time in the interface's ticks; nil where the block has none.
  let ticks: UInt64?
  let length: Int
  let captured: Int
  /// From the block's start.
  let dataOffset: Int

  /// Where the options begin, from the block's start.
  @inline(__always)
  var optionsOffset: Int { dataOffset &+ (captured &+ 3) & ~3 }

  /// An enhanced packet block (draft-ietf-opsawg-pcapng, section 4.3), whole; nil where it is too short.
  ///
  /// ```
  ///  8 |                         Interface ID                          |
  /// 12 |                       Timestamp (high)                        |
  /// 16 |                       Timestamp (low)                         |
  /// 20 |                    Captured Packet Length                     |
  /// 24 |                    Original Packet Length                     |
  /// 28 /          Packet Data, padded; then Options                    /
  /// ```
  @inline(__always)
  init?(enhanced block: RawSpan, _ order: ByteOrder) {
    guard let interface = order.u32(block, at: 8) else { return nil }
    self.init(timed: block, order, interface: Int(interface))
  }

  /// An obsolete packet block (draft-ietf-opsawg-pcapng, appendix A): as the enhanced one, with a 16-bit interface and a
  /// count of drops in the place of the 32-bit interface.
  init?(obsolete block: RawSpan, _ order: ByteOrder) {
    guard let interface = order.u16(block, at: 8) else { return nil }
    self.init(timed: block, order, interface: Int(interface))
  }

  @inline(__always)
  private init?(timed block: RawSpan, _ order: ByteOrder, interface: Int) {
    guard let high = order.u32(block, at: 12), let low = order.u32(block, at: 16),
      let captured = order.u32(block, at: 20).map(Int.init), let length = order.u32(block, at: 24).map(Int.init),
      // 28 bytes before the packet, 4 behind it.
      captured <= block.byteCount &- 32
    else { return nil }
    self.interface = interface
    ticks = UInt64(high) << 32 | UInt64(low)
    self.captured = captured
    self.length = length
    dataOffset = 28
  }

  /// A simple packet block (draft-ietf-opsawg-pcapng, section 4.4): the original length, and as much of the packet as
  /// the snapshot length of the section's first interface lets through.
  init?(simple block: RawSpan, _ order: ByteOrder, _ interface: PcapngInterface?) {
    guard let length = order.u32(block, at: 8).map(Int.init), block.byteCount >= 16 else { return nil }
    let snaplen = interface?.snaplen ?? 0
    self.interface = 0
    ticks = nil
    self.length = length
    captured = min(length, snaplen > 0 ? snaplen : length, block.byteCount &- 16)
    dataOffset = 12
  }
}

/// An interface description block (draft-ietf-opsawg-pcapng, section 4.2).
///
/// ```
///  8 |            LinkType           |            Reserved           |
/// 12 |                            SnapLen                            |
/// 16 /                            Options                            /
/// ```
struct PcapngInterfaceDescription {
  let packets: PcapngInterface
  let name: String?
  let text: String?

  /// Option codes, section 4.2.
  private enum Option {
    static let name: UInt16 = 2
    static let description: UInt16 = 3
    static let resolution: UInt16 = 9
    static let offset: UInt16 = 14
  }

  /// The description in a whole block; nil where it is too short. Options that do not fit are dropped.
  init?(_ block: RawSpan, _ order: ByteOrder) {
    guard let linkType = order.u16(block, at: 8), let snaplen = order.u32(block, at: 12), block.byteCount >= 20 else {
      return nil
    }
    var interface = PcapngInterface(linkType: linkType, snaplen: Int(snaplen))
    var (name, text): (String?, String?) = (nil, nil)
    PcapngOptions.forEach(block.part(from: 16, to: block.byteCount &- 4), order) { code, value in
      switch code {
      case Option.name: name = name ?? PcapngInterfaceDescription.label(value)
      case Option.description: text = text ?? PcapngInterfaceDescription.label(value)
      case Option.resolution: if let resolution = value.u8(at: 0) { interface.clock.setResolution(resolution) }
      case Option.offset:
        if let seconds = order.u64(value, at: 0) { interface.clock.offset = Int64(bitPattern: seconds) }
      default: break
      }
    }
    packets = interface
    self.name = name
    self.text = text
  }

  /// The option's text, which some writers end with a NUL and which may be no longer than the limit.
  private static func label(_ value: RawSpan) -> String? {
    let end = min(value.firstIndex(of: 0) ?? value.byteCount, CaptureLimits.interfaceText)
    return end > 0 ? WireText.text(value.part(from: 0, to: end)) : nil
  }
}

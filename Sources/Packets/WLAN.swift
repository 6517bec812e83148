import Bytes

/// IEEE 802.11 (clause 9). Integers are little-endian.
///
///     version (2), type (2), subtype (4) | flags (8) | duration (2) | address 1 | address 2 | address 3 | sequence (2) |
///     [address 4] | [QoS control (2)] | [HT control (4)] | LLC
///
/// Flags: to the distribution system 01, from it 02, more fragments 04, protected 40, HT control there 80. Which address
/// is whose depends on the first two. Of an aggregate (A-MSDU) the first frame is read.
enum WLAN {
  static let checkSequenceLength = 4
  private static let protected: UInt8 = 0x40
  private static let order: UInt8 = 0x80

  static func decode(
    _ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers, isPadded: Bool = false
  ) {
    walk.next = .done
    let at = walk.offset
    layers.linkProtocol = .wlan
    layers.etherType = UInt16(WLANFrameName.unknown)
    guard walk.require(10, .wlan, &layers) else { return }
    let control = frame.byte(at)
    let kind = (control & 0x0c) << 2 | control >> 4
    layers.etherType = UInt16(kind)
    guard control & 3 == 0 else {
      layers.etherType = UInt16(WLANFrameName.unknown)
      return
    }
    switch kind >> 4 {
    case 0 where walk.available >= 24: layers.setMACs(frame, destination: at &+ 4, source: at &+ 10)
    case 1:
      layers.hasDestinationMAC = true
      layers.destinationMAC = PacketLayers.mac(frame, at &+ 4)
      // Clear to send and acknowledgment have no sender.
      if kind != 0x1c, kind != 0x1d, walk.available >= 16 {
        layers.hasMAC = true
        layers.sourceMAC = PacketLayers.mac(frame, at &+ 10)
      }
    case 2: decodeData(frame, &walk, &layers, isPadded: isPadded)
    default: break
    }
  }

  private static func decodeData(
    _ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers, isPadded: Bool
  ) {
    let at = walk.offset
    let (subtype, flags) = (frame.byte(at) >> 4, frame.byte(at &+ 1))
    let isQoS = subtype & 8 != 0
    var length = flags & 3 == 3 ? 30 : 24
    let qos = at &+ length
    if isQoS { length &+= flags & order != 0 ? 6 : 2 }
    guard walk.require(length, .wlan, &layers) else { return }
    // To the distribution system, from it: addresses 1 to 4 begin at 4, 10, 16 and 24.
    switch flags & 3 {
    case 0: layers.setMACs(frame, destination: at &+ 4, source: at &+ 10)
    case 1: layers.setMACs(frame, destination: at &+ 16, source: at &+ 10)
    case 2: layers.setMACs(frame, destination: at &+ 4, source: at &+ 16)
    default: layers.setMACs(frame, destination: at &+ 16, source: at &+ 24)
    }
    // No data.
    if subtype & 4 != 0 { return }
    if flags & protected != 0 {
      layers.etherType = UInt16(WLANFrameName.protectedData)
      return
    }
    let sequence = frame.half(at &+ 22).byteSwapped
    if flags & 4 != 0 || sequence & 15 != 0 {
      layers.etherType = UInt16(WLANFrameName.fragment)
      return
    }
    if isPadded { length = (length &+ 3) & ~3 }
    guard walk.require(length &+ 3, .wlan, &layers) else { return }
    let isAggregate = isQoS && frame.byte(qos) & 0x80 != 0
    walk.advance(length, to: .done)
    layers.etherType = 0
    layers.linkProtocol = .none
    walk.next = .llc
    guard isAggregate, walk.require(Ethernet.headerLength &+ 3, .wlan, &layers) else { return }
    // Destination, source, length, LLC, as in 802.3 but up to 2304 bytes.
    layers.setMACs(frame, destination: walk.offset, source: walk.offset &+ 6)
    walk.narrow(to: walk.offset &+ Ethernet.headerLength &+ Int(frame.half(walk.offset &+ 12)))
    walk.offset &+= Ethernet.headerLength
  }
}

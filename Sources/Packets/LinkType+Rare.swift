import Bytes

/// Link types that are rarely met.
extension LinkType {
  /// Sets `walk` at the first header behind the link layer's own; false where `type` is none of these.
  @inline(never)
  static func beginRare(
    _ type: UInt16, _ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers
  ) -> Bool {
    switch type {
    case 6: TokenRing.decode(frame, &walk, &layers)
    case 7: ARCNET.decode(preamble: 2, frame, &walk, &layers)
    case 129: ARCNET.decode(preamble: 4, frame, &walk, &layers)
    case 10: FDDI.decode(frame, &walk, &layers)
    // The serial line protocols of BSD put direction and compressed header first.
    case 8: return beginSerial(16, frame, &walk, &layers)
    case 102, 103: return beginSerial(24, frame, &walk, &layers)
    case 11, 100, 106: ATM.decode(frame, &walk, &layers)
    case 123: ATM.decodeSun(frame, &walk, &layers)
    case 112: PPP.decodeSerial(frame, &walk, &layers)
    // A direction in place of PPP's address byte, then the control byte.
    case 166: skip(2, to: .ppp, &walk, &layers)
    case 105: WLAN.decode(frame, &walk, &layers)
    case 119: WLANCapture.decodePrism(frame, &walk, &layers)
    case 127: WLANCapture.decodeRadiotap(frame, &walk, &layers)
    case 163: WLANCapture.decodeAVS(frame, &walk, &layers)
    case 192: PPI.decode(frame, &walk, &layers)
    case 109: PacketFilter.decodeENC(frame, &walk, &layers)
    case 117: PacketFilter.decodePFLOG(frame, &walk, &layers)
    case 122: FibreChannelIP.decode(frame, &walk, &layers)
    case 138: EthernetLike.decodeFireWire(frame, &walk, &layers)
    case 143: EthernetLike.decodeDOCSIS(frame, &walk, &layers)
    case 197: EthernetLike.decodeERF(frame, &walk, &layers)
    // Symantec's firewall: the EtherType among things unknown.
    case 99: EthernetLike.decodeTyped(44, typeAt: 6, frame, &walk, &layers)
    // A preamble that says more than its usual bits: Ethernet passive optical networks, mPackets (IEEE 802.3br).
    case 182: return beginMultilink(frame, &walk, &layers)
    case 259, 274: skip(8, to: .ethernet, &walk, &layers)
    case 240: skip(4, to: .ethernet, &walk, &layers)
    case 241: skip(12, to: .ethernet, &walk, &layers)
    case 130...137, 164, 167, 168, 174, 178...181, 183, 194, 200, 232...234, 238:
      Juniper.decode(type, frame, &walk, &layers)
    default: return false
    }
    return true
  }

  /// An IP packet behind `count` bytes; false where its header is compressed.
  private static func beginSerial(
    _ count: Int, _ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers
  ) -> Bool {
    guard walk.require(count &+ 1, .link, &layers) else { return true }
    let version = frame.byte(count) >> 4
    guard version == 4 || version == 6 else { return false }
    walk.advance(count, to: .rawIP)
    return true
  }

  /// Multilink Frame Relay (FRF.16): begin, end, control (1 bit each), sequence; false where it is no whole frame of data.
  private static func beginMultilink(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) -> Bool {
    guard walk.require(4, .link, &layers) else { return true }
    guard frame.byte(0) >> 5 == 6 else { return false }
    walk.advance(2, to: .done)
    FrameRelay.decode(frame, &walk, &layers)
    return true
  }

  private static func skip(_ count: Int, to next: NextHeader, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(count, .link, &layers) else { return }
    walk.advance(count, to: next)
  }
}

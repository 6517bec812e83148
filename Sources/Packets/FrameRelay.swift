import Bytes

/// Frame Relay (RFC 2427): an address of 2 to 4 bytes whose last has its low bit set, control 03, [pad], NLPID.
enum FrameRelay {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    layers.linkProtocol = .frameRelay
    guard walk.require(4, .frameRelay, &layers) else { return }
    var length = 2
    while length < 4, frame.byte(walk.offset &+ length &- 1) & 1 == 0 { length &+= 1 }
    guard walk.require(length &+ 2, .frameRelay, &layers) else { return }
    let at = walk.offset &+ length
    if frame.byte(at) != 3 {
      // Cisco's own encapsulation: an EtherType in place of control and NLPID.
      walk.type = frame.half(at)
      walk.advance(length &+ 2, to: .done)
      if walk.type == 0x2000 { layers.linkProtocol = .cdp }
      if EtherType.isFollowed(walk.type) { walk.next = .etherType }
      return follow(&walk, &layers)
    }
    walk.advance(length &+ 1, to: .done)
    if frame.byte(walk.offset) == 0 {
      walk.advance(1, to: .done)
      guard walk.require(1, .frameRelay, &layers) else { return }
    }
    if frame.byte(walk.offset) == 0x80 {
      walk.advance(1, to: .done)
      LLC.decodeSNAP(frame, &walk, &layers)
      return
    }
    LLC.decodeOSI(frame, &walk, &layers)
    follow(&walk, &layers)
  }

  /// Where a header follows, that names the frame.
  private static func follow(_ walk: inout Walk, _ layers: inout PacketLayers) {
    if walk.next != .done { layers.linkProtocol = .none }
  }
}

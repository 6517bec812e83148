import Bytes

/// What Juniper's routers write before a frame.
///
///     4d 47 43 (3) | flags (1) | [length of what follows (2) | extensions]        where flag 80 is set
///
/// Flag 02 says that there is no link-layer header: 4 bytes, then an IP packet. Else what follows depends on the link type.
/// Interface cards put a cookie of their own before it, whose length no field says; there a header that makes sense is
/// looked for.
enum Juniper {
  private static let magic: UInt32 = 0x4d_4743
  /// Bytes that cookies and service headers take.
  private static let cookies = [0, 2, 4, 8, 12, 16, 6, 10]

  static func decode(_ type: UInt16, _ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    layers.linkProtocol = .linkType
    layers.etherType = type
    guard walk.require(4, .juniper, &layers) else { return }
    let header = frame.word(0)
    guard header >> 8 == magic else {
      return walk.fail(.juniper, .malformed, .value, found: Int(header >> 8), &layers)
    }
    var length = 4
    if header & 0x80 != 0 {
      guard walk.require(6, .juniper, &layers) else { return }
      length = 6 &+ Int(frame.half(4))
      guard walk.require(length, .juniper, &layers) else { return }
    }
    if header & 0x02 != 0 { return search(length, frame, &walk, &layers) }
    walk.advance(length, to: .done)
    switch type {
    // Ethernet, also that of PPPoE.
    case 178, 167: follow(.ethernet, &walk, &layers)
    case 179: follow(.ppp, &walk, &layers)
    case 180:
      follow(.done, &walk, &layers)
      FrameRelay.decode(frame, &walk, &layers)
    case 181:
      follow(.done, &walk, &layers)
      CiscoHDLC.decode(frame, &walk, &layers)
    // PPPoE behind its EtherType.
    case 168:
      guard walk.require(2, .juniper, &layers) else { return }
      walk.type = frame.half(walk.offset)
      walk.offset &+= 2
      follow(.etherType, &walk, &layers)
    default: search(length, frame, &walk, &layers)
    }
  }

  /// Goes on with the first place behind a cookie where LLC, PPP or an IP packet that fills the rest begins.
  private static func search(
    _ start: Int, _ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers
  ) {
    walk.offset = start
    walk.next = .done
    for cookie in cookies where walk.available >= cookie &+ 8 {
      let word = frame.word(start &+ cookie)
      if InnerIP.fills(frame, walk, cookie) {
        walk.offset &+= cookie
        return follow(.rawIP, &walk, &layers)
      }
      if word == 0xaaaa_0300 || word >> 8 == 0xfefe03 {
        walk.offset &+= cookie
        return follow(.llc, &walk, &layers)
      }
      if word >> 16 == 0x0021 || word >> 16 == 0x0057, InnerIP.fills(frame, walk, cookie &+ 2) {
        walk.offset &+= cookie
        return follow(.ppp, &walk, &layers)
      }
    }
    for cookie in cookies where InnerEthernet.isPlausible(frame, walk, cookie) {
      walk.offset &+= cookie
      return follow(.ethernet, &walk, &layers)
    }
  }

  private static func follow(_ next: NextHeader, _ walk: inout Walk, _ layers: inout PacketLayers) {
    layers.linkProtocol = .none
    layers.etherType = 0
    walk.next = next
  }
}

import Bytes

/// PPP (RFC 1661), optionally in HDLC-like framing (RFC 1662).
///
///     [address ff | control 03] | protocol (1 or 2: one byte if that is odd) | ...
enum PPP {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    layers.linkProtocol = .ppp
    guard walk.require(1, .ppp, &layers) else { return }
    if walk.available >= 2, frame.half(walk.offset) == 0xff03 {
      walk.advance(2, to: .done)
      guard walk.require(1, .ppp, &layers) else { return }
    }
    let first = frame.byte(walk.offset)
    if first & 1 == 1 {
      walk.type = UInt16(first)
      return walk.advance(1, to: .pppProtocol)
    }
    guard walk.require(2, .ppp, &layers) else { return }
    walk.type = frame.half(walk.offset)
    walk.advance(2, to: .pppProtocol)
  }

  /// A frame of a serial line, which may be Cisco HDLC as well; its address byte tells.
  static func decodeSerial(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    let address = frame.byte(walk.offset)
    if walk.available >= 4, address == 0x0f || address == 0x8f {
      CiscoHDLC.decode(frame, &walk, &layers)
    } else {
      decode(frame, &walk, &layers)
    }
  }

  /// Chooses the next header by the PPP protocol in `walk.type` (IANA ppp-numbers).
  static func choose(_ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    switch walk.type {
    case 0x0021: walk.next = .ipv4
    case 0x0057: walk.next = .ipv6
    case 0x0281, 0x0283: walk.next = .mpls
    case 0x8021: layers.linkProtocol = .ipcp
    case 0x8057: layers.linkProtocol = .ipv6cp
    case 0x80fd: layers.linkProtocol = .ccp
    case 0xc021: layers.linkProtocol = .lcp
    case 0xc023: note(.pap, walk, &layers)
    case 0xc223: note(.chap, walk, &layers)
    case 0xc227: note(.eap, walk, &layers)
    default: break
    }
    if walk.next != .done { layers.linkProtocol = .none }
  }

  private static func note(_ kind: LinkProtocol, _ walk: borrowing Walk, _ layers: inout PacketLayers) {
    layers.linkProtocol = kind
    layers.authenticationOffset = Int32(truncatingIfNeeded: walk.offset)
  }
}

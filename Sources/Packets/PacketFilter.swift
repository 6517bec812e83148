import Bytes

/// What the packet filters of BSD write.
enum PacketFilter {
  /// LINKTYPE_ENC, packets behind IPsec: family (4), security parameter index (4), flags (4). Which byte order the family
  /// has, it shows itself, for all are small.
  static func decodeENC(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(12, .enc, &layers) else { return }
    let first = frame.word(0)
    choose(first >> 16 == 0 ? first : first.byteSwapped, 12, .enc, &walk, &layers)
  }

  /// LINKTYPE_PFLOG: length without padding (1), family (1), action, reason, interface, ... Padded to 4 bytes; how long it
  /// is differs between the systems and their versions.
  static func decodePFLOG(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(4, .pflog, &layers) else { return }
    let length = (Int(frame.byte(0)) &+ 3) & ~3
    guard length >= 44 else {
      return walk.fail(.pflog, .malformed, .headerLength, found: length, expected: 44, &layers)
    }
    guard walk.require(length, .pflog, &layers) else { return }
    choose(UInt32(frame.byte(1)), length, .pflog, &walk, &layers)
  }

  private static func choose(
    _ family: UInt32, _ length: Int, _ layer: PacketFault.Layer, _ walk: inout Walk, _ layers: inout PacketLayers
  ) {
    switch family {
    case 2: walk.advance(length, to: .ipv4)
    // AF_INET6 of Linux; NetBSD and OpenBSD; FreeBSD; Darwin.
    case 10, 24, 28, 30: walk.advance(length, to: .ipv6)
    default: walk.fail(layer, .unsupported, .family, found: Int(family), &layers)
    }
  }
}

import Bytes

/// Link types that lead to an Ethernet frame or an EtherType.
enum EthernetLike {
  /// IP over IEEE 1394 as Apple captures it: destination (8), source (8), EtherType.
  static func decodeFireWire(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    decodeTyped(18, typeAt: 16, frame, &walk, &layers)
  }

  /// A header of `length` bytes that has the EtherType of what follows at `place`.
  static func decodeTyped(
    _ length: Int, typeAt place: Int, _ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers
  ) {
    guard walk.require(length, .link, &layers) else { return }
    walk.type = frame.half(place)
    walk.advance(length, to: walk.type > EtherType.maximumLength ? .etherType : .done)
    layers.etherType = walk.type
  }

  /// DOCSIS (CM-SP-MULPI, 6.2): frame control (type 2, parameter 5, extended header 1), parameter (1), length (2),
  /// [extended header, whose length the parameter is], header check (2), an Ethernet frame where the type is 0. With
  /// privacy its payload is encrypted, its type included.
  static func decodeDOCSIS(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    layers.linkProtocol = .docsis
    guard walk.require(6, .link, &layers) else { return }
    let control = frame.byte(0)
    guard control >> 6 == 0 else { return }
    let length = 6 &+ (control & 1 == 1 ? Int(frame.byte(1)) : 0)
    guard InnerEthernet.isPlausible(frame, walk, length) else { return }
    layers.linkProtocol = .none
    walk.advance(length, to: .ethernet)
  }

  /// Endace's records: time (8), type (1), flags (1), record length (2), loss counter (2), wire length (2); extension
  /// headers of 8 bytes while the type's, and then their own, first bit is set.
  static func decodeERF(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(16, .link, &layers) else { return }
    layers.linkProtocol = .linkType
    layers.etherType = 197
    var length = 16
    var more = frame.byte(8) & 0x80 != 0
    while more, length < 16 + 8 * 16 {
      guard walk.require(length &+ 8, .link, &layers) else { return }
      more = frame.byte(length) & 0x80 != 0
      length &+= 8
    }
    switch frame.byte(8) & 0x7f {
    // Ethernet, also coloured: 2 bytes of padding first.
    case 2, 11, 16, 20: follow(length &+ 2, to: .ethernet, &walk, &layers)
    case 1, 10, 15:
      layers.linkProtocol = .none
      walk.advance(length, to: .done)
      PPP.decodeSerial(frame, &walk, &layers)
    case 22: follow(length, to: .ipv4, &walk, &layers)
    case 23: follow(length, to: .ipv6, &walk, &layers)
    default: break
    }
  }

  private static func follow(_ length: Int, to next: NextHeader, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(length, .link, &layers) else { return }
    layers.linkProtocol = .none
    layers.etherType = 0
    walk.advance(length, to: next)
  }
}

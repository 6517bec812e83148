import Bytes

/// IPv6 extension headers (RFC 8200, section 4), and AH (RFC 4302), which IPv4 has too.
///
///     next header (1) | length in 8-byte units without the first 8 bytes (1) | ...      hop-by-hop, routing, ...
///     next header (1) | reserved (1) | offset (13), reserved (2), M (1) | identification (4)     fragment
///     next header (1) | length in 4-byte units minus 2 (1) | ...                                 AH
enum IPv6Extension {
  static let hopByHop: UInt8 = 0
  static let routing: UInt8 = 43
  static let fragment: UInt8 = 44
  static let authentication: UInt8 = 51
  static let destinationOptions: UInt8 = 60
  static let mobility: UInt8 = 135
  static let hostIdentity: UInt8 = 139
  static let shim6: UInt8 = 140
  static let jumboOption: UInt8 = 0xc2

  /// Passes over the extension headers from `walk.number` on and leaves in it, and in `layers.ipProtocol`, what follows
  /// them. False where the walk is over: a fault, a fragment, nothing behind the headers.
  static func pass(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) -> Bool {
    var count = 0
    while let layer = layer(of: walk.number, layers.network) {
      count &+= 1
      guard count <= PacketLimit.extensionHeaders else {
        end(&walk, &layers)
        walk.fail(layer, .limit, .depth, expected: PacketLimit.extensionHeaders, &layers)
        return false
      }
      guard walk.require(8, layer, &layers) else {
        end(&walk, &layers)
        return false
      }
      let next = frame.byte(walk.offset)
      if walk.number == fragment {
        if !passFragment(frame, &walk, next, &layers) { return false }
        continue
      }
      let units = Int(frame.byte(walk.offset &+ 1))
      let length = walk.number == authentication ? (units &+ 2) &* 4 : (units &+ 1) &* 8
      // Only the next header and the length are needed; a header whose end was not captured still says what follows.
      guard length <= walk.left else {
        end(&walk, &layers)
        walk.fail(layer, .truncated, .headerBeyondPacket, found: length, expected: walk.left, &layers)
        return false
      }
      if next == IPv6.noNextHeader, walk.number == mobility || walk.number == hostIdentity {
        // These are messages themselves when nothing follows.
        end(&walk, &layers)
        return false
      }
      walk.offset &+= length
      walk.number = next
      layers.ipProtocol = next
    }
    return true
  }

  private static func layer(of number: UInt8, _ network: NetworkProtocol) -> PacketFault.Layer? {
    switch number {
    case authentication: .ah
    case hopByHop, routing, fragment, destinationOptions, mobility, hostIdentity, shim6:
      network == .ipv6 ? .ipv6Extension : nil
    default: nil
    }
  }

  /// Passes over a fragment header; false where it makes the packet a fragment.
  private static func passFragment(
    _ frame: RawSpan, _ walk: inout Walk, _ next: UInt8, _ layers: inout PacketLayers
  ) -> Bool {
    let header = frame.long(walk.offset)
    let offset = Int(header >> 32 & 0xfff8)
    let more = header >> 32 & 1 == 1
    layers.identification = UInt32(truncatingIfNeeded: header)
    layers.ipProtocol = next
    walk.number = next
    walk.offset &+= 8
    // An atomic fragment (RFC 6946) is the whole packet.
    if offset == 0, !more { return true }
    Fragment.note(frame, &walk, offset: offset, more: more, &layers)
    return false
  }

  /// Ends the walk with the header at its offset as payload of a protocol not decoded further.
  private static func end(_ walk: inout Walk, _ layers: inout PacketLayers) {
    layers.transport = .other
    layers.ipProtocol = walk.number
    layers.setPayload(walk, at: walk.offset)
    walk.next = .done
  }

  /// The length of the jumbogram (RFC 2675) whose IPv6 header, with payload length 0, stands at the walk's offset: the
  /// first option of a hop-by-hop header says it. Nil without one.
  static func jumboLength(_ frame: RawSpan, _ walk: Walk, _ number: UInt8) -> Int? {
    let at = walk.offset &+ IPv6.headerLength
    guard number == hopByHop, walk.captured &- at >= 8, frame.byte(at &+ 2) == jumboOption, frame.byte(at &+ 3) == 4
    else { return nil }
    return IPv6.headerLength &+ Int(frame.word(at &+ 4))
  }
}

import Bytes

/// How deep one frame is followed. Each header consumes bytes, so these bound how much a sender can make of one frame
/// rather than whether it ends.
enum PacketLimit {
  /// VLAN tags in a row: two in practice, a few more in provider networks.
  static let vlanTags = 8
  /// MPLS labels in a row: routers push fewer than ten.
  static let mplsLabels = 16
  /// IPv6 extension headers of one packet: RFC 8200 knows eight kinds.
  static let extensionHeaders = 16
  /// Packets inside packets: real networks stay below five.
  static let tunnels = 8
  /// GTP extension headers of one packet.
  static let gtpExtensions = 8
  /// Tags, labels, sessions and tunnels around one packet that are told of.
  static let encapsulations = 32
}

/// What comes next in a frame.
enum NextHeader: UInt8 {
  case done, ethernet, etherType, ipv4, ipv6, ipProtocol, tcp, udp
  case arp, vlan, llc, rawIP, ppp, pppProtocol, pppoe, mpls, pbb, isl, osi, slow, eapol, macsec, nsh, gre, erspan2,
    erspan3, etherIP, vnTag, eTag, hsr, metadata, trill,
    netlink
  case vxlan, vxlanGPE, vxlanLinux, geneve, teredo, gtp, l2tp, lisp, lispControl, ayiya, gtpByContent
}

/// How far into a frame the decoder has come, and how far the layer that it is in reaches.
struct Walk {
  /// Where the next header begins.
  var offset: Int
  /// Where the enclosing layer ends on the wire; may lie behind the captured bytes.
  var end: Int
  /// Where it ends in the captured bytes.
  var captured: Int
  /// What the next header is.
  var next = NextHeader.done
  /// The EtherType or PPP protocol that `next` is to be chosen by.
  var type: UInt16 = 0
  /// The IP protocol number that `next` is to be chosen by.
  var number: UInt8 = 0
  /// VLAN tags met in a row.
  var tags: UInt8 = 0
  /// Where the IP header began whose addresses `encapsulations` have already.
  private var toldOf: Int32 = -2
  /// The headers around the next one, the outermost first.
  var encapsulations: [Encapsulation] = []
  /// How many of them are around the innermost IP packet read.
  private var around = 0

  /// A walk from `offset` through a frame of `captured` bytes out of `length` on the wire.
  init(offset: Int, length: Int, captured: Int) {
    self.offset = offset
    self.end = length
    self.captured = captured
  }

  /// Bytes of the enclosing layer from the offset on, as on the wire.
  @inline(__always) var left: Int { end &- offset }

  /// Bytes of the enclosing layer from the offset on that were captured; below zero behind the cut.
  @inline(__always) var available: Int { captured &- offset }

  /// Whether `count` bytes are there to be read. Otherwise it notes the fault of `layer` and ends the walk.
  @inline(__always)
  mutating func require(_ count: Int, _ layer: PacketFault.Layer, _ layers: inout PacketLayers) -> Bool {
    if count <= captured &- offset { return true }
    fallShort(count, layer, &layers)
    return false
  }

  @inline(never)
  private mutating func fallShort(_ count: Int, _ layer: PacketFault.Layer, _ layers: inout PacketLayers) {
    let cut = count <= left
    layers.note(
      PacketFault(
        layer, cut ? .truncatedBySnaplen : .truncated, .shortage, at: offset, found: max(0, cut ? available : left),
        expected: count))
    next = .done
  }

  /// Notes a fault of the header at the offset and ends the walk.
  @inline(never)
  mutating func fail(
    _ layer: PacketFault.Layer, _ reason: PacketFault.Reason, _ problem: PacketFault.Problem, found: Int = 0,
    expected: Int = 0, _ layers: inout PacketLayers
  ) {
    layers.note(PacketFault(layer, reason, problem, at: offset, found: found, expected: expected))
    next = .done
  }

  /// Lets the enclosing layer end at `newEnd` if that is earlier than it ends anyway.
  @inline(__always)
  mutating func narrow(to newEnd: Int) {
    if newEnd < end {
      end = newEnd
      if newEnd < captured { captured = newEnd }
    }
  }

  /// Passes over `count` bytes, the caller having required them, and goes on with `header`.
  @inline(__always)
  mutating func advance(_ count: Int, to header: NextHeader) {
    offset = offset &+ count
    next = header
  }

  /// Notes a header that others stand behind. Its addresses are those of the innermost IP packet, unless a header before
  /// it in the same packet has them.
  @inline(never)
  mutating func enclose(_ kind: Encapsulation.Kind, _ number: Int64, _ layers: borrowing PacketLayers) {
    guard encapsulations.count < PacketLimit.encapsulations else { return }
    let (network, at) = (layers.network, layers.networkOffset)
    let isOverIP = (network == .ipv4 || network == .ipv6) && at != toldOf
    toldOf = at
    let none = IPAddress(high: 0, low: 0)
    encapsulations.append(
      Encapsulation(
        kind: kind, hasAddresses: isOverIP, number: number, source: isOverIP ? layers.source : none,
        destination: isOverIP ? layers.destination : none))
  }

  /// Takes the headers met so far as those around the innermost IP packet.
  @inline(__always)
  mutating func enterIP() { around = encapsulations.count }

  /// Forgets headers behind which no IP packet was read.
  mutating func settle(_ layers: inout PacketLayers) {
    if encapsulations.count > around { encapsulations.removeLast(encapsulations.count - around) }
    layers.isEncapsulated = around > 0
  }

  /// Goes on with `header` as the first of a packet inside `kind`, unless there are too many around it already.
  mutating func tunnel(
    _ count: Int, to header: NextHeader, _ kind: Encapsulation.Kind, _ number: Int64,
    _ layers: inout PacketLayers
  ) {
    enclose(kind, number, layers)
    tunnel(count, to: header, &layers)
  }

  /// Goes on with `header` as the first of an inner packet, unless there are too many around it already.
  mutating func tunnel(_ count: Int, to header: NextHeader, _ layers: inout PacketLayers) {
    guard Int(layers.tunnelDepth) < PacketLimit.tunnels else {
      return fail(.tunnel, .limit, .depth, expected: PacketLimit.tunnels, &layers)
    }
    layers.tunnelDepth &+= 1
    tags = 0
    layers.linkProtocol = .none
    advance(count, to: header)
  }
}

// Reads for places that `Walk.require` has vouched for; behind the end they give 0 instead of a trap.
extension RawSpan {
  @inline(__always) func byte(_ offset: Int) -> UInt8 { u8(at: offset) ?? 0 }
  @inline(__always) func half(_ offset: Int) -> UInt16 { u16(at: offset) ?? 0 }
  @inline(__always) func word(_ offset: Int) -> UInt32 { u32(at: offset) ?? 0 }
  @inline(__always) func long(_ offset: Int) -> UInt64 { u64(at: offset) ?? 0 }
}

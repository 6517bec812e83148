import Bytes

/// Decodes the headers of a frame: no allocation, no trap, one pass.
///
/// Tunnels are followed as Wireshark follows them by default: IP in IP, GRE, MPLS, PPPoE, VXLAN, Geneve, Teredo, GTP-U,
/// L2TP and others; GTP-U also on other ports where its lengths fit, and VXLAN on Linux's own port. A packet quoted by an
/// ICMP error is not.
public enum PacketDecoder {
  /// Reads the headers of `frame`, whose wire length was `length` bytes, into `layers`, which it sets back first.
  ///
  /// - Parameters:
  ///   - linkType: the number of the link type as capture files have it (LINKTYPE_, see
  ///     https://www.tcpdump.org/linktypes.html), without the flag bits above it.
  ///   - encapsulations: gets the headers around the innermost IP packet, the outermost first, if
  ///     `layers.isEncapsulated`; else it is without meaning. Its storage is used again.
  public static func decode(
    _ frame: RawSpan, length: Int, linkType: UInt16, into layers: inout PacketLayers,
    encapsulations: inout [Encapsulation]
  ) {
    layers = PacketLayers()
    let captured = min(frame.byteCount, Int(Int32.max))
    let length = min(max(length, captured), Int(Int32.max))
    if linkType == LinkType.ethernet, UsualFrame.decode(frame, length: length, into: &layers) { return }
    walk(frame, length: length, captured: captured, linkType: linkType, &layers, &encapsulations)
  }

  /// Reads the headers of `frame` without telling of those around the innermost packet.
  public static func decode(_ frame: RawSpan, length: Int, linkType: UInt16, into layers: inout PacketLayers) {
    var encapsulations: [Encapsulation] = []
    decode(frame, length: length, linkType: linkType, into: &layers, encapsulations: &encapsulations)
  }

  /// Reads the headers one by one, whatever they are, into `layers`, which are new.
  @inline(never)
  static func walk(
    _ frame: RawSpan, length: Int, captured: Int, linkType: UInt16, _ layers: inout PacketLayers,
    _ encapsulations: inout [Encapsulation]
  ) {
    var walk = Walk(offset: 0, length: length, captured: captured)
    if !encapsulations.isEmpty { encapsulations.removeAll(keepingCapacity: true) }
    swap(&walk.encapsulations, &encapsulations)
    if linkType == LinkType.ethernet {
      walk.next = .ethernet
    } else {
      LinkType.begin(linkType, frame, &walk, &layers)
    }
    follow(frame, &walk, &layers)
    if !walk.encapsulations.isEmpty { walk.settle(&layers) }
    swap(&walk.encapsulations, &encapsulations)
  }

  /// Continues behind an IP header whose payload was put together from fragments.
  ///
  /// - Parameters:
  ///   - payload: the whole IP payload; offsets in `layers` refer to it afterwards.
  ///   - layers: holds the addresses, the network and `ipProtocol`, as `decode` left them for a fragment, `ipProtocol`
  ///     being that of the first fragment. `ipLength` and the link layer stay as they are.
  ///   - encapsulations: what `decode` gave for the fragment; gets those inside it as well.
  public static func decodeReassembled(
    _ payload: RawSpan, into layers: inout PacketLayers, encapsulations: inout [Encapsulation]
  ) {
    let captured = min(payload.byteCount, Int(Int32.max))
    var walk = Walk(offset: 0, length: captured, captured: captured)
    if !layers.isEncapsulated { encapsulations.removeAll(keepingCapacity: true) }
    swap(&walk.encapsulations, &encapsulations)
    defer { swap(&walk.encapsulations, &encapsulations) }
    walk.enterIP()
    let number = layers.ipProtocol
    layers.forgetTransport()
    layers.fault = PacketFault()
    layers.networkOffset = -1
    layers.arpOffset = -1
    layers.authenticationOffset = -1
    guard layers.network == .ipv4 || layers.network == .ipv6 else { return }
    walk.number = number
    walk.next = .ipProtocol
    follow(payload, &walk, &layers)
    walk.settle(&layers)
  }

  /// Continues behind an IP header without telling of the headers around the innermost packet.
  public static func decodeReassembled(_ payload: RawSpan, into layers: inout PacketLayers) {
    var encapsulations: [Encapsulation] = []
    decodeReassembled(payload, into: &layers, encapsulations: &encapsulations)
  }

  private static func follow(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    while true {
      switch walk.next {
      case .done: return
      case .ethernet: Ethernet.decode(frame, &walk, &layers)
      case .etherType: EtherType.choose(&walk, &layers)
      case .ipv4: IPv4.decode(frame, &walk, &layers)
      case .ipv6: IPv6.decode(frame, &walk, &layers)
      case .ipProtocol: IPProtocol.decode(frame, &walk, &layers)
      case .tcp: TCP.decode(frame, &walk, &layers)
      case .udp: UDP.decode(frame, &walk, &layers)
      default: followRare(frame, &walk, &layers)
      }
    }
  }

  /// The headers that most frames lack.
  @inline(never)
  private static func followRare(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    switch walk.next {
    case .arp: ARPMessage.note(&walk, &layers)
    case .vlan: VLAN.decode(frame, &walk, &layers)
    case .llc: LLC.decode(frame, &walk, &layers)
    case .rawIP: RawIP.decode(frame, &walk, &layers)
    case .ppp: PPP.decode(frame, &walk, &layers)
    case .pppProtocol: PPP.choose(&walk, &layers)
    case .pppoe: PPPoE.decode(frame, &walk, &layers)
    case .mpls: MPLS.decode(frame, &walk, &layers)
    case .pbb: PBB.decode(frame, &walk, &layers)
    case .vnTag: BridgeTag.decodeVN(frame, &walk, &layers)
    case .eTag: BridgeTag.decodeE(frame, &walk, &layers)
    case .hsr: BridgeTag.decodeHSR(frame, &walk, &layers)
    case .metadata: BridgeTag.decodeMetadata(frame, &walk, &layers)
    case .netlink: Netlink.decode(frame, &walk, &layers)
    case .trill: TRILL.decode(frame, &walk, &layers)
    case .isl: ISL.decode(frame, &walk, &layers)
    case .osi: LLC.decodeOSIBehindControl(frame, &walk, &layers)
    case .eapol: EAPOL.decode(frame, &walk, &layers)
    case .macsec: MACsec.decode(frame, &walk, &layers)
    case .nsh: NSH.decode(frame, &walk, &layers)
    case .slow: SlowProtocols.decode(frame, &walk, &layers)
    case .gre: GRE.decode(frame, &walk, &layers)
    case .erspan2: ERSPAN.decodeTypeII(frame, &walk, &layers)
    case .erspan3: ERSPAN.decodeTypeIII(frame, &walk, &layers)
    case .etherIP: EtherIP.decode(frame, &walk, &layers)
    case .vxlan: VXLAN.decode(frame, &walk, &layers)
    case .vxlanGPE: VXLAN.decodeGPE(frame, &walk, &layers)
    case .geneve: Geneve.decode(frame, &walk, &layers)
    case .teredo: Teredo.decode(frame, &walk, &layers)
    case .gtp: GTP.decode(frame, &walk, &layers)
    case .l2tp: L2TP.decode(frame, &walk, &layers)
    case .lisp: LISP.decode(frame, &walk, &layers)
    case .lispControl: LISP.decodeControl(frame, &walk, &layers)
    case .vxlanLinux: VXLAN.decodeLinux(frame, &walk, &layers)
    case .ayiya: AYIYA.decode(frame, &walk, &layers)
    case .gtpByContent: GTP.decodeByContent(frame, &walk, &layers)
    default: walk.next = .done
    }
  }
}

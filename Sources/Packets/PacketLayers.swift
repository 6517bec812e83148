public import Bytes

/// The kind of the innermost network header.
public enum NetworkProtocol: UInt8, BitwiseCopyable, Sendable {
  /// No network header that is decoded here.
  case none
  /// IPv4 (RFC 791).
  case ipv4
  /// IPv6 (RFC 8200).
  case ipv6
  /// ARP or RARP (RFC 826, RFC 903), without an IP header around it.
  case arp
}

/// What the innermost IP packet carries.
public enum Transport: UInt8, BitwiseCopyable, Sendable {
  /// No IP packet.
  case none
  /// TCP (RFC 9293).
  case tcp
  /// UDP (RFC 768).
  case udp
  /// ICMP (RFC 792).
  case icmp
  /// ICMPv6 (RFC 4443).
  case icmpv6
  /// SCTP (RFC 9260).
  case sctp
  /// An IP fragment that still needs reassembly, the first one included.
  case fragment
  /// Any other protocol, and a transport header too short to hold its ports; `ipProtocol` says which.
  case other
}

/// What one frame's headers say, down to the innermost transport header.
///
/// Plain data that the caller owns and reuses for each frame. Offsets count bytes from the start of the frame and may
/// lie behind the captured bytes when the capture cut the frame. Before the first fault everything is filled in; what a
/// fault made unreadable keeps its initial value.
///
/// "Innermost" means inside tunnels. An inner header replaces the outer one only once it was read whole and makes sense,
/// so a frame whose inner packet is broken still belongs to the outer conversation.
public struct PacketLayers: BitwiseCopyable, Sendable {
  /// The link-layer source of the outermost header; only if `hasMAC`.
  public var sourceMAC = MACAddress(value: 0)
  /// The link-layer destination of the outermost header; only if `hasDestinationMAC`.
  public var destinationMAC = MACAddress(value: 0)

  /// The source of the innermost IP packet; only if `network` is IPv4 or IPv6.
  public var source = IPAddress(high: 0, low: 0)
  /// The destination of the innermost IP packet; only if `network` is IPv4 or IPv6.
  public var destination = IPAddress(high: 0, low: 0)

  /// Where the innermost network header begins; -1 without one, and for a reassembled payload.
  public var networkOffset: Int32 = -1
  /// Where an ARP message begins, also one inside a tunnel; -1 without one.
  public var arpOffset: Int32 = -1
  /// Where a message of PAP, CHAP or EAP begins, by `linkProtocol`, also one inside a tunnel; -1 without one.
  public var authenticationOffset: Int32 = -1
  /// Bytes of the innermost IP packet as it says itself: IPv4's total length, IPv6's 40 + payload length (or the jumbo
  /// payload length). Where it says 0 (segmentation offload), the bytes of the frame from the IP header on.
  public var ipLength: Int32 = 0

  /// IPv4's identification (16 bits) or that of the IPv6 fragment header (32 bits).
  public var identification: UInt32 = 0
  /// Where a fragment's data stands in the whole IP payload, in bytes.
  public var fragmentOffset: Int32 = 0
  /// Where a fragment's data begins in the frame; only if `isFragment`.
  public var fragmentPayloadOffset: Int32 = 0
  /// Bytes of a fragment's data on the wire; only if `isFragment`.
  public var fragmentPayloadLength: Int32 = 0
  /// How many bytes of a fragment's data are in the frame.
  public var capturedFragmentLength: Int32 = 0

  /// TCP's sequence number.
  public var sequence: UInt32 = 0
  /// TCP's acknowledgment number, whether or not the ACK flag says that it counts.
  public var acknowledgment: UInt32 = 0
  /// Where the transport payload begins.
  public var payloadOffset: Int32 = 0
  /// Bytes of transport payload on the wire by the IP and UDP lengths, so without Ethernet padding. Never more than the
  /// frame had on the wire.
  public var payloadLength: Int32 = 0
  /// How many bytes of the transport payload are in the frame.
  public var capturedPayloadLength: Int32 = 0

  /// The innermost EtherType met, or PPP and GRE protocol where these carry EtherTypes; 802.3's length for an LLC frame;
  /// the kind of an 802.11 frame, or the link type, where `linkProtocol` says so; 0 if none.
  public var etherType: UInt16 = 0
  /// The outermost VLAN identifier (IEEE 802.1Q), or 0xffff.
  public var vlan: UInt16 = 0xffff
  /// The source port of TCP, UDP, SCTP, DCCP and UDP-Lite.
  public var sourcePort: UInt16 = 0
  /// The destination port of TCP, UDP, SCTP, DCCP and UDP-Lite.
  public var destinationPort: UInt16 = 0
  /// TCP's 12 flag bits (reserved and AE, CWR, ECE, URG, ACK, PSH, RST, SYN, FIN), as Wireshark's `tcp.flags`.
  public var flags: UInt16 = 0
  /// TCP's window as it stands in the header, not scaled.
  public var window: UInt16 = 0
  /// The identifier of ICMP and ICMPv6 echo, and of ICMP timestamp, information and mask messages.
  public var icmpIdentifier: UInt16 = 0
  /// The sequence number that goes with `icmpIdentifier`.
  public var icmpSequence: UInt16 = 0

  /// Bytes of TCP options, which end where the payload begins; 0 where the header's length is impossible.
  public var optionsLength: UInt8 = 0
  /// The type of ICMP or ICMPv6.
  public var icmpType: UInt8 = 0
  /// The code of ICMP or ICMPv6.
  public var icmpCode: UInt8 = 0
  /// The protocol number behind all extension headers (IANA), or the last one read; only with an IP packet.
  public var ipProtocol: UInt8 = 0
  /// IPv4's time to live or IPv6's hop limit.
  public var timeToLive: UInt8 = 0
  /// The destination service access point of an LLC frame (IEEE 802.2); only if `isLLC`.
  public var llcDSAP: UInt8 = 0
  /// How many tunnels surround the innermost packet read.
  public var tunnelDepth: UInt8 = 0

  /// The kind of the innermost network header.
  public var network = NetworkProtocol.none
  /// What the innermost IP packet carries.
  public var transport = Transport.none
  /// The protocol of a frame that the EtherType alone does not name.
  public var linkProtocol = LinkProtocol.none
  /// Whether `sourceMAC` was read.
  public var hasMAC = false
  /// Whether `destinationMAC` was read; a Linux cooked capture has only the source.
  public var hasDestinationMAC = false
  /// Whether an LLC header was read.
  public var isLLC = false
  /// Whether the innermost IP packet is a fragment. An IPv6 fragment header that covers the whole is none (RFC 6946).
  public var isFragment = false
  /// Whether more fragments follow.
  public var moreFragments = false
  /// Whether the fixed part of the transport header was read whole. With false and `transport` TCP, UDP or SCTP only the
  /// ports are known.
  public var hasTransportHeader = false

  /// Whether tags, labels, sessions or tunnels are around the innermost IP packet.
  public var isEncapsulated = false

  /// The first fault met.
  public var fault = PacketFault()

  /// Layers of nothing.
  public init() {}
}

extension PacketLayers {
  /// Wireshark's protocol name for a frame without IP or ARP: `STP`, `LLDP`, `CDP`, `EAPOL`. Nil where the frame has IP or
  /// ARP, or an EtherType without a name here: then the column shows the number.
  public var linkProtocolName: StaticString? {
    guard network == .none else { return nil }
    switch linkProtocol {
    case .wlan: return WLANFrameName.name(of: UInt8(truncatingIfNeeded: etherType))
    case .linkType: return LinkTypeName.name(of: etherType)
    default: return linkProtocol.name ?? EtherTypeName.name(of: etherType)
    }
  }

  /// Keeps the first fault.
  @inline(never)
  mutating func note(_ new: PacketFault) {
    if fault.reason == .none { fault = new }
  }

  /// Makes the header at `offset` the innermost IP header and forgets what an outer packet carried.
  @inline(__always)
  mutating func enter(_ kind: NetworkProtocol, at offset: Int) {
    if network != .none { forgetTransport() }
    network = kind
    networkOffset = Int32(truncatingIfNeeded: offset)
  }

  /// Sets what an IP packet carries back to nothing.
  mutating func forgetTransport() {
    transport = .none
    hasTransportHeader = false
    (isFragment, moreFragments) = (false, false)
    (identification, fragmentOffset) = (0, 0)
    (fragmentPayloadOffset, fragmentPayloadLength, capturedFragmentLength) = (0, 0, 0)
    (sourcePort, destinationPort) = (0, 0)
    (sequence, acknowledgment, flags, window) = (0, 0, 0, 0)
    optionsLength = 0
    (icmpType, icmpCode, icmpIdentifier, icmpSequence) = (0, 0, 0, 0)
    (payloadOffset, payloadLength, capturedPayloadLength) = (0, 0, 0)
  }

  /// Sets the payload to what is left of `walk` from `offset` on.
  @inline(__always)
  mutating func setPayload(_ walk: borrowing Walk, at offset: Int) {
    setPayload(from: offset, to: walk.end, captured: walk.captured)
  }

  /// Sets the payload to the bytes from `offset` to before `end`, of which the frame has those before `captured`.
  @inline(__always)
  mutating func setPayload(from offset: Int, to end: Int, captured: Int) {
    payloadOffset = Int32(truncatingIfNeeded: offset)
    payloadLength = Int32(truncatingIfNeeded: max(0, end &- offset))
    capturedPayloadLength = Int32(truncatingIfNeeded: max(0, captured &- offset))
  }
}

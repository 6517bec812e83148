import Bytes

/// The beginning of the packet that an ICMP or ICMPv6 error is about (RFC 792; RFC 4443, section 3): its IP header and at
/// least the ports. Of a packet in a tunnel it is the outer one.
public struct QuotedPacket: Sendable {
  /// What it says, as of a frame that holds nothing else; there is no payload.
  public let layers: PacketLayers
  /// Whether its ports were read; without, and where its protocol has none, they are 0.
  public let hasPorts: Bool

  /// Most IPv6 extension headers that are followed.
  private static let extensionLimit = 8

  /// Whether an error of this type quotes a packet.
  @inline(__always)
  public static func isError(type: UInt8, isVersion6: Bool) -> Bool {
    isVersion6 ? (1...4).contains(type) : type == 3 || type == 4 || type == 5 || type == 11 || type == 12
  }

  /// Reads the packet at the front of `bytes`, what stands behind the error's first 8 bytes; nil: there is no IP header.
  public init?(_ bytes: RawSpan) {
    guard let first = bytes.u8(at: 0) else { return nil }
    var layers = PacketLayers()
    var number: UInt8
    var at: Int
    var isLaterFragment = false
    if first >> 4 == 4 {
      at = Int(first & 15) &* 4
      guard at >= 20, let source = IPAddress(v4: bytes, at: 12), let destination = IPAddress(v4: bytes, at: 16),
        let fragment = bytes.u16(at: 6), let carried = bytes.u8(at: 9)
      else { return nil }
      (layers.source, layers.destination, number) = (source, destination, carried)
      isLaterFragment = fragment & 0x1fff != 0
      layers.network = .ipv4
    } else {
      guard first >> 4 == 6, let source = IPAddress(v6: bytes, at: 8), let destination = IPAddress(v6: bytes, at: 24),
        let next = bytes.u8(at: 6)
      else { return nil }
      (layers.source, layers.destination, number) = (source, destination, next)
      layers.network = .ipv6
      at = 40
      for _ in 0..<QuotedPacket.extensionLimit {
        if number == 44 { isLaterFragment = (bytes.u16(at: at &+ 2) ?? 0) & 0xfff8 != 0 }
        guard [0, 43, 44, 60].contains(number), let next = bytes.u8(at: at), let size = bytes.u8(at: at &+ 1) else {
          break
        }
        at &+= number == 44 ? 8 : 8 &+ Int(size) &* 8
        number = next
      }
    }
    layers.ipProtocol = number
    switch number {
    case _ where isLaterFragment: layers.transport = .fragment
    case 6: layers.transport = .tcp
    case 17: layers.transport = .udp
    case 132: layers.transport = .sctp
    case 1: layers.transport = .icmp
    case 58: layers.transport = .icmpv6
    default: layers.transport = .other
    }
    var hasPorts = false
    if [.tcp, .udp, .sctp].contains(layers.transport), let source = bytes.u16(at: at),
      let destination = bytes.u16(at: at &+ 2)
    {
      (layers.sourcePort, layers.destinationPort) = (source, destination)
      hasPorts = true
    }
    self.layers = layers
    self.hasPorts = hasPorts
  }
}

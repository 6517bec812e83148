import Bytes
import Packets

/// What makes packets of both directions one flow: the two ends in a fixed order, and the protocol.
struct FlowKey: Equatable, BitwiseCopyable, Sendable {
  /// The smaller end, then the larger one.
  let low: IPAddress
  let high: IPAddress
  /// The low end's port above the high end's; 0 where the transport has none.
  private let ports: UInt32
  /// IP protocol number, with a mark above it for fragments and for packets whose transport header cannot be read, so
  /// that neither is taken for a flow with ports.
  let code: UInt16

  private static let fragmentMark: UInt16 = 0x100
  private static let unreadableMark: UInt16 = 0x200

  var lowPort: UInt16 { UInt16(truncatingIfNeeded: ports >> 16) }
  var highPort: UInt16 { UInt16(truncatingIfNeeded: ports) }

  /// The key of a packet, and whether its sender is the low end.
  @inline(__always)
  static func of(_ layers: borrowing PacketLayers) -> (key: FlowKey, fromLow: Bool) {
    let code: UInt16
    var sourcePort: UInt32 = 0
    var destinationPort: UInt32 = 0
    switch layers.transport {
    case .tcp, .udp, .sctp:
      code = UInt16(layers.ipProtocol)
      sourcePort = UInt32(layers.sourcePort)
      destinationPort = UInt32(layers.destinationPort)
    case .icmp, .icmpv6: code = UInt16(layers.ipProtocol)
    case .fragment: code = UInt16(layers.ipProtocol) | fragmentMark
    case .none, .other: code = UInt16(layers.ipProtocol) | unreadableMark
    }
    let (source, destination) = (layers.source, layers.destination)
    // Without branches: which end is the smaller is as good as random, so that a branch would be guessed wrong each
    // second time.
    let portsAscend = bit(sourcePort <= destinationPort)
    let lowsAscend = bit(source.low < destination.low) | bit(source.low == destination.low) & portsAscend
    let fromLow = bit(source.high < destination.high) | bit(source.high == destination.high) & lowsAscend
    let swapping = fromLow &- 1
    let high = (source.high ^ destination.high) & swapping
    let low = (source.low ^ destination.low) & swapping
    let port = (sourcePort ^ destinationPort) & UInt32(truncatingIfNeeded: swapping)
    let key = FlowKey(
      low: IPAddress(high: source.high ^ high, low: source.low ^ low),
      high: IPAddress(high: destination.high ^ high, low: destination.low ^ low),
      ports: (sourcePort ^ port) << 16 | (destinationPort ^ port), code: code)
    return (key, fromLow != 0)
  }

  @inline(__always)
  private static func bit(_ condition: Bool) -> UInt64 { condition ? 1 : 0 }

  /// Whether all parts are the same. Written out because none of them differs in most comparisons.
  @inline(__always)
  static func == (left: FlowKey, right: FlowKey) -> Bool {
    (left.low.high ^ right.low.high) | (left.low.low ^ right.low.low) | (left.high.high ^ right.high.high)
      | (left.high.low ^ right.high.low) | UInt64(left.ports ^ right.ports) | UInt64(left.code ^ right.code) == 0
  }

  /// A well mixed 64-bit hash. Senders choose all of the key, so every factor has a part of the secret `seed`: where one
  /// could be made 0, or two parts cancel each other out, any number of keys would have one hash.
  @inline(__always)
  func hash(seed: FlowSeed) -> UInt64 {
    let rest = UInt64(ports) << 16 | UInt64(code)
    let first = FlowKey.mix(low.high ^ seed.first, low.low ^ seed.second)
    let second = FlowKey.mix(high.high ^ seed.third, high.low ^ seed.fourth)
    return FlowKey.mix(first ^ rest, second ^ seed.second)
  }

  @inline(__always)
  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}

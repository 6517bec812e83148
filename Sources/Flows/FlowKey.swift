import Bytes
import Packets

/// What makes packets of both directions one flow: the two ends in a fixed order, and the protocol.
struct FlowKey: Hashable, BitwiseCopyable, Sendable {
  /// The smaller end, then the larger one.
  let low: IPAddress
  let high: IPAddress
  let lowPort: UInt16
  let highPort: UInt16
  /// IP protocol number, with a mark above it for fragments and for packets whose transport header cannot be read, so
  /// that neither is taken for a flow with ports.
  let code: UInt16

  private static let fragmentMark: UInt16 = 0x100
  private static let unreadableMark: UInt16 = 0x200

  /// The key of a packet, and whether its sender is the low end.
  @inline(__always)
  static func of(_ layers: PacketLayers) -> (key: FlowKey, fromLow: Bool) {
    let mark =
      layers.transport == .fragment
      ? fragmentMark : layers.transport == .none || layers.transport == .other ? unreadableMark : 0
    let code = UInt16(layers.ipProtocol) | mark
    let ported = layers.transport == .tcp || layers.transport == .udp || layers.transport == .sctp
    let sourcePort = ported ? layers.sourcePort : 0
    let destinationPort = ported ? layers.destinationPort : 0
    let fromLow =
      layers.source == layers.destination
      ? sourcePort <= destinationPort : layers.source < layers.destination
    let key =
      fromLow
      ? FlowKey(
        low: layers.source, high: layers.destination, lowPort: sourcePort, highPort: destinationPort, code: code)
      : FlowKey(
        low: layers.destination, high: layers.source, lowPort: destinationPort, highPort: sourcePort, code: code)
    return (key, fromLow)
  }

  /// A well mixed 64-bit hash. Senders choose all the inputs, so `seed` differs from run to run.
  @inline(__always)
  func hash(seed: UInt64) -> UInt64 {
    let ports = UInt64(lowPort) << 32 | UInt64(highPort) << 16 | UInt64(code)
    let first = FlowKey.mix(low.high ^ high.high ^ seed, low.low ^ 0xa076_1d64_78bd_642f)
    return FlowKey.mix(first ^ ports, high.low ^ 0xe703_7ed1_a0b4_28db ^ seed)
  }

  @inline(__always)
  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}

import Bytes
import Packets
import Records

/// A row of `icmp_messages`.
struct ICMPRecord: Record {
  static let table = Table(
    "icmp_messages",
    [
      "flow_id", "frame_id", "type", "code", "identifier", "sequence", "ttl", "target", "link_address",
      "neighbor_flags", "quoted_flow_id", "quoted", "mtu",
    ])

  /// What an error says of the packet that it is about.
  struct Quotation {
    /// The row of the packet's flow; nil: the capture has no such flow, or the packet cannot be read.
    var flowID: Int64?
    /// The packet, where there is no such flow.
    var packet: QuotedPacket?
    /// Bytes of the largest packet that would pass; nil: another error.
    var mtu: UInt32?
  }

  let flowID: Int64
  let frameID: Int64
  let type: UInt8
  let code: UInt8
  /// Of an echo message; nil: not an echo.
  let echo: (identifier: UInt16, sequence: UInt16)?
  /// Time to live or hop limit of its IP packet.
  let timeToLive: UInt8
  /// What it says of a neighbor; nil: it is of another kind.
  let neighbor: NeighborMessage?
  /// Nil: it is no error.
  let quotation: Quotation?

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.integer(type)
    row.integer(code)
    row.integer(echo.map { Int64($0.identifier) })
    row.integer(echo.map { Int64($0.sequence) })
    row.integer(timeToLive)
    row.text(neighbor?.target?.description)
    row.text(neighbor?.linkAddress?.description)
    row.integer(neighbor?.flags.map { Int64($0) })
    row.integer(quotation?.flowID)
    row.text(quotation?.packet.map(ICMPRecord.text))
    row.integer((quotation?.mtu).map(Int64.init))
  }

  /// `udp 192.0.2.1:4000 > 198.51.100.7:53`.
  private static func text(_ packet: QuotedPacket) -> String {
    let layers = packet.layers
    let transport = layers.transport == .fragment ? "fragment" : IPProtocolName.name(of: layers.ipProtocol)
    return "\(transport) \(end(layers.source, layers.sourcePort, packet)) > "
      + end(layers.destination, layers.destinationPort, packet)
  }

  private static func end(_ address: IPAddress, _ port: UInt16, _ packet: QuotedPacket) -> String {
    guard packet.hasPorts else { return address.description }
    return packet.layers.network == .ipv6 ? "[\(address)]:\(port)" : "\(address):\(port)"
  }
}

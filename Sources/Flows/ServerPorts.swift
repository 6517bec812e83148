import Packets

/// Who is the client, as a flow's first packet tells: by its flags, else by the ports that servers listen on.
enum ServerPorts {
  /// Whether a flow's first packet speaks for its sender as the client.
  static func senderIsClient(_ layers: borrowing PacketLayers, _ flags: TCPFlags) -> Bool {
    switch layers.transport {
    case .tcp where flags.contains(.syn): !flags.contains(.ack)
    case .tcp, .udp, .sctp: firstIsServer(layers.sourcePort, layers.destinationPort).map { !$0 } ?? true
    case .icmp: layers.icmpType != 0
    case .icmpv6: layers.icmpType != 129
    default: true
    }
  }

  /// Which end the ports speak for as the server: true the first, false the second, nil neither.
  private static func firstIsServer(_ first: UInt16, _ second: UInt16) -> Bool? {
    if first == second { return nil }
    let ranks = (rank(first), rank(second))
    return ranks.0 == ranks.1 ? nil : ranks.0 > ranks.1
  }

  /// 2: a system port (RFC 6335, section 6) or one of the registered ones below; 1: another registered port; 0: a port
  /// from the range that systems choose clients' ports from.
  private static func rank(_ port: UInt16) -> Int {
    if port != 0, port < 1024 { return 2 }
    return isRegistered(port) ? 1 : 0
  }

  private static func isRegistered(_ port: UInt16) -> Bool {
    switch port {
    case 1080, 1194, 1433, 1434, 1521, 1701, 1723, 1812, 1813, 1883, 1900, 2049, 2152, 2181, 3128, 3260, 3268, 3269,
      3306,
      3389, 3478, 3702, 4433, 4789, 5000, 5060, 5061, 5222, 5223, 5269, 5353, 5355, 5432, 5601, 5671, 5672, 5683, 5900,
      5938, 5985, 5986, 6081, 6379, 6443, 6667, 6697, 6881, 7000, 8000, 8008, 8080, 8081, 8086, 8088, 8118, 8333, 8443,
      8554, 8883, 8888, 9000, 9042, 9090, 9092, 9100, 9200, 9300, 9418, 11211, 25565, 27017, 51820:
      true
    default: false
    }
  }
}

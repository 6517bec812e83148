public import Bytes

/// An ARP or RARP message (RFC 826, RFC 903).
///
///      0        2        4    5    6         8
///     +--------+--------+----+----+---------+------------+-----------+------------+-----------+
///     | HTYPE  | PTYPE  |HLEN|PLEN| OPER    | sender HW  | sender IP | target HW  | target IP |
///     +--------+--------+----+----+---------+------------+-----------+------------+-----------+
public struct ARPMessage: Hashable, Sendable {
  /// The kind of hardware address, 1 for Ethernet (IANA arp-parameters).
  public let hardwareType: UInt16
  /// The EtherType of the protocol addresses, 0x0800 for IPv4.
  public let protocolType: UInt16
  /// The operation: 1 request, 2 reply.
  public let operation: UInt16
  /// The sender's hardware address; nil unless 6 bytes long.
  public let senderMAC: MACAddress?
  /// The sender's protocol address; nil unless IPv4.
  public let senderIP: IPAddress?
  /// The target's hardware address; nil unless 6 bytes long.
  public let targetMAC: MACAddress?
  /// The target's protocol address; nil unless IPv4.
  public let targetIP: IPAddress?

  static let fixedLength = 8

  /// Reads a message from the front of `bytes`, which begin at `PacketLayers.arpOffset`.
  ///
  /// Throws `truncated` where the lengths that it gives reach behind the bytes.
  public init(_ bytes: RawSpan) throws(Fault) {
    var reader = ByteReader(bytes, layer: "ARP")
    hardwareType = try reader.u16()
    protocolType = try reader.u16()
    let hardwareLength = Int(try reader.u8())
    let protocolLength = Int(try reader.u8())
    operation = try reader.u16()
    let isIPv4 = protocolType == EtherType.ipv4 && protocolLength == 4
    var hardware: (sender: MACAddress?, target: MACAddress?)
    var network: (sender: IPAddress?, target: IPAddress?)
    hardware.sender = try ARPMessage.hardwareAddress(&reader, hardwareLength)
    network.sender = try ARPMessage.protocolAddress(&reader, protocolLength, isIPv4: isIPv4)
    hardware.target = try ARPMessage.hardwareAddress(&reader, hardwareLength)
    network.target = try ARPMessage.protocolAddress(&reader, protocolLength, isIPv4: isIPv4)
    (senderMAC, targetMAC) = (hardware.sender, hardware.target)
    (senderIP, targetIP) = (network.sender, network.target)
  }

  private static func hardwareAddress(_ reader: inout ByteReader, _ length: Int) throws(Fault) -> MACAddress? {
    let address = try reader.bytes(length)
    return length == 6 ? MACAddress(address, at: 0) : nil
  }

  private static func protocolAddress(
    _ reader: inout ByteReader, _ length: Int, isIPv4: Bool
  ) throws(Fault) -> IPAddress? {
    let address = try reader.bytes(length)
    return isIPv4 ? IPAddress(v4: address, at: 0) : nil
  }

  /// The operation's name in lower case (IANA arp-parameters): `request`, `reply`; the number where it has none here.
  public var operationName: String {
    switch operation {
    case 1: "request"
    case 2: "reply"
    case 3: "rarp-request"
    case 4: "rarp-reply"
    case 5: "drarp-request"
    case 6: "drarp-reply"
    case 7: "drarp-error"
    case 8: "inarp-request"
    case 9: "inarp-reply"
    default: String(operation)
    }
  }

  /// Notes in `layers` where the message at the walk's offset begins.
  static func note(_ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(fixedLength, .arp, &layers) else { return }
    walk.next = .done
    layers.arpOffset = Int32(truncatingIfNeeded: walk.offset)
    if layers.network == .none {
      layers.network = .arp
      layers.networkOffset = layers.arpOffset
    }
  }
}

import Bytes
import Records

/// A row of `dhcpv6_messages`.
struct DHCPv6Record: Record {
  static let table = Table(
    "dhcpv6_messages",
    [
      "flow_id", "frame_id", "transaction_id", "type", "relays", "link_ip", "peer_ip", "client_mac", "client_id",
      "server_id", "addresses", "prefixes", "valid_lifetime", "status", "status_text", "fqdn", "dns_servers", "domains",
      "vendor_class", "lease_name",
    ])

  let flowID: Int64
  let frameID: Int64
  let message: DHCPv6Message
  /// Of a reply what the client calls itself; nil: no name, or another message.
  let leaseName: [UInt8]?

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.integer(message.transactionID.map { Int64($0) })
    if let type = message.type, let name = DHCPv6Message.name(of: type) { row.text(name) } else { row.null() }
    row.integer(message.relays)
    row.text(message.linkAddress?.description)
    row.text(message.peerAddress?.description)
    row.text(message.clientMAC?.description)
    row.text(message.clientID)
    row.text(message.serverID)
    row.text(message.addresses.isEmpty ? nil : message.addresses.map(\.description).joined(separator: ", "))
    row.text(message.prefixes.isEmpty ? nil : message.prefixes.joined(separator: ", "))
    row.integer(message.validLifetime.map { Int64($0) })
    row.text(message.status.map(DHCPv6Message.name(status:)))
    row.text(wire: message.statusText)
    row.text(wire: message.fqdn)
    row.text(message.nameServers)
    row.text(wire: message.domains)
    row.text(wire: message.vendorClass)
    row.text(wire: leaseName)
  }
}

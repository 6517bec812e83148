import Bytes
import Records

/// A row of `dhcp_messages`.
struct DHCPRecord: Record {
  static let table = Table(
    "dhcp_messages",
    [
      "flow_id", "frame_id", "transaction_id", "type", "client_mac", "requested_ip", "your_ip", "host_name",
      "fqdn", "client_ip", "server_ip", "relay_ip", "lease_time", "subnet_mask", "routers", "dns_servers", "domain",
      "vendor_class", "client_id", "requested_options", "message", "lease_name",
    ])

  let flowID: Int64
  let frameID: Int64
  let message: DHCPMessage
  /// Of an acknowledgment what the client calls itself; nil: no name, or another message.
  let leaseName: [UInt8]?

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.integer(message.transactionID)
    if let type = message.type {
      if let name = DHCPMessage.name(of: type) { row.text(name) } else { row.text(String(type)) }
    } else {
      row.null()
    }
    row.text(message.clientMAC?.description)
    row.text(message.requestedAddress?.description)
    row.text(message.yourAddress?.description)
    row.text(wire: message.hostName)
    row.text(wire: message.fqdn)
    row.text(message.clientAddress?.description)
    row.text(message.serverAddress?.description)
    row.text(message.relayAddress?.description)
    row.integer(message.leaseTime.map { Int64($0) })
    row.text(message.subnetMask?.description)
    row.text(message.routers)
    row.text(message.nameServers)
    row.text(wire: message.domain)
    row.text(wire: message.vendorClass)
    row.text(message.clientID)
    row.text(message.requestedOptions)
    row.text(wire: message.message)
    row.text(wire: leaseName)
  }
}

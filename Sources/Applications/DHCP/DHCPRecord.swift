import Bytes
import Records

/// A row of `dhcp_messages`.
struct DHCPRecord: Record {
  static let table = Table(
    "dhcp_messages",
    [
      "flow_id", "frame_id", "transaction_id", "type", "client_mac", "requested_ip", "your_ip", "host_name",
    ])

  let flowID: Int64
  let frameID: Int64
  let message: DHCPMessage

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
  }
}

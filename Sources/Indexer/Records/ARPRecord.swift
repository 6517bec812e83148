import Bytes
import Packets
import Records

/// A row of `arp_messages`.
struct ARPRecord: Record {
  static let table = Table(
    "arp_messages",
    ["capture_id", "frame_id", "operation", "sender_mac", "sender_ip", "target_mac", "target_ip"])

  private let captureID: Int64
  private let frameID: Int64
  private let operation: String
  private let sender: (mac: MACAddress, ip: IPAddress)
  private let target: (mac: MACAddress, ip: IPAddress)

  /// The row for a message; nil where it is not about Ethernet and IPv4.
  init?(captureID: Int64, frameID: Int64, message: ARPMessage) {
    guard let senderMAC = message.senderMAC, let senderIP = message.senderIP, let targetMAC = message.targetMAC,
      let targetIP = message.targetIP
    else { return nil }
    self.captureID = captureID
    self.frameID = frameID
    operation = message.operationName
    sender = (senderMAC, senderIP)
    target = (targetMAC, targetIP)
  }

  func encode(into row: inout RowEncoder) {
    row.integer(captureID)
    row.integer(frameID)
    row.text(operation)
    row.text(sender.mac.description)
    row.text(sender.ip.description)
    row.text(target.mac.description)
    row.text(target.ip.description)
  }
}

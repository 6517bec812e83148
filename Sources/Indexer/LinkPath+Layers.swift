import Applications
import Bytes
import Packets

extension LinkPath {
  /// The EtherType of IEEE 802.1X.
  private static let eapol: UInt16 = 0x888e

  /// The way of a frame without IP.
  init(_ layers: borrowing PacketLayers) {
    guard layers.hasMAC, layers.hasDestinationMAC else {
      self = .line
      return
    }
    if layers.etherType == LinkPath.eapol {
      self = .eapol(source: layers.sourceMAC, destination: layers.destinationMAC)
    } else {
      self = .ethernet(source: layers.sourceMAC, destination: layers.destinationMAC)
    }
  }
}

import Bytes

extension PacketLayers {
  /// Keeps the link-layer addresses of 6 bytes that stand at these places of `frame`.
  mutating func setMACs(_ frame: RawSpan, destination: Int, source: Int) {
    (hasMAC, hasDestinationMAC) = (true, true)
    destinationMAC = PacketLayers.mac(frame, destination)
    sourceMAC = PacketLayers.mac(frame, source)
  }

  /// The address whose 6 bytes stand at `offset`.
  static func mac(_ frame: RawSpan, _ offset: Int) -> MACAddress {
    MACAddress(value: UInt64(frame.half(offset)) << 32 | UInt64(frame.word(offset &+ 2)))
  }
}

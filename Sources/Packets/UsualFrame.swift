import Bytes

/// Ethernet, IPv4 without options or fragments, TCP or UDP without a tunnel, nothing wrong with any of them: most frames
/// of most captures. Their headers stand at places known beforehand, so that they are read without a walk, to the same
/// result.
enum UsualFrame {
  private static let networkOffset = Ethernet.headerLength
  private static let transportOffset = networkOffset + IPv4.minimumLength

  /// Reads the headers of an Ethernet frame into `layers`, which are new. False where it is none of these: `layers` are
  /// then as they were.
  ///
  /// - Parameters:
  ///   - length: the frame's length on the wire, at least that of `frame`.
  @inline(__always)
  static func decode(_ frame: RawSpan, length: Int, into layers: inout PacketLayers) -> Bool {
    guard frame.byteCount >= transportOffset &+ UDP.headerLength, frame.half(12) == EtherType.ipv4 else { return false }
    let first = frame.long(networkOffset)
    let second = frame.long(networkOffset &+ 8)
    // Version 4, five words of header; no fragment.
    let totalLength = Int(first >> 32 & 0xffff)
    guard first >> 56 == 0x45, first & 0x3fff == 0, totalLength >= IPv4.minimumLength,
      totalLength <= length &- networkOffset
    else { return false }
    let end = networkOffset &+ totalLength
    let captured = min(end, frame.byteCount)
    let number = UInt8(truncatingIfNeeded: second >> 48)
    let isRead =
      switch number {
      case IPProtocol.tcp: readTCP(frame, end: end, captured: captured, &layers)
      case IPProtocol.udp: readUDP(frame, end: end, captured: captured, &layers)
      default: false
      }
    guard isRead else { return false }
    layers.hasMAC = true
    layers.hasDestinationMAC = true
    let addresses = frame.long(0)
    layers.destinationMAC = MACAddress(value: addresses >> 16)
    layers.sourceMAC = MACAddress(value: addresses << 32 | UInt64(frame.word(8)))
    layers.etherType = EtherType.ipv4
    layers.network = .ipv4
    layers.networkOffset = Int32(truncatingIfNeeded: networkOffset)
    layers.ipLength = Int32(truncatingIfNeeded: totalLength)
    layers.source = IPAddress(v4: UInt32(truncatingIfNeeded: second))
    layers.destination = IPAddress(v4: frame.word(networkOffset &+ 16))
    layers.timeToLive = UInt8(truncatingIfNeeded: second >> 56)
    layers.identification = UInt32(truncatingIfNeeded: first >> 16 & 0xffff)
    layers.ipProtocol = number
    layers.hasTransportHeader = true
    return true
  }

  @inline(__always)
  private static func readTCP(_ frame: RawSpan, end: Int, captured: Int, _ layers: inout PacketLayers) -> Bool {
    guard captured >= transportOffset &+ TCP.minimumLength else { return false }
    let first = frame.long(transportOffset)
    let second = frame.long(transportOffset &+ 8)
    let offset = transportOffset &+ Int(second >> 28 & 15) &* 4
    guard offset >= transportOffset &+ TCP.minimumLength, offset <= end else { return false }
    layers.transport = .tcp
    layers.sourcePort = UInt16(truncatingIfNeeded: first >> 48)
    layers.destinationPort = UInt16(truncatingIfNeeded: first >> 32)
    layers.sequence = UInt32(truncatingIfNeeded: first)
    layers.acknowledgment = UInt32(truncatingIfNeeded: second >> 32)
    layers.flags = UInt16(truncatingIfNeeded: second >> 16 & 0xfff)
    layers.window = UInt16(truncatingIfNeeded: second)
    layers.optionsLength = UInt8(truncatingIfNeeded: offset &- (transportOffset &+ TCP.minimumLength))
    layers.setPayload(from: offset, to: end, captured: captured)
    return true
  }

  @inline(__always)
  private static func readUDP(_ frame: RawSpan, end: Int, captured: Int, _ layers: inout PacketLayers) -> Bool {
    guard captured >= transportOffset &+ UDP.headerLength else { return false }
    let header = frame.long(transportOffset)
    let source = UInt16(truncatingIfNeeded: header >> 48)
    let destination = UInt16(truncatingIfNeeded: header >> 32)
    let length = Int(header >> 16 & 0xffff)
    guard length >= UDP.headerLength, length <= end &- transportOffset, UDP.tunnel(destination, source) == .done else {
      return false
    }
    if captured >= transportOffset &+ UDP.headerLength &+ 4,
      GTP.mayBegin(frame.word(transportOffset &+ UDP.headerLength))
    {
      return false
    }
    layers.transport = .udp
    layers.sourcePort = source
    layers.destinationPort = destination
    let end = transportOffset &+ length
    layers.setPayload(from: transportOffset &+ UDP.headerLength, to: end, captured: min(end, captured))
    return true
  }
}

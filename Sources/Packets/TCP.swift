import Bytes

/// TCP (RFC 9293, section 3.1).
///
///     +-------------------------------+-------------------------------+
///     |          Source Port          |       Destination Port        |
///     |                        Sequence Number                        |
///     |                    Acknowledgment Number                      |
///     +-------+-------+---------------+-------------------------------+
///     | Offset| Rsrvd |C|E|U|A|P|R|S|F|            Window             |
///     +-------+-------+---------------+-------------------------------+
///     |           Checksum            |         Urgent Pointer        |
///     |                     Options, padded to 32 bits                |
///     +---------------------------------------------------------------+
enum TCP {
  static let minimumLength = 20

  @inline(__always)
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.available >= minimumLength else {
      return Ports.keep(frame, &walk, .tcp, .tcp, needed: minimumLength, &layers)
    }
    let at = walk.offset
    let first = frame.long(at)
    let second = frame.long(at &+ 8)
    layers.transport = .tcp
    layers.hasTransportHeader = true
    layers.sourcePort = UInt16(truncatingIfNeeded: first >> 48)
    layers.destinationPort = UInt16(truncatingIfNeeded: first >> 32)
    layers.sequence = UInt32(truncatingIfNeeded: first)
    layers.acknowledgment = UInt32(truncatingIfNeeded: second >> 32)
    layers.flags = UInt16(truncatingIfNeeded: second >> 16 & 0xfff)
    layers.window = UInt16(truncatingIfNeeded: second)
    let headerLength = Int(second >> 28 & 15) &* 4
    walk.next = .done
    guard headerLength >= minimumLength, headerLength <= walk.left else {
      return reject(headerLength, &walk, &layers)
    }
    layers.optionsLength = UInt8(truncatingIfNeeded: headerLength &- minimumLength)
    layers.setPayload(walk, at: at &+ headerLength)
  }

  /// A header of impossible length: what was read stays, and no byte behind it counts as payload.
  @inline(never)
  private static func reject(_ headerLength: Int, _ walk: inout Walk, _ layers: inout PacketLayers) {
    layers.setPayload(walk, at: walk.end)
    if headerLength < minimumLength {
      walk.fail(.tcp, .malformed, .headerLength, found: headerLength, expected: minimumLength, &layers)
    } else {
      walk.fail(.tcp, .malformed, .headerBeyondPacket, found: headerLength, expected: walk.left, &layers)
    }
  }
}

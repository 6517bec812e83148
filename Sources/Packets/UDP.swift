import Bytes

/// UDP (RFC 768): source port, destination port, length with this header, checksum; 16 bits each.
enum UDP {
  static let headerLength = 8

  @inline(__always)
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.available >= headerLength else {
      return Ports.keep(frame, &walk, .udp, .udp, needed: headerLength, &layers)
    }
    let at = walk.offset
    let header = frame.long(at)
    layers.transport = .udp
    layers.hasTransportHeader = true
    let source = UInt16(truncatingIfNeeded: header >> 48)
    let destination = UInt16(truncatingIfNeeded: header >> 32)
    layers.sourcePort = source
    layers.destinationPort = destination
    let length = Int(header >> 16 & 0xffff)
    let left = walk.left
    if length < headerLength || length > left {
      guard accept(length, left: left, &walk, &layers) else { return }
    } else {
      walk.narrow(to: at &+ length)
    }
    layers.setPayload(walk, at: at &+ headerLength)
    var next = tunnel(destination, source)
    if next == .done, walk.available >= headerLength &+ 4, GTP.mayBegin(frame.word(at &+ headerLength)) {
      next = .gtpByContent
    }
    walk.advance(headerLength, to: next)
  }

  /// Whether a length that contradicts the packet leaves a payload; notes the fault.
  @inline(never)
  private static func accept(_ length: Int, left: Int, _ walk: inout Walk, _ layers: inout PacketLayers) -> Bool {
    // The length of a jumbogram (RFC 2675, section 4) and of offloaded segmentation.
    if length == 0 { return true }
    guard length >= headerLength else {
      layers.setPayload(walk, at: walk.end)
      walk.fail(.udp, .malformed, .totalLength, found: length, expected: headerLength, &layers)
      return false
    }
    layers.note(PacketFault(.udp, .truncated, .lengthBeyondPacket, at: walk.offset, found: length, expected: left))
    return true
  }

  /// The tunnel that a datagram's ports name; its decoder looks whether it is one.
  @inline(__always)
  static func tunnel(_ destination: UInt16, _ source: UInt16) -> NextHeader {
    switch destination {
    case 1701: .l2tp
    case 2152: .gtp
    case 3544: .teredo
    case 4341: .lisp
    case 4342: .lispControl
    case 5072: .ayiya
    case 4789: .vxlan
    case 4790: .vxlanGPE
    case 6081: .geneve
    case 6635: .mpls
    case 8472: .vxlanLinux
    default: source == 3544 ? .teredo : source == 2152 ? .gtp : source == 5072 ? .ayiya : .done
    }
  }
}

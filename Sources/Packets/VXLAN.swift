import Bytes

/// VXLAN (RFC 7348, section 5): flags with I set (1), reserved (3), network identifier (3), reserved (1), an Ethernet frame.
enum VXLAN {
  static let headerLength = 8

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    // Another use of the port is no fault. The first of the flags is G (group policy), the rest of the byte reserved.
    guard walk.available >= headerLength, frame.byte(walk.offset) & 0x7f == 0x08 else { return }
    walk.tunnel(headerLength, to: .ethernet, .vxlan, network(frame, walk), &layers)
  }

  /// Port 8472, which Linux took before there was an assigned one, and which others use for other things: the reserved
  /// bytes must be 0 and the frame inside make sense.
  static func decodeLinux(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    guard walk.available > headerLength, frame.word(walk.offset) == 0x0800_0000,
      frame.byte(walk.offset &+ 7) == 0, InnerEthernet.isPlausible(frame, walk, headerLength)
    else { return }
    walk.tunnel(headerLength, to: .ethernet, .vxlan, network(frame, walk), &layers)
  }

  private static func network(_ frame: RawSpan, _ walk: borrowing Walk) -> Int64 {
    Int64(frame.word(walk.offset &+ 4) >> 8)
  }

  /// VXLAN-GPE (draft-ietf-nvo3-vxlan-gpe): the fourth byte names what follows.
  static func decodeGPE(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    guard walk.available >= headerLength, frame.byte(walk.offset) & 0x0c == 0x0c else { return }
    switch frame.byte(walk.offset &+ 3) {
    case 1: walk.tunnel(headerLength, to: .ipv4, .vxlanGPE, network(frame, walk), &layers)
    case 2: walk.tunnel(headerLength, to: .ipv6, .vxlanGPE, network(frame, walk), &layers)
    case 3: walk.tunnel(headerLength, to: .ethernet, .vxlanGPE, network(frame, walk), &layers)
    case 4:
      walk.enclose(.vxlanGPE, network(frame, walk), layers)
      walk.advance(headerLength, to: .nsh)
    default: break
    }
  }
}

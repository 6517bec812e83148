import Bytes

/// L2TP version 2 data (RFC 2661, section 3.1), which carries PPP.
///
///     T L x x S x O P x x x x version (16 bits) | [length] | tunnel | session | [Ns | Nr] | [offset size | padding]
enum L2TP {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    let flags = frame.half(walk.offset)
    // Control messages (T) carry no packet.
    guard walk.available >= 6, flags & 0x8000 == 0, flags & 0x000f == 2 else { return }
    var count = 6
    if flags & 0x4000 != 0 { count &+= 2 }
    if flags & 0x0800 != 0 { count &+= 4 }
    if flags & 0x0200 != 0 {
      guard walk.available >= count &+ 2 else { return }
      count &+= 2 &+ Int(frame.half(walk.offset &+ count))
    }
    guard walk.available > count else { return }
    walk.tunnel(count, to: .ppp, &layers)
  }
}

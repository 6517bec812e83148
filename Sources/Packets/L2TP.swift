import Bytes

/// L2TP data.
///
/// Version 2 (RFC 2661, section 3.1) carries PPP:
///
///     T L x x S x O P x x x x version (16 bits) | [length] | tunnel | session | [Ns | Nr] | [offset size | padding]
///
/// Version 3 (RFC 3931, section 4.1) carries what both ends agreed on, behind a cookie of 0, 4 or 8 bytes and a sublayer of
/// 0 or 4: no field says which.
///
///     T (1 bit), version (4 bits) | reserved | session (4) | [cookie] | [sublayer] | ...        in UDP
///                                              session (4) | [cookie] | [sublayer] | ...        in IP; 0: control
enum L2TP {
  /// Bytes that cookie and sublayer may take. Linux's default comes first: no cookie, and a sublayer.
  private static let preambles = [4, 0, 8, 12]

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    let flags = frame.half(walk.offset)
    // Control messages (T) carry no packet.
    guard walk.available >= 6, flags & 0x8000 == 0 else { return }
    if flags & 0x000f == 3 {
      walk.offset &+= 4
      return decodeSession(frame, &walk, &layers)
    }
    guard flags & 0x000f == 2 else { return }
    let identifiers = walk.offset &+ (flags & 0x4000 != 0 ? 4 : 2)
    var count = 6
    if flags & 0x4000 != 0 { count &+= 2 }
    if flags & 0x0800 != 0 { count &+= 4 }
    if flags & 0x0200 != 0 {
      guard walk.available >= count &+ 2 else { return }
      count &+= 2 &+ Int(frame.half(walk.offset &+ count))
    }
    guard walk.available > count else { return }
    walk.tunnel(count, to: .ppp, .l2tp, Int64(frame.word(identifiers)), &layers)
  }

  /// Version 3 directly in IP.
  static func decodeOverIP(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.available >= 4, frame.word(walk.offset) != 0 else { return }
    decodeSession(frame, &walk, &layers)
  }

  /// From the session on: an Ethernet frame, or an IP packet, where one makes sense.
  private static func decodeSession(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    guard walk.available > 4 else { return }
    let session = Int64(frame.word(walk.offset))
    for preamble in preambles where InnerEthernet.isPlausible(frame, walk, 4 &+ preamble) {
      return walk.tunnel(4 &+ preamble, to: .ethernet, .l2tp3, session, &layers)
    }
    for preamble in preambles where InnerIP.fills(frame, walk, 4 &+ preamble) {
      return walk.tunnel(4 &+ preamble, to: .rawIP, .l2tp3, session, &layers)
    }
  }
}

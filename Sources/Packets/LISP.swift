import Bytes

/// LISP data (RFC 9300, section 5.3): flags, nonce, locator status bits; then an IP packet.
enum LISP {
  static let headerLength = 8

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    guard walk.available > headerLength else { return }
    // The instance stands in place of locator status bits where flag I is set.
    let instance = frame.byte(walk.offset) & 0x08 == 0 ? Encapsulation.none : Int64(frame.word(walk.offset &+ 4) >> 8)
    InnerIP.begin(frame, &walk, headerLength, .lisp, instance, &layers)
  }

  /// A control message (RFC 9301, section 5.8) of type 8, which carries another one with its IP header, unless flag S says
  /// that something stands between.
  static func decodeControl(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    guard walk.available > 4, frame.byte(walk.offset) >> 3 == 0x10 else { return }
    InnerIP.begin(frame, &walk, 4, .lisp, Encapsulation.none, &layers)
  }
}

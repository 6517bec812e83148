import Bytes

/// LISP data (RFC 9300, section 5.3): flags, nonce, locator status bits; then an IP packet.
enum LISP {
  static let headerLength = 8

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    guard walk.available > headerLength else { return }
    InnerIP.begin(frame, &walk, headerLength, &layers)
  }
}

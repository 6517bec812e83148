import Bytes

/// Ethernet II and IEEE 802.3.
///
///      0                   6                   12        14
///     +-------------------+-------------------+---------+----
///     | destination       | source            | type    | ...
///     +-------------------+-------------------+---------+----
///
/// A type up to 1500 is the length of an LLC frame (IEEE 802.3, 3.2.6).
enum Ethernet {
  static let headerLength = 14

  @inline(__always)
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(headerLength, .ethernet, &layers) else { return }
    let at = walk.offset
    let first = frame.long(at)
    let last = frame.word(at &+ 8)
    if !layers.hasMAC {
      layers.hasMAC = true
      layers.hasDestinationMAC = true
      layers.destinationMAC = MACAddress(value: first >> 16)
      layers.sourceMAC = MACAddress(value: first << 32 | UInt64(last))
    }
    walk.type = frame.half(at &+ 12)
    walk.advance(headerLength, to: .etherType)
  }
}

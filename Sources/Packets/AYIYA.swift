import Bytes

/// AYIYA (draft-massar-v6ops-ayiya, section 4): anything in anything, in practice IPv6 through address translators.
///
///     identity's length as power of 2 (4), type (4) | signature's length in 4-byte units (4), hash (4) |
///     authentication (4), operation (4), 1 for a packet | next header (8) | time (32) | identity | signature | packet
enum AYIYA {
  static let fixedLength = 8

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    walk.next = .done
    let at = walk.offset
    guard walk.available > fixedLength, frame.byte(at &+ 2) & 15 == 1 else { return }
    let identity = 1 << Int(frame.byte(at) >> 4)
    let count = fixedLength &+ identity &+ Int(frame.byte(at &+ 1) >> 4) &* 4
    switch frame.byte(at &+ 3) {
    case IPProtocol.ipv4, IPProtocol.ipv6: InnerIP.begin(frame, &walk, count, .ayiya, Encapsulation.none, &layers)
    default: break
    }
  }
}

import Bytes

/// A packet that begins with an IP header and nothing before it; the version tells which.
enum RawIP {
  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(1, .rawIP, &layers) else { return }
    let version = frame.byte(walk.offset) >> 4
    switch version {
    case 4: walk.next = .ipv4
    case 6: walk.next = .ipv6
    default: walk.fail(.rawIP, .malformed, .version, found: Int(version), expected: 4, &layers)
    }
  }
}

import Bytes

/// ERSPAN inside GRE (draft-foschiano-erspan): 8 bytes for type II, 12 or 20 for type III, then an Ethernet frame.
///
///     version (4), VLAN (12) | class, kind or size, truncated (6), session (10) | ...
enum ERSPAN {
  static func decodeTypeII(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(8, .erspan, &layers) else { return }
    walk.enclose(.erspan, session(frame, walk.offset), layers)
    walk.advance(8, to: .ethernet)
  }

  static func decodeTypeIII(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    guard walk.require(12, .erspan, &layers) else { return }
    // The lowest bit says that 8 bytes particular to a platform follow; the frame type stands in bits 6 to 10.
    let flags = frame.half(walk.offset &+ 10)
    let length = flags & 1 == 1 ? 20 : 12
    guard walk.require(length, .erspan, &layers) else { return }
    walk.enclose(.erspan, session(frame, walk.offset), layers)
    switch flags >> 10 & 0x1f {
    case 0: walk.advance(length, to: .ethernet)
    case 2: walk.advance(length, to: .rawIP)
    default: walk.next = .done
    }
  }

  /// The session of the header at `offset`.
  private static func session(_ frame: RawSpan, _ offset: Int) -> Int64 { Int64(frame.half(offset &+ 2) & 0x3ff) }
}

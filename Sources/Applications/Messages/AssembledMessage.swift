/// A message that stands whole in one direction of a connection.
struct AssembledMessage: Sendable {
  /// Its bytes, header included; fewer than `total` where it is longer than what is kept of one.
  let bytes: [UInt8]
  /// Its length on the wire, header included.
  let total: Int
  /// The frame of its first byte.
  let frame: FrameStamp

  /// Whether bytes at the end were left out.
  var isCut: Bool { bytes.count < total }
}

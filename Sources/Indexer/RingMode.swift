/// Whether captures of one ingest are taken as the files of one ring: in time order, and flows go on from one to the next.
public enum RingMode: Sendable {
  /// Those whose names, interfaces and times speak for it (`CaptureChain`).
  case automatic
  /// All captures together, in time order.
  case always
  /// None: each capture is by itself.
  case never
}

import Bytes
public import Packets

/// Puts IP packets together from their fragments (RFC 791, section 3.2; RFC 8200, section 4.5).
///
/// Where fragments overlap, the bytes that came first stand. A packet whose fragments were cut by the capture cannot be
/// completed.
public struct FragmentTable {
  /// What a fragment did.
  public enum Outcome {
    /// It is kept until the others come.
    case waiting
    /// It completed its packet: the packet's payload behind the IP headers.
    case complete([UInt8])
    /// It cannot belong to a packet that could be completed, for this reason.
    case refused(String)
  }

  private struct Key: Hashable {
    let source: IPAddress
    let destination: IPAddress
    let identification: UInt32
    let ipProtocol: UInt8
  }

  private struct Partial {
    var bytes: [UInt8] = []
    /// The parts of `bytes` that have come, ascending and apart from each other.
    var present: [Range<Int>] = []
    /// Length of the whole, once the last fragment has come.
    var length: Int?
    var fragments = 0
    let firstFrame: Int64
  }

  /// Longest payload that an IP packet can have.
  private static let longestPayload = 65_535

  private let limits: FlowLimits
  private var partials: [Key: Partial] = [:]
  private var order: [Key] = []
  private var abandoned: [Int64] = []

  /// An empty table.
  public init(limits: FlowLimits = FlowLimits()) {
    self.limits = limits
  }

  /// Takes a fragment; `frame` is the frame that `layers` was decoded from.
  public mutating func add(_ layers: borrowing PacketLayers, frame: RawSpan, id: Int64) -> Outcome {
    let start = Int(layers.fragmentOffset)
    let length = Int(layers.fragmentPayloadLength)
    let from = Int(layers.fragmentPayloadOffset)
    let bytes = frame.part(from: from, to: from + length)
    guard bytes.byteCount == length else { return .refused("the capture has only part of the fragment") }
    guard length > 0, start + length <= FragmentTable.longestPayload else {
      return .refused("bytes \(start) to \(start + length) cannot be part of an IP packet")
    }
    let key = Key(
      source: layers.source, destination: layers.destination, identification: layers.identification,
      ipProtocol: layers.ipProtocol)
    var partial = partials.removeValue(forKey: key) ?? begin(key, frame: id)
    partial.fragments += 1
    guard partial.fragments <= limits.fragmentsPerPacket else {
      forget(key)
      return .refused("more than \(limits.fragmentsPerPacket) fragments of one packet")
    }
    if !layers.moreFragments { partial.length = start + length }
    FragmentTable.insert(bytes, at: start, into: &partial)
    if let whole = partial.length, partial.present.count == 1, partial.present[0].lowerBound == 0,
      partial.present[0].upperBound >= whole
    {
      forget(key)
      return .complete(Array(partial.bytes.prefix(whole)))
    }
    partials[key] = partial
    return .waiting
  }

  /// The rows of `frames` of the first fragments of packets that were given up since the last call, or, at the `end` of
  /// the capture, that were never completed.
  public mutating func incomplete(atEnd end: Bool) -> [Int64] {
    var frames = abandoned
    abandoned = []
    if end {
      frames += order.compactMap { partials[$0]?.firstFrame }
      partials = [:]
      order = []
    }
    return frames
  }

  private mutating func begin(_ key: Key, frame: Int64) -> Partial {
    if order.count >= limits.fragmentedPackets {
      let oldest = order.removeFirst()
      if let partial = partials.removeValue(forKey: oldest) { abandoned.append(partial.firstFrame) }
    }
    order.append(key)
    return Partial(firstFrame: frame)
  }

  private mutating func forget(_ key: Key) {
    if let place = order.firstIndex(of: key) { order.remove(at: place) }
  }

  /// Copies those of `bytes` that are new.
  private static func insert(_ bytes: RawSpan, at start: Int, into partial: inout Partial) {
    let end = start + bytes.byteCount
    if partial.bytes.count < end {
      partial.bytes.append(contentsOf: repeatElement(0, count: end - partial.bytes.count))
    }
    var at = start
    for range in partial.present where range.upperBound > start && range.lowerBound < end {
      copy(bytes, at: start, from: at, to: range.lowerBound, into: &partial.bytes)
      at = max(at, range.upperBound)
    }
    copy(bytes, at: start, from: at, to: end, into: &partial.bytes)
    var merged: [Range<Int>] = []
    for range in (partial.present + [start..<end]).sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = merged.last, range.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    partial.present = merged
  }

  private static func copy(_ bytes: RawSpan, at start: Int, from: Int, to: Int, into whole: inout [UInt8]) {
    guard from < to else { return }
    for (offset, byte) in bytes.part(from: from - start, to: to - start).copied().enumerated() {
      whole[from + offset] = byte
    }
  }
}

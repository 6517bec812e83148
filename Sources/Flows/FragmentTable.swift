import Bytes
public import Packets

/// Puts IP packets together from their fragments (RFC 791, section 3.2; RFC 8200, section 4.5).
///
/// Where fragments overlap, the bytes that came first stand, and other bytes in their place are a conflict: hosts disagree
/// about which of them count, which evades who watches. A packet whose fragments were cut by the capture cannot be
/// completed.
public struct FragmentTable {
  /// What a fragment did.
  public enum Outcome {
    /// It is kept until the others come.
    case waiting
    /// It completed its packet: the packet's payload behind the IP headers, and the protocol that its first fragment
    /// names.
    case complete([UInt8], ipProtocol: UInt8)
    /// It cannot belong to a packet that could be completed, for this reason.
    case refused(String)
  }

  private struct Key: Hashable {
    let source: IPAddress
    let destination: IPAddress
    let identification: UInt32
    /// 0 for IPv6, where each fragment may name another and the first one's counts.
    let ipProtocol: UInt8
    let path: Int32
  }

  private struct Partial {
    var bytes: [UInt8] = []
    /// The parts of `bytes` that have come, ascending and apart from each other.
    var present: [Range<Int>] = []
    /// Length of the whole, once the last fragment has come.
    var length: Int?
    var fragments = 0
    /// What the first fragment carries.
    var ipProtocol: UInt8
    let first: FlowFrame
  }

  /// Longest payload that an IP packet can have.
  private static let longestPayload = 65_535

  private let limits: FlowLimits
  private var partials: [Key: Partial] = [:]
  /// The packets under way, those that began first before the others.
  private var order: [Key] = []
  private var heldBytes = 0
  private var abandoned: [(frame: Int64, reason: String)] = []

  /// How the fragment added last contradicts one that came before it; nil where it does not.
  public private(set) var conflict: String?

  /// An empty table.
  public init(limits: FlowLimits = FlowLimits()) {
    self.limits = limits
  }

  /// Takes a fragment.
  ///
  /// - Parameters:
  ///   - layers: what was decoded of it; its offsets refer to `frame`.
  ///   - place: the frame that it arrived in, with the time that ages are reckoned by.
  ///   - path: a number for the tunnels around it: fragments on different paths are not of one packet.
  public mutating func add(
    _ layers: borrowing PacketLayers, frame: RawSpan, place: FlowFrame, path: Int32 = -1
  ) -> Outcome {
    conflict = nil
    giveUpOld(at: place)
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
      ipProtocol: layers.network == .ipv6 ? 0 : layers.ipProtocol, path: path)
    let ipProtocol = layers.ipProtocol
    var partial = partials.removeValue(forKey: key) ?? begin(key, ipProtocol, place)
    heldBytes -= partial.bytes.count
    partial.fragments += 1
    guard partial.fragments <= limits.fragmentsPerPacket else {
      forget(key)
      return .refused("more than \(limits.fragmentsPerPacket) fragments of one packet")
    }
    if start == 0, partial.present.first?.lowerBound != 0 { partial.ipProtocol = ipProtocol }
    insert(bytes, at: start, isLast: !layers.moreFragments, into: &partial)
    if let whole = partial.length, let first = partial.present.first, first.lowerBound == 0, first.upperBound >= whole {
      forget(key)
      return .complete(Array(partial.bytes.prefix(whole)), ipProtocol: partial.ipProtocol)
    }
    heldBytes += partial.bytes.count
    partials[key] = partial
    while heldBytes > limits.fragmentBytes, order.count > 1 {
      giveUpOldest("more than \(limits.fragmentBytes) bytes of packets in fragments")
    }
    return .waiting
  }

  /// The rows of `frames` of the first fragments of packets that were given up since the last call, or, at the `end` of
  /// the capture, that were never completed; with the reason.
  public mutating func incomplete(atEnd end: Bool) -> [(frame: Int64, reason: String)] {
    if end { while !order.isEmpty { giveUpOldest("the other fragments of this IP packet are missing") } }
    guard !abandoned.isEmpty else { return [] }
    let given = abandoned
    abandoned = []
    return given
  }

  private mutating func begin(_ key: Key, _ ipProtocol: UInt8, _ place: FlowFrame) -> Partial {
    if order.count >= limits.fragmentedPackets {
      giveUpOldest("more than \(limits.fragmentedPackets) IP packets in fragments at once")
    }
    order.append(key)
    return Partial(ipProtocol: ipProtocol, first: place)
  }

  /// Gives up the packets whose first fragment is too old at the time of `place`.
  private mutating func giveUpOld(at place: FlowFrame) {
    guard let now = place.time else { return }
    while let oldest = order.first, let time = partials[oldest]?.first.time,
      now.subtractingReportingOverflow(time).partialValue > limits.fragmentAge, now > time
    {
      giveUpOldest("the other fragments of this IP packet did not come in \(limits.fragmentAge / 1_000_000_000) s")
    }
  }

  private mutating func giveUpOldest(_ reason: String) {
    let oldest = order.removeFirst()
    guard let partial = partials.removeValue(forKey: oldest) else { return }
    heldBytes -= partial.bytes.count
    abandoned.append((partial.first.id, reason))
  }

  private mutating func forget(_ key: Key) {
    if let place = order.firstIndex(of: key) { order.remove(at: place) }
  }

  /// Copies those of `bytes` that are new, and notes where they contradict what came before.
  private mutating func insert(_ bytes: RawSpan, at start: Int, isLast: Bool, into partial: inout Partial) {
    let end = start + bytes.byteCount
    if let whole = partial.length, end > whole || isLast && end != whole {
      conflict = "a packet of \(whole) bytes has a fragment that ends at \(end)"
    } else if isLast {
      if let reached = partial.present.last?.upperBound, reached > end {
        conflict = "a packet whose last fragment ends at \(end) has one that ends at \(reached)"
      }
      partial.length = end
    }
    if partial.bytes.count < end {
      partial.bytes.append(contentsOf: repeatElement(0, count: end - partial.bytes.count))
    }
    var at = start
    for range in partial.present where range.upperBound > start && range.lowerBound < end {
      FragmentTable.copy(bytes, at: start, from: at, to: range.lowerBound, into: &partial.bytes)
      compare(bytes, at: start, with: range.clamped(to: start..<end), of: partial.bytes)
      at = max(at, range.upperBound)
    }
    FragmentTable.copy(bytes, at: start, from: at, to: end, into: &partial.bytes)
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

  /// Notes a conflict where `bytes`, which stand at `start`, differ from those of the range in `whole`.
  private mutating func compare(_ bytes: RawSpan, at start: Int, with range: Range<Int>, of whole: [UInt8]) {
    guard conflict == nil else { return }
    for place in range where bytes.u8(at: place - start) != whole[place] {
      conflict = "byte \(place) of a packet in fragments came again with another value"
      return
    }
  }

  private static func copy(_ bytes: RawSpan, at start: Int, from: Int, to: Int, into whole: inout [UInt8]) {
    guard from < to else { return }
    for (offset, byte) in bytes.part(from: from - start, to: to - start).copied().enumerated() {
      whole[from + offset] = byte
    }
  }
}

import Bytes
import Records

/// Counts what the outermost IP addresses of tunnelled packets carry.
struct TunnelTable {
  /// Address pairs counted; a sender can make up any number.
  static let limit = 65_536

  private struct Pair: Hashable {
    let source: IPAddress
    let destination: IPAddress
  }

  private struct Count {
    let frame: Int64
    var packets: Int64
    var bytes: Int64
  }

  private var counts: [Pair: Count] = [:]

  /// Counts one frame; false where the pair is one too many.
  mutating func add(source: IPAddress, destination: IPAddress, length: Int, frame: Int64) -> Bool {
    let pair = Pair(source: source, destination: destination)
    guard counts[pair] != nil || counts.count < TunnelTable.limit else { return false }
    counts[pair, default: Count(frame: frame, packets: 0, bytes: 0)].packets += 1
    counts[pair]?.bytes += Int64(length)
    return true
  }

  /// Emits a row for each pair, in the order of their first frames.
  func emit(to sink: RecordSink) {
    for (pair, count) in counts.sorted(by: { $0.value.frame < $1.value.frame }) {
      sink.emit(
        TunnelRecord(
          captureID: sink.captureID, sourceID: sink.addressID(pair.source),
          destinationID: sink.addressID(pair.destination), frameID: count.frame, packets: count.packets,
          bytes: count.bytes))
    }
  }
}

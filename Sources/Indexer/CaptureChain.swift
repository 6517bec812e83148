/// Captures that may be the files of one ring (`dumpcap -b`, `tcpdump -C`, `-G`), in time order. Only when one was read to
/// its end is it known whether the next follows on.
struct CaptureChain {
  /// Nanoseconds by which the first frame of a file may lie before the last of the one before it: frames are not written in
  /// the exact order of their times.
  static let overlap: Int64 = 1_000_000_000
  /// Nanoseconds that may lie between two files whose names have not the form of a ring's.
  static let silence: Int64 = 60_000_000_000

  /// The captures, one at least.
  let sources: [CaptureSource]
  /// Whether each goes on with the one before it, whatever its name and its times.
  private let isForced: Bool

  /// The chains that `sources` form, in the order of their first members as given; one that is in no ring is alone.
  ///
  /// In automatic mode a chain's files have names that differ in numbers only, in the same folder, the same format and the same
  /// interfaces.
  static func chains(_ sources: [CaptureSource], _ mode: RingMode) -> [CaptureChain] {
    var groups: [(key: Key?, sources: [CaptureSource])] = []
    var places: [Key: Int] = [:]
    for source in sources {
      guard mode != .never, let recording = source.recording, source.firstTime != nil else {
        groups.append((nil, [source]))
        continue
      }
      let key =
        mode == .always
        ? Key(stem: "", recording: nil) : Key(stem: RingName(path: source.path).stem, recording: recording)
      if let place = places[key] {
        groups[place].sources.append(source)
      } else {
        places[key] = groups.count
        groups.append((key, [source]))
      }
    }
    return groups.map { group in
      let ordered = group.sources.sorted { ($0.firstTime ?? 0, $0.path) < ($1.firstTime ?? 0, $1.path) }
      return CaptureChain(sources: ordered, isForced: mode == .always)
    }
  }

  private struct Key: Hashable {
    let stem: String
    let recording: CaptureSource.Recording?
  }

  /// Whether the capture at `index` goes on where the one before it ended, whose latest frame has the time `latest`; nil: none
  /// has a time.
  func follows(_ index: Int, latest: Int64?) -> Bool {
    guard !isForced, let latest, let first = sources[index].firstTime else { return true }
    let (gap, overflow) = first.subtractingReportingOverflow(latest)
    guard !overflow, gap >= -CaptureChain.overlap else { return false }
    return gap <= CaptureChain.silence || RingName(path: sources[index].path).isNumbered
  }
}

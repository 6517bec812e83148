/// Counts frames without IP by the name that `link_frames` gives their protocol.
///
/// Memory is bounded by the numbers that protocols have: 65,536 of Ethernet and as many link types.
struct LinkTraffic: Sendable {
  /// What was counted of one protocol.
  struct Part: Sendable {
    let name: String
    var frames: Int64 = 0
    var bytes: Int64 = 0
  }

  /// In the order in which they were met.
  private(set) var parts: [Part] = []
  private var places: [String: Int] = [:]

  /// Counts a frame of `length` bytes.
  mutating func add(_ name: String, length: UInt32) {
    let place: Int
    if let known = places[name] {
      place = known
    } else {
      place = parts.count
      places[name] = place
      parts.append(Part(name: name))
    }
    parts[place].frames &+= 1
    parts[place].bytes &+= Int64(length)
  }
}

/// What the name of a capture says of the ring that it may be a file of.
struct RingName: Equatable {
  /// Folder and name with the numbers left out: the same for all files of a ring.
  let stem: String
  /// Whether the name has the form that a capturing program gives the files of a ring, and hardly anybody else does:
  /// `trace_00001_20260101120000.pcapng` (dumpcap, Wireshark), `trace_20260101120000_00001.pcapng` (the same with
  /// `nametimenum`), `trace.pcap1` (tcpdump -C).
  let isNumbered: Bool

  /// Endings of compressed files, as `tcpdump -z` and log rotation leave them.
  private static let compressed = [".gz", ".zst", ".lz4", ".xz", ".bz2"]

  init(path: String) {
    var path = path[...]
    for ending in RingName.compressed where path.hasSuffix(ending) { path = path.dropLast(ending.count) }
    let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let name = path[slash...]
    let body = name.reversed().drop { RingName.isDigit($0) }
    // `trace.pcap` is the first file of a ring whose second is `trace.pcap1`.
    let trunk = String(body.reversed())
    let hasNumberBehind = trunk.count < name.count && trunk.contains(".") && trunk.last != "."
    var stem = ""
    for character in hasNumberBehind ? trunk[...] : name {
      if !RingName.isDigit(character) {
        stem.append(character)
      } else if stem.last != "#" {
        stem.append("#")
      }
    }
    self.stem = path[..<slash] + stem
    isNumbered = hasNumberBehind || RingName.isDumpcaps(name)
  }

  /// Whether a number of five digits or more and a time of 14 stand behind underscores at the end, in either order.
  private static func isDumpcaps(_ name: Substring) -> Bool {
    let body = name.lastIndex(of: ".").map { name[..<$0] } ?? name
    let parts = body.split(separator: "_", omittingEmptySubsequences: false)
    guard parts.count > 2, let last = parts.last, let before = parts.dropLast().last else { return false }
    guard last.allSatisfy(isDigit), before.allSatisfy(isDigit) else { return false }
    let (least, most) = (min(last.count, before.count), max(last.count, before.count))
    return least >= 5 && most == 14
  }

  private static func isDigit(_ character: Character) -> Bool {
    ("0"..."9").contains(character)
  }
}

import Store

/// iCloud Private Relay's `egress-ip-ranges.csv`: network, country, region, city, and an empty field on each line.
///
///     198.51.100.0/27,US,US-CA,LOSANGELES,
///
/// Labels name the country: by cities the list would be many times as long in the database.
enum PrivateRelayRanges {
  static func read(_ file: InputFile, into entries: inout RangeEntries) throws(EnrichmentError) {
    for line in try TextRanges.lines(of: file) {
      let fields = line.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else {
        throw EnrichmentError(file.name, "'\(line.prefix(80))' is not of the format expected")
      }
      try entries.add(String(fields[0]), .note, service: String(fields[1]))
    }
  }
}

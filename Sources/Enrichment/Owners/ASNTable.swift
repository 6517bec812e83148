import Bytes
public import Store

/// A table of address ranges with their autonomous systems, as iptoasn.com publishes them (`ip2asn-v4.tsv`, `-v6`,
/// `-combined`, also compressed with gzip): first address, last address, number, country and description, with tabs
/// between them. Number 0 is a range that nobody announces.
public struct ASNTable: Sendable {
  /// Largest file, decompressed; iptoasn.com's have some 40 MiB.
  public static let sizeLimit = 256 << 20
  /// Most ranges.
  public static let rangeLimit = 5_000_000

  private struct Range {
    let first, last: IPAddress
    /// Where the rest of its line lies in the file.
    let start, end: Int
  }

  private let ranges: [Range]
  private let bytes: [UInt8]
  /// What it is and where it comes from.
  public let list: OwnerList

  /// Reads a file.
  init(path: String) throws(EnrichmentError) {
    try self.init(InputFile(path: path, limit: ASNTable.sizeLimit))
  }

  /// Reads a file; a line that is no range is an error.
  init(_ file: InputFile) throws(EnrichmentError) {
    bytes = file.bytes
    var ranges: [Range] = []
    var hasV4 = false
    var hasV6 = false
    var (start, line) = (0, 0)
    while start < bytes.count {
      let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.count
      line += 1
      defer { start = end + 1 }
      if end == start || bytes[start] == UInt8(ascii: "#") { continue }
      let fields = bytes[start..<end].split(separator: 9, maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3, let first = ASNTable.address(fields[0]), let last = ASNTable.address(fields[1]),
        first <= last, first.isIPv4 == last.isIPv4
      else {
        let what = ranges.isEmpty ? "is neither an MMDB file nor a table of ranges: " : ""
        throw EnrichmentError(
          file.name, "\(what)line \(line) is not 'first address, last address, AS number, country, description'")
      }
      guard ranges.count < ASNTable.rangeLimit else {
        throw EnrichmentError(file.name, "has more than \(ASNTable.rangeLimit) ranges")
      }
      if first.isIPv4 { hasV4 = true } else { hasV6 = true }
      ranges.append(Range(first: first, last: last, start: fields[2].startIndex, end: end))
    }
    guard !ranges.isEmpty else { throw EnrichmentError(file.name, "holds no range of addresses") }
    self.ranges = ranges.sorted { $0.first < $1.first }
    let kind = hasV4 && hasV6 ? "ip2asn-combined" : hasV4 ? "ip2asn-v4" : "ip2asn-v6"
    list = OwnerList(kind: kind, source: file.name, builtAt: nil, sha256: file.sha256)
  }

  private static func address(_ text: ArraySlice<UInt8>) -> IPAddress? {
    IPAddress(String(decoding: text, as: UTF8.self))
  }

  /// Who owns an address; nil where the table does not know it or nobody announces it.
  func owner(of address: IPAddress) -> AddressOwner? {
    // The last range that begins at or before the address.
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = low + (high - low) / 2
      if ranges[middle].first <= address { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return nil }
    let range = ranges[low - 1]
    guard address <= range.last else { return nil }
    let fields = String(decoding: bytes[range.start..<range.end], as: UTF8.self)
      .split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
    var owner = AddressOwner()
    owner.asn = fields.first.flatMap { OwnerFile.asn(String($0)) }
    owner.country = fields.count > 1 ? OwnerFile.country(String(fields[1])) : nil
    if fields.count > 2 {
      var name = fields[2]
      while name.last?.isWhitespace == true { name.removeLast() }
      if owner.asn != nil, !name.isEmpty { owner.organisation = String(name.prefix(OwnerFile.nameLimit)) }
    }
    guard owner != AddressOwner() else { return nil }
    let networks = CIDR.covering(from: range.first, through: range.last)
    owner.network = networks.count == 1 ? networks[0].description : "\(range.first)-\(range.last)"
    return owner
  }
}

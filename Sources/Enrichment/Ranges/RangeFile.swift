public import Store

/// A published list as a file: known by its content, or by its name where that says nothing.
public struct RangeFile: Sendable {
  /// Which list it is.
  public let feed: RangeFeed
  private let file: InputFile
  /// When its server says that it was changed.
  private let lastModified: String?
  private let etag: String?

  /// Largest file: Azure's and Private Relay's have some 10 MiB.
  public static let sizeLimit = 64 << 20

  /// A file of which list it is told, or not.
  ///
  /// - Parameters:
  ///   - file: the list.
  ///   - name: a name that `RangeFeed.named` knows; nil: to be told from the content.
  public init(_ file: InputFile, name: String?) throws(EnrichmentError) {
    let feeds = name.map(RangeFeed.named) ?? RangeFeed.allCases
    guard let first = feeds.first else {
      throw EnrichmentError(file.name, "'\(name ?? "")' is no published list; known are \(RangeFeed.names)")
    }
    if name != nil, feeds.count == 1 {
      feed = first
    } else if let found = try RangeFile.recognise(file), feeds.contains(found) {
      feed = found
    } else {
      throw EnrichmentError(
        file.name, "is none of the lists known (\(RangeFeed.names)), or does not show which: name it, as in tor=FILE")
    }
    self.file = file
    lastModified = nil
    etag = nil
  }

  /// A list that came from its publisher.
  init(_ feed: RangeFeed, _ file: InputFile, lastModified: String?, etag: String?) {
    self.feed = feed
    self.file = file
    self.lastModified = lastModified
    self.etag = etag
  }

  /// The list that comes with the program.
  public static let apple = RangeFile(
    .apple, InputFile(name: "https://support.apple.com/102266", bytes: Array(AppleRanges.text.utf8)),
    lastModified: nil, etag: nil)

  /// Reads the list.
  ///
  /// - Parameter list: what its networks are listed for; nil: what is usual for each (`RangeFeed`).
  public func ranges(as list: AllowList.List? = nil) throws(EnrichmentError) -> RangeList {
    var entries = RangeEntries(file: file.name)
    switch feed {
    case .google: try GoogleRanges.read(file, into: &entries, list: .allow)
    case .googleCloud: try GoogleRanges.read(file, into: &entries, list: .note)
    case .aws: try AWSRanges.read(file, into: &entries)
    case .azure: try AzureRanges.read(file, into: &entries)
    case .fastly: try FastlyRanges.read(file, into: &entries)
    case .github: try GitHubRanges.read(file, into: &entries)
    case .microsoft365: try Microsoft365Ranges.read(file, into: &entries)
    case .apple: try TextRanges.read(file, into: &entries, list: .allow)
    case .applePrivateRelay: try PrivateRelayRanges.read(file, into: &entries)
    case .cloudflareV4, .cloudflareV6, .tor: try TextRanges.read(file, into: &entries, list: .note)
    }
    guard !entries.isEmpty else { throw EnrichmentError(file.name, "holds no network") }
    return RangeList(
      name: feed.rawValue, source: file.name, published: entries.published ?? lastModified, serial: entries.serial,
      etag: etag, sha256: file.sha256, networks: entries.networks(publisher: feed.publisher, as: list),
      // A host name can only be allowed.
      hosts: list == .note ? [] : entries.hosts, withoutList: feed == .google ? RangeFeed.googleCloud.rawValue : nil)
  }

  /// Which list a file is, by its content, and where that is no more than networks by its name too.
  private static func recognise(_ file: InputFile) throws(EnrichmentError) -> RangeFeed? {
    let start = file.bytes.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
    guard start != UInt8(ascii: "{"), start != UInt8(ascii: "[") else { return try JSONShape.of(file)?.feed }
    guard let line = try TextRanges.lines(of: file).first else { return nil }
    if line.split(separator: ",", omittingEmptySubsequences: false).count > 2 { return .applePrivateRelay }
    if file.name.contains("ips-v4") { return .cloudflareV4 }
    if file.name.contains("ips-v6") { return .cloudflareV6 }
    // Tor's list is the only one of bare addresses.
    return line.contains("/") ? nil : .tor
  }
}

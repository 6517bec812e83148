import FoundationEssentials

/// Gets published lists from their publishers.
public struct RangeFetch: Sendable {
  private let fetcher: HTTPFetcher
  private let addresses: [RangeFeed: String]

  /// - Parameters:
  ///   - fetcher: how files are fetched.
  ///   - addresses: where to fetch lists from that are not to be fetched from their usual address.
  public init(_ fetcher: HTTPFetcher, addresses: [RangeFeed: String] = [:]) {
    self.fetcher = fetcher
    self.addresses = addresses
  }

  /// Fetches a list.
  public func fetch(_ feed: RangeFeed) throws(EnrichmentError) -> RangeFile {
    guard var address = addresses[feed] ?? feed.address else { return .apple }
    // Microsoft wants each client to have a number of its own; a fresh one says nothing about the analyst.
    if feed == .microsoft365, addresses[feed] == nil { address += "?clientrequestid=\(UUID().uuidString.lowercased())" }
    var response = try fetcher.get(address)
    if feed == .azure, response.bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "<") {
      guard let link = RangeFetch.azureLink(in: response.bytes) else {
        throw EnrichmentError(
          address, "names no ServiceTags_Public file; download it with a browser and load it as a file")
      }
      address = link
      response = try fetcher.get(link)
    }
    let name = feed == .microsoft365 ? addresses[feed] ?? feed.address ?? address : address
    return RangeFile(
      feed, InputFile(name: name, bytes: response.bytes), lastModified: response.lastModified, etag: response.etag)
  }

  /// The address of the file of the week on Azure's page.
  static func azureLink(in page: [UInt8]) -> String? {
    let text = String(decoding: page, as: UTF8.self)
    for piece in text.split(whereSeparator: { "\"'<> \n".contains($0) }) {
      guard piece.hasPrefix("https://") || piece.hasPrefix("http://"), piece.hasSuffix(".json") else { continue }
      guard let name = piece.split(separator: "/").last, name.hasPrefix("ServiceTags_Public_") else { continue }
      return String(piece)
    }
    return nil
  }
}

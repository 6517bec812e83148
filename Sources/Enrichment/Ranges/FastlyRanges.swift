import Store

/// Fastly's `public-ip-list`:
///
///     {"addresses": ["198.51.100.0/24"], "ipv6_addresses": ["2001:db8::/32"]}
enum FastlyRanges {
  private struct File: Decodable {
    var addresses: [String]
    var ipv6_addresses: [String]?
  }

  static func read(_ file: InputFile, into entries: inout RangeEntries) throws(EnrichmentError) {
    let content = try file.decode(File.self)
    for network in content.addresses + (content.ipv6_addresses ?? []) { try entries.add(network, .note, service: "") }
  }
}

import Store

/// Google's `goog.json` and `cloud.json`:
///
///     {"syncToken": "1", "creationTime": "2026-01-02T03:04:05.678", "prefixes": [
///       {"ipv4Prefix": "198.51.100.0/24", "service": "Google Cloud", "scope": "europe-west1"}, {"ipv6Prefix": ...}]}
///
/// Only `cloud.json` has services and scopes.
enum GoogleRanges {
  private struct File: Decodable {
    var syncToken: String?
    var creationTime: String?
    var prefixes: [Prefix]
  }

  private struct Prefix: Decodable {
    var ipv4Prefix: String?
    var ipv6Prefix: String?
    var scope: String?
  }

  static func read(_ file: InputFile, into entries: inout RangeEntries, list: AllowList.List) throws(EnrichmentError) {
    let content = try file.decode(File.self)
    entries.serial = content.syncToken
    entries.published = content.creationTime.map { String($0.map { $0 == "T" ? " " : $0 }) }
    for prefix in content.prefixes {
      guard let network = prefix.ipv4Prefix ?? prefix.ipv6Prefix else {
        throw EnrichmentError(
          file.name, "is not of the format expected: a prefix has neither ipv4Prefix nor ipv6Prefix")
      }
      try entries.add(network, list, service: prefix.scope ?? "")
    }
  }
}

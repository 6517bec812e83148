import Store

/// Amazon's `ip-ranges.json`:
///
///     {"syncToken": "1", "createDate": "2026-01-02-03-04-05",
///      "prefixes": [{"ip_prefix": "198.51.100.0/24", "region": "eu-central-1", "service": "EC2", ...}],
///      "ipv6_prefixes": [{"ipv6_prefix": "2001:db8::/32", "region": "eu-central-1", "service": "EC2", ...}]}
///
/// `AMAZON` stands for all services: it is left out of a label that names one.
enum AWSRanges {
  private struct File: Decodable {
    var syncToken: String?
    var createDate: String?
    var prefixes: [Prefix]
    var ipv6_prefixes: [Prefix]?
  }

  private struct Prefix: Decodable {
    var ip_prefix: String?
    var ipv6_prefix: String?
    var region: String?
    var service: String?
  }

  static func read(_ file: InputFile, into entries: inout RangeEntries) throws(EnrichmentError) {
    let content = try file.decode(File.self)
    entries.serial = content.syncToken
    entries.published = content.createDate.map(time)
    let prefixes = content.prefixes + (content.ipv6_prefixes ?? [])
    let named = Set(prefixes.filter { $0.service != "AMAZON" }.compactMap { $0.ip_prefix ?? $0.ipv6_prefix })
    for prefix in prefixes {
      guard let network = prefix.ip_prefix ?? prefix.ipv6_prefix else {
        throw EnrichmentError(
          file.name, "is not of the format expected: a prefix has neither ip_prefix nor ipv6_prefix")
      }
      if prefix.service == "AMAZON", named.contains(network) { continue }
      let service = [prefix.service, prefix.region].compactMap { $0 }.joined(separator: " ")
      try entries.add(network, .note, service: service)
    }
  }

  /// `2026-01-02-03-04-05` as `2026-01-02 03:04:05`.
  private static func time(_ text: String) -> String {
    let parts = text.split(separator: "-")
    guard parts.count == 6 else { return text }
    return parts[..<3].joined(separator: "-") + " " + parts[3...].joined(separator: ":")
  }
}

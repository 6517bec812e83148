import Store

/// Microsoft 365's `endpoints`:
///
///     [{"id": 1, "serviceArea": "Exchange", "category": "Optimize", "required": true,
///       "urls": ["outlook.office365.com", "*.mail.protection.outlook.com"], "ips": ["198.51.100.0/24"], ...}]
///
/// Host names are taken from the categories Optimize and Allow: those of Default are partly other companies', and
/// storage that anybody can rent.
enum Microsoft365Ranges {
  private struct Endpoint: Decodable {
    var serviceArea: String?
    var category: String?
    var urls: [String]?
    var ips: [String]?
  }

  static func read(_ file: InputFile, into entries: inout RangeEntries) throws(EnrichmentError) {
    for endpoint in try file.decode([Endpoint].self) {
      for network in endpoint.ips ?? [] { try entries.add(network, .allow, service: endpoint.serviceArea ?? "") }
      guard ["Optimize", "Allow"].contains(endpoint.category) else { continue }
      for host in endpoint.urls ?? [] { try entries.add(host: host) }
    }
  }
}

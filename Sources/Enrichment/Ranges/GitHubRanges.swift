import Store

/// GitHub's `meta`: an object whose arrays of networks are named by the service, beside keys and domains.
///
///     {"verifiable_password_authentication": false, "ssh_keys": ["..."], "hooks": ["198.51.100.0/24"], "actions": [...],
///      "domains": {...}}
///
/// What runs or shows anybody's code is noted, GitHub's own services are allowed.
enum GitHubRanges {
  /// Arrays that are no networks.
  private static let others: Set = ["ssh_keys"]
  /// Services that run what any user writes, or show it.
  private static let rented: Set = ["actions", "actions_macos", "codespaces", "pages", "actions_inbound"]

  private enum Value: Decodable {
    case networks([String])
    case other

    init(from decoder: any Decoder) throws {
      guard let list = try? decoder.unkeyedContainer() else {
        self = .other
        return
      }
      var array = list
      var networks: [String] = []
      while !array.isAtEnd { networks.append(try array.decode(String.self)) }
      self = .networks(networks)
    }
  }

  static func read(_ file: InputFile, into entries: inout RangeEntries) throws(EnrichmentError) {
    let content = try file.decode([String: Value].self)
    for (service, value) in content.sorted(by: { $0.key < $1.key }) {
      guard case .networks(let networks) = value, !others.contains(service) else { continue }
      for network in networks {
        try entries.add(network, rented.contains(service) ? .note : .allow, service: service)
      }
    }
  }
}

import Bytes
import Store

/// What a published list holds, before it is made ready for the database.
struct RangeEntries {
  /// When it was published, as the list says.
  var published: String?
  /// The publisher's number of this issue.
  var serial: String?
  /// The host names.
  var hosts: [RangeList.Host] = []
  /// Networks that anybody can rent, or that are otherwise worth only a note: with the services of each.
  private(set) var noted: [CIDR: [String]] = [:]
  /// Networks of the publisher's own services: with the services of each.
  private(set) var allowed: [CIDR: [String]] = [:]

  /// Most networks and host names of one list; the largest that is published, Private Relay's, has some 300,000.
  static let limit = 1_000_000
  /// Leading bits that a network of IPv4 must have at least: nobody holds more than a /8 in one piece.
  static let shortestPrefixV4 = 8
  /// Leading bits that a network of IPv6 must have at least.
  static let shortestPrefixV6 = 16
  /// Services named in one label, and characters of one.
  static let labelServices = 3
  static let labelLength = 120

  private let file: String
  private var count = 0

  init(file: String) { self.file = file }

  /// Adds a network, spelled as CIDR or as a bare address.
  mutating func add(_ text: String, _ list: AllowList.List, service: String) throws(EnrichmentError) {
    let network: CIDR
    do throws(CIDR.Problem) { network = try CIDR(text) } catch { throw EnrichmentError(file, "\(error)") }
    let isV4 = network.first.isIPv4 && network.prefix >= 96
    let (length, least) =
      isV4
      ? (network.prefix - 96, RangeEntries.shortestPrefixV4) : (network.prefix, RangeEntries.shortestPrefixV6)
    guard length >= least else {
      throw EnrichmentError(file, "'\(text)' is wider than /\(least), which no publisher's network is")
    }
    try countOne()
    let service = String(service.prefix(RangeEntries.labelLength))
    if list == .allow {
      if allowed[network, default: []].contains(service) { return }
      allowed[network, default: []].append(service)
    } else {
      if noted[network, default: []].contains(service) { return }
      noted[network, default: []].append(service)
    }
  }

  /// Adds a host name, or `*.example.org` for all below it; one with a wildcard elsewhere is passed over.
  mutating func add(host text: String) throws(EnrichmentError) {
    try countOne()
    let name = text.lowercased()
    let isSuffix = name.hasPrefix("*.")
    let pattern = isSuffix ? String(name.dropFirst()) : name
    guard !pattern.contains("*"), !pattern.contains(where: \.isWhitespace), pattern.utf8.count > 1 else { return }
    hosts.append(.init(pattern: pattern, isSuffix: isSuffix))
  }

  private mutating func countOne() throws(EnrichmentError) {
    count += 1
    guard count <= RangeEntries.limit else {
      throw EnrichmentError(file, "has more than \(RangeEntries.limit) entries")
    }
  }

  /// Whether it holds nothing.
  var isEmpty: Bool { count == 0 }

  /// The networks in order, each with its label: two halves of a network with one label as the network, and none inside
  /// another with its label.
  func networks(publisher: String, as list: AllowList.List?) -> [RangeList.Network] {
    var networks: [RangeList.Network] = []
    for (kind, entries) in [(AllowList.List.allow, allowed), (.note, noted)] {
      var byLabel: [String: [CIDR]] = [:]
      for (network, services) in entries {
        byLabel[RangeEntries.label(publisher, services), default: []].append(network)
      }
      for (label, members) in byLabel {
        for network in RangeEntries.joined(members) {
          networks.append(.init(list: list ?? kind, network: network, label: label))
        }
      }
    }
    return networks.sorted {
      ($0.network.first, $1.network.last, $0.label) < ($1.network.first, $0.network.last, $1.label)
    }
  }

  private static func label(_ publisher: String, _ services: [String]) -> String {
    let services = services.filter { !$0.isEmpty }.sorted()
    guard !services.isEmpty else { return publisher }
    let more = services.count > labelServices ? ", +\(services.count - labelServices) more" : ""
    return "\(publisher): \(services.prefix(labelServices).joined(separator: ", "))\(more)"
  }

  /// The networks without those inside others, halves joined.
  private static func joined(_ networks: [CIDR]) -> [CIDR] {
    var stack: [CIDR] = []
    for network in networks.sorted(by: { ($0.first, $0.prefix) < ($1.first, $1.prefix) }) {
      if let top = stack.last, top.contains(network.first) { continue }
      stack.append(network)
      while stack.count > 1 {
        let (left, right) = (stack[stack.count - 2], stack[stack.count - 1])
        let isV4 = left.first.isIPv4 && left.prefix >= 96
        let shortest = isV4 ? 96 + shortestPrefixV4 : shortestPrefixV6
        guard left.prefix == right.prefix, left.prefix > shortest,
          let parent = CIDR(left.first, prefix: left.prefix - 1), parent.first == left.first, parent.last == right.last
        else { break }
        stack.removeLast(2)
        stack.append(parent)
      }
    }
    return stack
  }
}

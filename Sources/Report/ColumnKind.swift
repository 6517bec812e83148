/// What a column of a query holds, told from its name: the canned queries name alike what is alike.
enum ColumnKind: Equatable {
  /// `YYYY-MM-DD HH:MM:SS.ffffff`, UTC.
  case time
  /// A number of bytes.
  case bytes
  /// How many.
  case count
  /// A number that names something: a frame, a port, a flow.
  case identifier
  case seconds
  case milliseconds
  case percent
  /// Addresses, names, hashes: text in which every character counts.
  case code
  case text

  private static let identifiers: Set = [
    "frame", "port", "flow", "capture", "status", "version", "asn", "id", "tunnel", "identifier",
  ]
  private static let codes: Set = [
    "ip", "ips", "client", "clients", "server", "servers", "mac", "sha256", "ja3", "ja4", "ja3s", "url", "uri", "name",
    "names", "listener", "address", "addresses", "ports", "secret", "chain", "host", "path", "filter", "username",
    "usernames", "domain", "sni", "account", "services",
  ]

  /// The kind of a column of this name. `clients` and others may hold names or a number: the value decides.
  init(column: String) {
    if column.hasSuffix("_per_s") {
      self = column.hasPrefix("bytes") ? .bytes : .count
      return
    }
    let last = column.split(separator: "_").last.map(String.init) ?? column
    switch last {
    case "time": self = .time
    case "bytes", "payload": self = .bytes
    case "percent", "share": self = .percent
    case "s" where column != "s", "seconds": self = .seconds
    case "ms" where column != "ms": self = .milliseconds
    case _ where ColumnKind.identifiers.contains(last): self = .identifier
    case _ where ColumnKind.codes.contains(last): self = .code
    default: self = .text
    }
  }
}

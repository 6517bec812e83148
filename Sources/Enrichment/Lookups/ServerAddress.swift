import Bytes
import Glibc

/// A server that is asked: a host and a port.
public struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
  /// Its name or address.
  public let host: String
  /// Its port.
  public let port: UInt16

  /// A host and its port.
  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Reads `host`, `host:port`, `192.0.2.1:43`, `2001:db8::1` or `[2001:db8::1]:43`; nil where it is none of them.
  public init?(_ text: some StringProtocol, port: UInt16) {
    var host = String(text)
    var number = port
    if host.hasPrefix("[") {
      guard let end = host.firstIndex(of: "]") else { return nil }
      let rest = host[host.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
      if !rest.isEmpty {
        guard let given = UInt16(rest.dropFirst()), given > 0 else { return nil }
        number = given
      }
      host = String(host[host.index(after: host.startIndex)..<end])
    } else if IPAddress(host) == nil, let colon = host.firstIndex(of: ":") {
      guard let given = UInt16(host[host.index(after: colon)...]), given > 0 else { return nil }
      number = given
      host = String(host[..<colon])
    }
    let isPlain = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") }
    guard !host.isEmpty, host.utf8.count <= 255, isPlain else { return nil }
    self.init(host: host, port: number)
  }

  /// `whois.ripe.net:43`, `[2001:db8::1]:43`
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

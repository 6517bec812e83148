public import Bytes
import Glibc
public import Store

/// Asks a resolver for the names of addresses (PTR, RFC 1035, section 3.5; ip6.arpa, RFC 3596), and whether each first
/// name leads back to its address. Who holds a network writes its PTR records as he likes: only a name that leads back
/// is his to give.
public struct ReverseResolver {
  private let servers: [ServerAddress]
  private let limits: LookupLimits
  private let isCancelled: @Sendable () -> Bool
  private var limiter: RateLimiter

  static let port: UInt16 = 53
  /// Largest answer over UDP without EDNS is 512 bytes; over TCP it is 65,535.
  private static let largest = 65_535
  /// Resolvers taken from the system's configuration, as the system's own library does.
  private static let serverLimit = 3

  /// - Parameters:
  ///   - servers: the resolvers, asked one after the other until one answers.
  ///   - isCancelled: asked now and then; true ends a query.
  public init(
    servers: [ServerAddress], limits: LookupLimits = LookupLimits(), isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.servers = servers
    self.limits = limits
    self.isCancelled = isCancelled
    limiter = RateLimiter(rate: limits.dnsRate)
  }

  /// The resolvers of the system, from its `resolv.conf`.
  public static func systemServers(_ path: String = "/etc/resolv.conf") throws(EnrichmentError) -> [ServerAddress] {
    let file = try InputFile(path: path, limit: 1 << 20)
    var servers: [ServerAddress] = []
    for line in String(decoding: file.bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: \.isWhitespace)
      if words.count > 1, words[0] == "nameserver", let server = ServerAddress(words[1], port: port) {
        servers.append(server)
      }
    }
    guard !servers.isEmpty else { throw EnrichmentError(path, "names no resolver; give one with --resolver") }
    return Array(servers.prefix(serverLimit))
  }

  /// Asks for the names of an address.
  public mutating func ask(_ address: IPAddress) -> Lookup {
    do throws(EnrichmentError) {
      let (response, server) = try resolve(ReverseResolver.name(of: address), .ptr)
      guard !response.names.isEmpty else { return Lookup(.reverseDNS, .none, server: "\(server)") }
      var lookup = Lookup(.reverseDNS, .answered, server: "\(server)")
      lookup.names = response.names.prefix(limits.names).joined(separator: ", ")
      lookup.isConfirmed = confirm(response.names[0], address)
      return lookup
    } catch {
      return Lookup(.reverseDNS, .failed, server: error.subject, detail: error.detail)
    }
  }

  /// Whether a name leads to an address; nil where there is no answer.
  private mutating func confirm(_ name: String, _ address: IPAddress) -> Bool? {
    guard let (response, _) = try? resolve(name, address.isIPv4 ? .a : .aaaa) else { return nil }
    return response.addresses.contains(address)
  }

  /// The name that an address's PTR record has.
  static func name(of address: IPAddress) -> String {
    if address.isIPv4 {
      let bytes = address.key.suffix(4).reversed().map { String($0) }
      return bytes.joined(separator: ".") + ".in-addr.arpa"
    }
    let digits = address.key.reversed().flatMap { [String($0 & 0xf, radix: 16), String($0 >> 4, radix: 16)] }
    return digits.joined(separator: ".") + ".ip6.arpa"
  }

  /// Asks the resolvers one after the other, each some times over UDP and, where the answer did not fit, over TCP.
  private mutating func resolve(
    _ name: String, _ type: DNSMessage.RecordType
  ) throws(EnrichmentError) -> (DNSMessage.Response, ServerAddress) {
    var failure = EnrichmentError("resolver", "there is none")
    for server in servers {
      for _ in 0..<limits.attempts {
        guard limiter.wait(for: server, isCancelled: isCancelled) else {
          throw EnrichmentError("\(server)", "interrupted")
        }
        guard let query = DNSMessage.query(id: .random(in: 0 ... .max), name: name, type: type) else {
          throw EnrichmentError("\(server)", "the name \(name) cannot be asked for")
        }
        do throws(EnrichmentError) {
          var response = try askDatagram(server, query)
          if response.isTruncated { response = try askStream(server, query) }
          // 3: there is no such name, which is an answer.
          if response.code == 0 || response.code == 3 { return (response, server) }
          failure = EnrichmentError("\(server)", "answers with error \(response.code)")
          break
        } catch {
          failure = error
        }
      }
    }
    throw failure
  }

  private func askDatagram(_ server: ServerAddress, _ query: [UInt8]) throws(EnrichmentError) -> DNSMessage.Response {
    let socket = try NetworkSocket(
      .datagram, to: server, mayBeLocal: true, timeout: limits.datagramTimeout, isCancelled: isCancelled)
    try socket.send(query)
    while true {
      // Anybody can send a datagram: what is no answer to the query is passed over, until the time is up.
      let bytes = try socket.receive(limit: ReverseResolver.largest)
      if let response = DNSMessage.response(bytes, to: query) { return response }
    }
  }

  private func askStream(_ server: ServerAddress, _ query: [UInt8]) throws(EnrichmentError) -> DNSMessage.Response {
    let socket = try NetworkSocket(
      .stream, to: server, mayBeLocal: true, timeout: limits.timeout, isCancelled: isCancelled)
    try socket.send([UInt8(query.count >> 8), UInt8(query.count & 0xff)] + query)
    var bytes: [UInt8] = []
    while true {
      if bytes.count >= 2 {
        let length = Int(bytes[0]) << 8 | Int(bytes[1])
        if bytes.count >= 2 + length {
          guard let response = DNSMessage.response(Array(bytes[2..<(2 + length)]), to: query) else {
            throw EnrichmentError("\(server)", "answers with something that is no DNS message")
          }
          return response
        }
      }
      let block = try socket.receive(limit: ReverseResolver.largest + 2 - bytes.count)
      guard !block.isEmpty else { throw EnrichmentError("\(server)", "closed the connection without an answer") }
      bytes += block
    }
  }
}

public import Bytes
public import Store

/// Asks WHOIS servers (RFC 3912) about addresses: first one that knows which registry has an address, then those that it
/// and they refer to.
public struct WhoisClient {
  /// IANA's server, which knows the registries.
  public static let root = ServerAddress(host: "whois.iana.org", port: port)
  static let port: UInt16 = 43

  private let first: ServerAddress
  private let limits: LookupLimits
  private let isCancelled: @Sendable () -> Bool
  private var limiter: RateLimiter

  /// - Parameters:
  ///   - first: the server asked first.
  ///   - isCancelled: asked now and then; true ends a query.
  public init(
    first: ServerAddress = root, limits: LookupLimits = LookupLimits(), isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.first = first
    self.limits = limits
    self.isCancelled = isCancelled
    limiter = RateLimiter(rate: limits.whoisRate)
  }

  /// Asks about an address. Referrals to a server that was asked already, or that is not on the Internet while the first
  /// one is, are not followed.
  public mutating func ask(_ address: IPAddress) -> Lookup {
    var server = first
    var asked: Set<ServerAddress> = []
    var mayBeLocal = true
    var best: (server: ServerAddress, answer: WhoisAnswer)?
    var failure: EnrichmentError?
    while asked.count <= limits.referrals {
      asked.insert(server)
      guard limiter.wait(for: server, isCancelled: isCancelled) else { break }
      let answer: WhoisAnswer
      do throws(EnrichmentError) {
        let (text, isLocal) = try query(server, address, mayBeLocal: mayBeLocal)
        if asked.count == 1 { mayBeLocal = isLocal }
        answer = WhoisAnswer(text, about: address)
      } catch {
        failure = error
        break
      }
      // The first server only knows the registry; of a registry's answer and that of whom it refers to, the one that
      // says whose network it is counts.
      if answer.isUseful || best == nil || best?.server == first { best = (server, answer) }
      guard let next = answer.referral, !asked.contains(next) else { break }
      server = next
    }
    guard var lookup = best.map({ $0.answer.lookup(from: $0.server) }) else {
      return Lookup(
        .whois, .failed, server: failure?.subject ?? "\(server)", detail: failure?.detail ?? "interrupted")
    }
    // What was said before the server that knows failed is kept, and asked for again another time.
    if let failure {
      (lookup.status, lookup.detail) = (.failed, "\(failure)")
    } else if isCancelled() {
      (lookup.status, lookup.detail) = (.failed, "interrupted")
    }
    return lookup
  }

  /// What one server says, and whether it is not on the Internet itself.
  private func query(
    _ server: ServerAddress, _ address: IPAddress, mayBeLocal: Bool
  ) throws(EnrichmentError) -> (text: String, isLocal: Bool) {
    let socket = try NetworkSocket(
      .stream, to: server, mayBeLocal: mayBeLocal, timeout: limits.timeout, isCancelled: isCancelled)
    // ARIN's server takes an address for a name unless told that it is a network, and gives the whole record for '+'.
    let question = server.host == "whois.arin.net" ? "n + \(address)" : "\(address)"
    try socket.send(Array((question + "\r\n").utf8))
    var bytes: [UInt8] = []
    while bytes.count < limits.answer {
      let block = try socket.receive(limit: limits.answer - bytes.count)
      if block.isEmpty { break }
      bytes += block
    }
    return (WhoisAnswer.text(bytes), socket.peer.scope != .global)
  }
}

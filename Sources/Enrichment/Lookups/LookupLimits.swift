/// Bounds of what is asked of others.
public struct LookupLimits: Sendable {
  /// Most addresses of one run.
  public var addresses = 1_000
  /// WHOIS queries a second that one server gets at most.
  public var whoisRate = 1.0
  /// DNS queries a second.
  public var dnsRate = 10.0
  /// Bytes kept of a WHOIS answer.
  public var answer = 64 << 10
  /// Servers that refer to one another before there is an answer.
  public var referrals = 4
  /// Longest time for one server's answer over TCP.
  public var timeout: Duration = .seconds(10)
  /// Longest wait for one datagram's answer.
  public var datagramTimeout: Duration = .seconds(3)
  /// How often a resolver is asked over UDP.
  public var attempts = 2
  /// Names kept of an address.
  public var names = 8

  /// The usual ones.
  public init() {}
}

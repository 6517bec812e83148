/// What a server said of an address: a row of `lookups`.
public struct Lookup: Sendable, Equatable {
  /// What was asked.
  public enum Kind: String, Sendable {
    /// WHOIS (RFC 3912).
    case whois
    /// A PTR record (RFC 1035, section 3.5).
    case reverseDNS = "rdns"
  }

  /// How it ended.
  public enum Status: String, Sendable {
    /// With an answer.
    case answered
    /// The server knows nothing.
    case none
    /// There was no answer: time-out, connection refused, garbage.
    case failed
  }

  /// What was asked.
  public var kind: Kind
  /// How it ended.
  public var status: Status
  /// Who gave the answer, or failed to: host and port.
  public var server: String
  /// Why it failed; nil where it did not.
  public var detail: String?
  /// The names, joined by `, `; nil: none, or not asked.
  public var names: String?
  /// Whether the first name leads back to the address; nil: not known.
  public var isConfirmed: Bool?
  /// WHOIS: name of the network, who holds it, its country, its range and whom to tell of abuse, as the server spells
  /// them; nil where they could not be made out.
  public var netname, organisation, country, network, abuse: String?
  /// The answer as it came, up to a limit; nil: none.
  public var text: String?

  /// An answer without details.
  public init(_ kind: Kind, _ status: Status, server: String, detail: String? = nil) {
    self.kind = kind
    self.status = status
    self.server = server
    self.detail = detail
  }
}

public import Records

/// A row of `credentials`: a secret that went over the wire in the clear.
public struct CredentialRecord: Record {
  /// `credentials`.
  public static let table = Table(
    "credentials",
    [
      "flow_id", "frame_id", "protocol", "mechanism", "domain", "username", "secret", "kind", "accepted",
      "answer_frame_id",
    ])

  /// What kind of secret it is.
  public enum Kind: String, Sendable {
    /// The password itself.
    case password
    /// A hash or challenge response that passwords can be tried against.
    case hash
    /// A bearer token, cookie or key.
    case token
  }

  /// The row of `flows`; nil: a frame without IP.
  public var flowID: Int64?
  /// The row of `frames`.
  public var frameID: Int64
  /// `ftp`, `http`, ...
  public var protocolName: String
  /// `USER/PASS`, `Basic`, `form`, ...
  public var mechanism: String
  /// Domain, realm or database that the user name belongs to; nil: none sent.
  public var domain: String?
  /// Nil: none sent.
  public var username: String?
  /// Nil: none sent.
  public var secret: String?
  /// What kind of secret it is.
  public var kind: Kind
  /// What the server answered; nil: it did not say.
  public var accepted: Bool?
  /// The row of `frames` that holds the answer; nil: none was seen.
  public var answerFrameID: Int64?

  /// A secret of `flowID` in `frameID`.
  public init(
    flowID: Int64?, frameID: Int64, protocolName: String, mechanism: String, domain: String? = nil, username: String?,
    secret: String?, kind: Kind, accepted: Bool?, answerFrameID: Int64?
  ) {
    self.flowID = flowID
    self.frameID = frameID
    self.protocolName = protocolName
    self.mechanism = mechanism
    self.domain = domain
    self.username = username
    self.secret = secret
    self.kind = kind
    self.accepted = accepted
    self.answerFrameID = answerFrameID
  }

  /// Adds the row's values.
  public func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.text(protocolName)
    row.text(mechanism)
    row.text(domain)
    row.text(username)
    row.text(secret)
    row.text(kind.rawValue)
    row.boolean(accepted)
    row.integer(answerFrameID)
  }
}

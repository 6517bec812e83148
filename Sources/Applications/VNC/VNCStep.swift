/// A message of RFB's handshake that is awaited, with what it takes to know its length.
enum VNCStep: Equatable, Sendable {
  case serverVersion
  case clientVersion
  /// How many security types the server offers.
  case offer
  case types(Int)
  /// Before 3.7 the server decides.
  case decision
  case choice
  case challenge
  case response
  case result
  /// TightVNC's own negotiation (type 16): tunnels, then authentication.
  case tightTunnels
  case tightTunnelList(Int)
  case tightTunnelChoice
  case tightMethods
  case tightMethodList(Int)
  case tightMethodChoice
  /// VeNCrypt's (type 19).
  case veNCryptServerVersion
  case veNCryptClientVersion
  case veNCryptStatus
  case veNCryptOffer
  case veNCryptTypes(Int)
  case veNCryptChoice
  case veNCryptAgreement
  case plainLengths
  case plain(user: Int, password: Int)
  /// TLS follows.
  case upgraded
  /// Nothing more is read.
  case over

  /// Who sends it, and how many bytes it has; nil: nothing more is read.
  var expected: (side: Side, count: Int)? {
    switch self {
    case .serverVersion: (.server, 12)
    case .clientVersion: (.client, 12)
    case .offer, .veNCryptStatus, .veNCryptOffer, .veNCryptAgreement: (.server, 1)
    case .types(let count): (.server, count)
    case .decision, .result, .tightTunnels, .tightMethods: (.server, 4)
    case .choice: (.client, 1)
    case .challenge: (.server, 16)
    case .response: (.client, 16)
    case .tightTunnelList(let count), .tightMethodList(let count): (.server, 16 * count)
    case .tightTunnelChoice, .tightMethodChoice, .veNCryptChoice: (.client, 4)
    case .veNCryptServerVersion: (.server, 2)
    case .veNCryptClientVersion: (.client, 2)
    case .veNCryptTypes(let count): (.server, 4 * count)
    case .plainLengths: (.client, 8)
    case .plain(let user, let password): (.client, user + password)
    case .upgraded, .over: nil
    }
  }
}

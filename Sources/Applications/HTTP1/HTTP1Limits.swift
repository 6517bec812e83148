/// What a sender of HTTP/1.x may make the parser keep or do.
enum HTTP1Limits {
  /// Bytes of a start line with its header fields, and of a trailer section. Servers refuse heads from 8 to 16 KiB on;
  /// this leaves room for the few that do not.
  static let head = 65_536

  /// Bytes in which a start line with a method that is not a registered one must end.
  static let unknownStartLine = 8_192

  /// Bytes of a method. The longest registered one (`UPDATEREDIRECTREF`) has 17.
  static let method = 32

  /// Rows of `http_headers` for one message. All fields count for the framing.
  static let fields = 1_000

  /// Requests of one connection that wait for their response.
  static let pendingRequests = 1_000

  /// Bytes of the heads of those requests.
  static let pendingBytes = 1 << 20

  /// Hexadecimal digits of a chunk size, leading zeros included: as many as a 64-bit number has.
  static let chunkDigits: UInt8 = 16

  /// Bytes of the extensions behind a chunk size.
  static let chunkExtension: UInt16 = 4_096

  /// Bytes of a multipart boundary (RFC 2046, section 5.1.1).
  static let boundary = 70

  /// Bytes of a form's body that are searched for credentials.
  static let form = 65_536

  /// Fields of a form that are looked at.
  static let formFields = 500

  /// Bytes of the name of a field that is looked at.
  static let fieldName = 256

  /// Different secrets that are taken out of one form (a change of password sends the old, the new, and the new again).
  static let secretsPerForm = 4

  /// Objects and arrays in one another in a form in JSON.
  static let jsonDepth = 16

  /// Bytes of a token, key or cookie, at least: shorter ones are not worth the name.
  static let tokenMinimum = 6

  /// Bytes of a session cookie, at least.
  static let cookieMinimum = 8

  /// Bytes, at least, of what a vague name (`key=`) must have for a value to be taken for a token.
  static let vagueTokenMinimum = 16

  /// Bytes of a token, key or cookie.
  static let token = 8_192

  /// Tokens, keys and cookies that are taken out of one request.
  static let tokensPerRequest = 16

  /// Secrets of a connection that are known again when they are repeated.
  static let repeatedSecrets = 64

  /// Rows of `diagnostics` for one connection.
  static let diagnostics = 100
}

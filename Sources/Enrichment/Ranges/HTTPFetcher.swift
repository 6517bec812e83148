import CCurl

/// Fetches small files over HTTPS with libcurl, which is loaded for the first of them. Proxies are those of the
/// environment (`https_proxy`, `no_proxy`), certificates those of the system or of `SSL_CERT_FILE`.
public struct HTTPFetcher: Sendable {
  /// Bounds of one request.
  public struct Limits: Sendable {
    /// Largest content, decompressed.
    public var bytes = RangeFile.sizeLimit
    /// Longest wait for a connection.
    public var connect: Duration = .seconds(10)
    /// Longest time for everything.
    public var whole: Duration = .seconds(60)
    /// Most redirections.
    public var redirections = 5

    /// The usual ones.
    public init() {}
  }

  /// What a server sent.
  struct Response {
    var bytes: [UInt8]
    var lastModified: String?
    var etag: String?
  }

  private let agent: String
  private let authorities: String?
  private let limits: Limits
  private let isCancelled: @Sendable () -> Bool

  /// - Parameters:
  ///   - agent: how the program introduces itself to servers.
  ///   - authorities: file of the certificates to trust; nil: the system's.
  ///   - limits: bounds of a request.
  ///   - isCancelled: asked now and then; true ends the request.
  public init(
    agent: String, authorities: String?, limits: Limits = Limits(), isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.agent = agent
    self.authorities = authorities
    self.limits = limits
    self.isCancelled = isCancelled
  }

  /// Gets the content at an address. From https no redirection leads to anything else.
  func get(_ url: String) throws(EnrichmentError) -> Response {
    let isSecure = url.lowercased().hasPrefix("https://")
    guard isSecure || url.lowercased().hasPrefix("http://") else {
      throw EnrichmentError(url, "is no address that begins with https:// or http://")
    }
    let receiver = HTTPReceiver(limit: limits.bytes, isCancelled: isCancelled)
    var request = unsafe pcapindex_curl_request()
    unsafe request.connect_milliseconds = HTTPFetcher.milliseconds(limits.connect)
    unsafe request.milliseconds = HTTPFetcher.milliseconds(limits.whole)
    unsafe request.redirections = limits.redirections
    unsafe HTTPReceiver.install(in: &request)
    unsafe request.context = Unmanaged.passUnretained(receiver).toOpaque()
    let protocols = isSecure ? "https" : "http,https"
    // The texts and the receiver live until the call returns, and libcurl copies what it keeps.
    let code = withExtendedLifetime(receiver) {
      unsafe url.withCString { address in
        unsafe agent.withCString { agent in
          unsafe protocols.withCString { protocols in
            unsafe HTTPFetcher.withOptionalCString(authorities) { authorities in
              unsafe request.url = address
              unsafe request.agent = agent
              unsafe request.protocols = protocols
              unsafe request.redirect_protocols = protocols
              unsafe request.authorities = authorities
              return unsafe pcapindex_curl_get(&request)
            }
          }
        }
      }
    }
    let status = unsafe request.status
    let message = unsafe withUnsafeBytes(of: &request.message) { bytes in
      unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if let reason = failure(code, message, receiver) { throw EnrichmentError(url, reason) }
    guard status == 200 else { throw EnrichmentError(url, "the server answers with status \(status)") }
    return Response(bytes: receiver.bytes, lastModified: receiver.lastModified, etag: receiver.etag)
  }

  /// What a result other than success means, for a person.
  private func failure(_ code: Int32, _ message: String, _ receiver: HTTPReceiver) -> String? {
    if receiver.isFull { return "is larger than \(limits.bytes >> 20) MiB" }
    if code == 0 { return nil }
    if code < 0 {
      return "cannot be fetched without libcurl: install it (Debian: libcurl4), or load the list as a file"
    }
    switch CURLcode(UInt32(code)) {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
      return "\(HTTPFetcher.sentence(message)); is there a network?"
    case CURLE_COULDNT_CONNECT: return "no connection: \(HTTPFetcher.sentence(message))"
    case CURLE_OPERATION_TIMEDOUT: return "timed out: \(HTTPFetcher.sentence(message))"
    case CURLE_TOO_MANY_REDIRECTS: return "is redirected more than \(limits.redirections) times"
    case CURLE_UNSUPPORTED_PROTOCOL: return "is redirected to something other than https"
    case CURLE_ABORTED_BY_CALLBACK: return "interrupted"
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_RECV_ERROR:
      return "the connection ended early: \(HTTPFetcher.sentence(message))"
    case CURLE_PEER_FAILED_VERIFICATION:
      return "the server's certificate is not trusted: \(HTTPFetcher.sentence(message))"
    default: return "cannot be fetched: \(message.isEmpty ? "libcurl's error \(code)" : HTTPFetcher.sentence(message))"
    }
  }

  private static func sentence(_ message: String) -> String {
    message.prefix(1).lowercased() + message.dropFirst()
  }

  private static func milliseconds(_ duration: Duration) -> Int {
    Int(clamping: duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000)
  }

  private static func withOptionalCString<Result>(
    _ text: String?, _ body: (UnsafePointer<CChar>?) -> Result
  ) -> Result {
    guard let text else { return body(nil) }
    return unsafe text.withCString { unsafe body($0) }
  }
}

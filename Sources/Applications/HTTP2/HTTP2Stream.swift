import Records

/// One stream: a request and its response (RFC 9113, section 8.1).
final class HTTP2Stream {
  /// The request; nil: its fields were not seen.
  var request: HTTP1Exchange?
  /// The final response; nil: its fields were not seen yet.
  var response: HTTP1Response?
  /// Whether all was seen that the client says.
  var isRequestOver = false
  /// Whether all was seen that the server says.
  var isResponseOver = false
  /// The frame with the client's last byte so far.
  var lastRequestFrame: Int64 = 0
  /// The frame with the server's last byte so far.
  var lastResponseFrame: Int64 = 0
  /// Whether something of the request may have gone unseen.
  var isRequestCut = false
  /// The same of the response.
  var isResponseCut = false
  /// Bytes that the parser has counted for it.
  var countedBytes = 0

  /// Bytes that it keeps.
  var heldBytes: Int {
    (request?.record.head.bytes.count ?? 0) + (request?.heldBytes ?? 0) + (response?.record.head.bytes.count ?? 0)
      + 512
  }
}

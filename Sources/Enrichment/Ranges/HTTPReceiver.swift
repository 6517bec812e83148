import CCurl

/// Takes what libcurl receives, in its calls back.
final class HTTPReceiver {
  private(set) var bytes: [UInt8] = []
  private(set) var isFull = false
  private(set) var lastModified: String?
  private(set) var etag: String?
  private let limit: Int
  private let isCancelled: @Sendable () -> Bool

  /// Characters kept of a header field.
  private static let fieldLimit = 200

  init(limit: Int, isCancelled: @escaping @Sendable () -> Bool) {
    self.limit = limit
    self.isCancelled = isCancelled
  }

  /// Makes a request call back; its `context` must be a receiver that lives until the request is over.
  static func install(in request: inout pcapindex_curl_request) {
    // C calls these with `context` as it was set, and with buffers of `size` times `count` bytes that live for the call.
    unsafe request.body = { data, size, count, context in
      guard let context = unsafe context, let data = unsafe data else { return 0 }
      let receiver = unsafe Unmanaged<HTTPReceiver>.fromOpaque(context).takeUnretainedValue()
      let buffer = unsafe UnsafeRawBufferPointer(start: data, count: size * count)
      return receiver.take(body: unsafe [UInt8](buffer)) ? size * count : 0
    }
    unsafe request.header = { data, size, count, context in
      guard let context = unsafe context, let data = unsafe data else { return 0 }
      let receiver = unsafe Unmanaged<HTTPReceiver>.fromOpaque(context).takeUnretainedValue()
      let buffer = unsafe UnsafeRawBufferPointer(start: data, count: size * count)
      receiver.take(header: unsafe String(decoding: buffer, as: UTF8.self))
      return size * count
    }
    unsafe request.progress = { context, _, _, _, _ in
      guard let context = unsafe context else { return 1 }
      return unsafe Unmanaged<HTTPReceiver>.fromOpaque(context).takeUnretainedValue().isCancelled() ? 1 : 0
    }
  }

  /// Keeps content; false where it is too much.
  private func take(body block: [UInt8]) -> Bool {
    guard bytes.count + block.count <= limit else {
      isFull = true
      return false
    }
    bytes += block
    return true
  }

  private func take(header line: String) {
    // The head of another answer, behind a redirection.
    if line.hasPrefix("HTTP/") { (lastModified, etag, bytes) = (nil, nil, []) }
    let parts = line.split(separator: ":", maxSplits: 1)
    guard parts.count == 2 else { return }
    let value = String(parts[1].drop { $0 == " " }.prefix { !$0.isNewline }.prefix(HTTPReceiver.fieldLimit))
    switch parts[0].lowercased() {
    case "last-modified": lastModified = value
    case "etag": etag = value
    default: break
    }
  }
}

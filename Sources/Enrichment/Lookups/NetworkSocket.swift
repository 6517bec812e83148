import Bytes
import Glibc

/// A connection, or a socket for datagrams, whose every step has an end: a deadline, or the user's Ctrl-C.
///
/// The C calls here get structures and buffers that live for the call, with their sizes.
final class NetworkSocket {
  /// What a socket is for.
  enum Kind {
    /// TCP.
    case stream
    /// UDP, that takes datagrams of the server alone.
    case datagram
  }

  /// Where the server is.
  let peer: IPAddress
  private let descriptor: Int32
  private let server: ServerAddress
  private let deadline: ContinuousClock.Instant
  private let isCancelled: @Sendable () -> Bool

  /// Longest wait between two looks at whether the user wants to stop, in milliseconds.
  private static let patience: Int64 = 200

  /// Connects to a server. Of several addresses the first that can be connected to is taken.
  ///
  /// - Parameters:
  ///   - mayBeLocal: whether the server may have an address that is not global.
  ///   - timeout: for all that is done with the socket.
  init(
    _ kind: Kind, to server: ServerAddress, mayBeLocal: Bool, timeout: Duration,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws(EnrichmentError) {
    let deadline = ContinuousClock.now + timeout
    var reason = "has no address"
    for (address, socketAddress) in try NetworkSocket.resolve(server, kind) {
      guard mayBeLocal || address.scope == .global else {
        reason = "is at \(address), which is not on the Internet"
        continue
      }
      do throws(EnrichmentError) {
        descriptor = try NetworkSocket.connect(kind, socketAddress, server, deadline, isCancelled)
        peer = address
        self.server = server
        self.deadline = deadline
        self.isCancelled = isCancelled
        return
      } catch {
        reason = error.detail
        if isCancelled() { break }
      }
    }
    throw EnrichmentError("\(server)", reason)
  }

  deinit { close(descriptor) }

  /// The addresses of a server. The system's resolver has time-outs of its own.
  private static func resolve(
    _ server: ServerAddress, _ kind: Kind
  ) throws(EnrichmentError) -> [(IPAddress, [UInt8])] {
    var hints = unsafe addrinfo()
    unsafe hints.ai_family = AF_UNSPEC
    unsafe hints.ai_socktype = Int32(kind == .stream ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
    unsafe hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let code = unsafe getaddrinfo(server.host, String(server.port), &hints, &list)
    guard code == 0 else {
      let text = unsafe gai_strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
      throw EnrichmentError("\(server)", "cannot be found: \(text.prefix(1).lowercased() + text.dropFirst())")
    }
    defer { unsafe freeaddrinfo(list) }
    var addresses: [(IPAddress, [UInt8])] = []
    var next = unsafe list
    while let entry = unsafe next {
      unsafe next = entry.pointee.ai_next
      guard let start = unsafe entry.pointee.ai_addr else { continue }
      let size = unsafe Int(entry.pointee.ai_addrlen)
      let bytes = unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: size))
      // sockaddr_in has its address at 4, sockaddr_in6 at 8.
      let address: IPAddress?
      switch unsafe entry.pointee.ai_family {
      case AF_INET: address = unsafe IPAddress(v4: bytes.span.bytes, at: 4)
      case AF_INET6: address = unsafe IPAddress(v6: bytes.span.bytes, at: 8)
      default: address = nil
      }
      if let address { addresses.append((address, bytes)) }
    }
    return addresses
  }

  private static func connect(
    _ kind: Kind, _ address: [UInt8], _ server: ServerAddress, _ deadline: ContinuousClock.Instant,
    _ isCancelled: () -> Bool
  ) throws(EnrichmentError) -> Int32 {
    let family = Int32(address[0]) | Int32(address[1]) << 8
    let type = Int32(kind == .stream ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
    let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(family, type | flags, 0)
    guard descriptor >= 0 else { throw EnrichmentError("\(server)", InputFile.reason(errno)) }
    var bytes = address
    let status = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe buffer.withMemoryRebound(to: sockaddr.self) { rebound in
        unsafe Glibc.connect(descriptor, rebound.baseAddress, socklen_t(address.count))
      }
    }
    var number = status == 0 ? 0 : errno
    if number == EINPROGRESS {
      do throws(EnrichmentError) {
        try wait(descriptor, for: Int16(POLLOUT), server, deadline, isCancelled)
      } catch {
        close(descriptor)
        throw error
      }
      var size = socklen_t(MemoryLayout<Int32>.size)
      _ = unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &number, &size)
    }
    guard number == 0 else {
      close(descriptor)
      throw EnrichmentError("\(server)", InputFile.reason(number))
    }
    return descriptor
  }

  /// Waits until the socket is ready.
  private static func wait(
    _ descriptor: Int32, for events: Int16, _ server: ServerAddress, _ deadline: ContinuousClock.Instant,
    _ isCancelled: () -> Bool
  ) throws(EnrichmentError) {
    while true {
      if isCancelled() { throw EnrichmentError("\(server)", "interrupted") }
      let left = (deadline - ContinuousClock.now).components
      let milliseconds = left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else { throw EnrichmentError("\(server)", "timed out") }
      var request = pollfd(fd: descriptor, events: events, revents: 0)
      if unsafe poll(&request, 1, Int32(min(milliseconds, patience))) > 0 { return }
    }
  }

  /// Sends all of `bytes`.
  func send(_ bytes: [UInt8]) throws(EnrichmentError) {
    var done = 0
    while done < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.send(descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        done += count
      } else if errno == EAGAIN {
        try NetworkSocket.wait(descriptor, for: Int16(POLLOUT), server, deadline, isCancelled)
      } else if errno != EINTR {
        throw EnrichmentError("\(server)", InputFile.reason(errno))
      }
    }
  }

  /// Receives what is there next, at most `limit` bytes; nothing where the server has closed the connection.
  func receive(limit: Int) throws(EnrichmentError) -> [UInt8] {
    while true {
      try NetworkSocket.wait(descriptor, for: Int16(POLLIN), server, deadline, isCancelled)
      var bytes = [UInt8](repeating: 0, count: limit)
      let count = unsafe bytes.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
      if count >= 0 {
        bytes.removeLast(limit - count)
        return bytes
      }
      if errno != EINTR, errno != EAGAIN { throw EnrichmentError("\(server)", InputFile.reason(errno)) }
    }
  }
}

import Bytes
import CZlib
import Crypto
import Glibc

/// A file that the analyst names, read whole.
///
/// The C calls here get names that Swift keeps alive for the call and buffers of stated size.
public struct InputFile: Sendable {
  /// As it was named.
  public let name: String
  /// Its content, decompressed where it was compressed with gzip.
  public let bytes: [UInt8]
  /// SHA-256 of the file as it lies on disk, lower-case hexadecimal.
  public let sha256: String

  /// Content that is at hand already.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    self.sha256 = hexadecimal(SHA256.hash(data: bytes))
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: most bytes that it may have, compressed or not.
  public init(path: String, limit: Int) throws(EnrichmentError) {
    let raw = try InputFile.contents(of: path, limit: limit)
    name = path
    sha256 = hexadecimal(SHA256.hash(data: raw))
    bytes = raw.starts(with: [0x1f, 0x8b]) ? try InputFile.inflate(raw, path: path, limit: limit) : raw
  }

  /// SHA-256 of a file of any size, without holding it.
  public static func sha256(of path: String) throws(EnrichmentError) -> String {
    var hash = SHA256()
    try read(path) { (block) throws(EnrichmentError) in
      hash.update(data: block)
    }
    return hexadecimal(hash.finalize())
  }

  private static let blockSize = 1 << 16

  private static func contents(of path: String, limit: Int) throws(EnrichmentError) -> [UInt8] {
    var bytes: [UInt8] = []
    try read(path) { (block) throws(EnrichmentError) in
      guard bytes.count + block.count <= limit else {
        throw EnrichmentError(path, "is larger than \(limit >> 20) MiB")
      }
      bytes += block
    }
    return bytes
  }

  private static func read(
    _ path: String, _ body: (ArraySlice<UInt8>) throws(EnrichmentError) -> Void
  ) throws(EnrichmentError) {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw EnrichmentError(path, reason(errno)) }
    defer { close(file) }
    var block = [UInt8](repeating: 0, count: blockSize)
    while true {
      let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
      if count == 0 { return }
      if count < 0 {
        if errno == EINTR { continue }
        throw EnrichmentError(path, reason(errno))
      }
      try body(block[..<count])
    }
  }

  /// What an error number means.
  static func reason(_ number: Int32) -> String {
    switch number {
    case ENOENT: return "no such file"
    case EISDIR: return "is a folder"
    default:
      guard let text = unsafe strerror(number) else { return "error \(number)" }
      let message = unsafe String(cString: text)
      return message.prefix(1).lowercased() + message.dropFirst()
    }
  }

  /// The content of a gzip file (RFC 1952), of one member or several.
  private static func inflate(_ raw: [UInt8], path: String, limit: Int) throws(EnrichmentError) -> [UInt8] {
    var input = raw
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: blockSize)
    var stream = unsafe z_stream()
    // 31: a window of 32 KiB and a gzip header.
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    guard unsafe inflateInit2_(&stream, 31, ZLIB_VERSION, size) == Z_OK else {
      throw EnrichmentError(path, "cannot be decompressed: out of memory")
    }
    defer { unsafe inflateEnd(&stream) }
    var offset = 0
    while offset < input.count {
      // The buffers are borrowed for the call alone, and zlib gets their sizes.
      let (status, taken, made): (Int32, Int, Int) = unsafe input.withUnsafeMutableBufferPointer { source in
        unsafe block.withUnsafeMutableBufferPointer { target in
          let available = min(source.count - offset, Int(Int32.max))
          unsafe stream.next_in = source.baseAddress?.advanced(by: offset)
          unsafe stream.avail_in = UInt32(available)
          unsafe stream.next_out = target.baseAddress
          unsafe stream.avail_out = UInt32(target.count)
          let status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
          return unsafe (status, available - Int(stream.avail_in), target.count - Int(stream.avail_out))
        }
      }
      offset += taken
      guard bytes.count + made <= limit else {
        throw EnrichmentError(path, "is larger than \(limit >> 20) MiB when decompressed")
      }
      bytes += block[..<made]
      switch status {
      case Z_OK where taken > 0 || made > 0: continue
      case Z_STREAM_END:
        if offset == input.count { return bytes }
        unsafe inflateReset(&stream)
      default: throw EnrichmentError(path, "is a damaged gzip file")
      }
    }
    throw EnrichmentError(path, "is a gzip file that was cut off")
  }
}

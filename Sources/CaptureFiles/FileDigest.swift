import Bytes
import Crypto

/// SHA-256 (FIPS 180-4) of whole files.
public struct FileDigest {
  private var state = SHA256()

  init() {}

  /// Takes in the next bytes of the file.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    unsafe state.update(bufferPointer: bytes)
  }

  /// The digest of the bytes so far, 64 lower-case hexadecimal digits.
  var text: String {
    hexadecimal(state.finalize())
  }

  /// The digest (64 lower-case hexadecimal digits) and size in bytes of the file at `path`, as it stands on disk.
  public static func sha256(ofFileAt path: String) throws(CaptureFileError) -> (sha256: String, size: Int64) {
    var input = try BlockInput(path: path, hashing: true)
    input.drain()
    if case .failed(let reason) = input.ending { throw .unreadable(path: path, reason: reason) }
    return (input.digest, input.bytesRead)
  }
}

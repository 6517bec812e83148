/// Why a file cannot be read as a capture at all. Its description is one line that names the file and the reason.
public enum CaptureFileError: Error, Sendable, Equatable {
  /// Nothing has that name.
  case noSuchFile(path: String)
  /// It is a folder.
  case isDirectory(path: String)
  /// The system refuses to open or read it; the reason in the system's words.
  case unreadable(path: String, reason: String)
  /// It has no byte.
  case empty(path: String)
  /// It is something else; `looksLike` says what, where that is known, and `inside` what it is
  /// compressed with.
  case notACapture(path: String, looksLike: String?, inside: Compression?)
  /// It begins as a capture and ends before its first header does.
  case truncatedHeader(path: String, format: CaptureFormat, size: Int)
  /// It is compressed in a way that is not read here.
  case unsupportedCompression(path: String, name: String)
  /// It is compressed, and the compressed form is damaged before the first header.
  case damagedCompression(path: String, reason: String)
  /// What is compressed is compressed itself; both by name.
  case compressedTwice(path: String, outer: String, inner: String)
  /// A capture format in a version that is not read here.
  case unsupportedVersion(path: String, format: CaptureFormat, version: String)
}

extension CaptureFileError {
  /// Whether the file is there and can be read, but is no capture that can be.
  public var isAboutContent: Bool {
    switch self {
    case .noSuchFile, .isDirectory, .unreadable: false
    case .empty, .notACapture, .truncatedHeader, .unsupportedCompression, .damagedCompression, .compressedTwice,
      .unsupportedVersion:
      true
    }
  }
}

extension CaptureFileError: CustomStringConvertible {
  /// `trace.pcap: no such file`
  public var description: String {
    switch self {
    case .noSuchFile(let path):
      "\(Self.shown(path)): no such file"
    case .isDirectory(let path):
      "\(Self.shown(path)): is a directory, not a capture"
    case .unreadable(let path, let reason):
      "\(Self.shown(path)): cannot be read: \(reason)"
    case .empty(let path):
      "\(Self.shown(path)): is empty"
    case .notACapture(let path, let looksLike, let inside):
      "\(Self.shown(path)): not a pcap or pcapng capture"
        + (inside.map { " compressed with \($0.rawValue)" } ?? "")
        + (looksLike.map { "; it looks like \($0)" } ?? "")
    case .truncatedHeader(let path, let format, let size):
      "\(Self.shown(path)): a \(format.rawValue) capture that is cut off in its file header, after \(size) bytes"
    case .unsupportedCompression(let path, let name):
      "\(Self.shown(path)): compressed with \(name), which is not supported; decompress it first"
    case .damagedCompression(let path, let reason):
      "\(Self.shown(path)): the compressed data is damaged: \(reason)"
    case .compressedTwice(let path, let outer, let inner):
      "\(Self.shown(path)): compressed twice, with \(inner) inside \(outer); decompress it once first"
    case .unsupportedVersion(let path, let format, let version):
      "\(Self.shown(path)): \(format.rawValue) version \(version) is not supported"
    }
  }

  /// The path on one line: control characters cannot break the message or reach a terminal.
  static func shown(_ path: String) -> String {
    if path == CaptureReader.standardInput { return "standard input" }
    var text = ""
    for scalar in path.unicodeScalars {
      text.unicodeScalars.append(scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? "\u{fffd}" : scalar)
    }
    return text
  }
}

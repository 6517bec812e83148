public import CaptureFiles
public import Store

/// Why nothing was ingested. Each description is one line that names the file and the reason.
public enum IngestError: Error, CustomStringConvertible {
  /// A capture cannot be read at all.
  case capture(CaptureFileError)
  /// The filter is not one that libpcap understands.
  case filter(CaptureFilterError)
  /// The database refused.
  case store(StoreError)
  /// The same file is in the database already, read from the path `first`.
  case duplicate(path: String, first: String)
  /// There is no capture in a folder.
  case emptyFolder(path: String)
  /// All captures that were found in folders are in the database already.
  case nothingNew
  /// The same file is given twice, as `path` and as `first`.
  case givenTwice(path: String, first: String)

  /// One line for the person who called.
  public var description: String {
    switch self {
    case .capture(let error): error.description
    case .filter(let error): error.description
    case .store(let error): error.description
    case .duplicate(let path, let first):
      path == first
        ? "\(path): this capture is in the database already"
        : "\(path): this capture is in the database already, as \(first)"
    case .emptyFolder(let path): "\(path): there is no capture in this folder"
    case .nothingNew: "all captures in the folder are in the database already"
    case .givenTwice(let path, let first):
      path == first ? "\(path): this capture is given twice" : "\(path): this is the same capture as \(first)"
    }
  }
}

import CaptureFiles

/// A capture that is to be read: what is known of it before that.
struct CaptureSource {
  /// The path as given, or of a file in a folder that was given.
  let path: String
  /// Whether a folder was given that it was found in.
  let isFromFolder: Bool
  /// Bytes on disk; nil: a pipe.
  let size: Int64?
  /// Time of its first frame that has one, ns; nil: not looked at, or none has.
  private(set) var firstTime: Int64?
  /// What the files of one ring have in common; nil: not looked at.
  private(set) var recording: Recording?
  /// What cannot be opened twice, and a capture that is alone.
  private let opened: CaptureReader?

  /// What was captured, by the beginning of the file.
  struct Recording: Hashable {
    private let format: CaptureFormat
    private let linkTypes: [UInt16]
    private let names: [String?]

    init(_ reader: CaptureReader) {
      format = reader.format
      linkTypes = reader.interfaces.map(\.linkType)
      names = reader.interfaces.map(\.name)
    }
  }

  /// Opens the capture at `path` and reads its header; of one among several, also its first frame. A file is closed again,
  /// since there may be thousands.
  init(
    path: String, isFromFolder: Bool, isAlone: Bool, shouldStop: @escaping () -> Bool
  ) throws(CaptureFileError) {
    self.path = path
    self.isFromFolder = isFromFolder
    let reader = try CaptureReader(
      path: path, hashing: isAlone || !CaptureFolder.isRegular(path), shouldStop: shouldStop)
    size = reader.totalBytes
    if isAlone || size == nil {
      opened = reader
      return
    }
    opened = nil
    var time: Int64?
    _ = reader.forEachFrame { frame, _ in
      time = frame.timestamp
      return time == nil
    }
    firstTime = time
    recording = Recording(reader)
  }

  /// The reader, before its first frame.
  func reader(shouldStop: @escaping () -> Bool) throws(CaptureFileError) -> CaptureReader {
    if let opened { return opened }
    return try CaptureReader(path: path, shouldStop: shouldStop)
  }
}

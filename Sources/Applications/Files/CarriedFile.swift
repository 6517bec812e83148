import Bytes
import Crypto
import Records

/// An object whose bytes pass by, whatever carries it: its size, its SHA-256, what its first bytes show, and its row of
/// `files`. Nothing of it is held but its first bytes.
///
/// Its bytes come by `take` and `skip` in order, in pieces of any size; `emit` is the last call. One without bytes costs
/// nothing but its own size.
struct CarriedFile {
  /// Bytes seen, as sent.
  private(set) var size = 0
  /// Bytes that the capture lacks.
  private(set) var missing = 0

  private let isHashed: Bool
  private let kept: Int
  private let codings: ContentCodings
  private let budget: DecodingBudget
  private var hash: FileHash?
  private var first: [UInt8] = []
  private var decoder: ContentDecoder?
  private var jpeg: JPEGSizeReader?
  private var lacksBrotli = false

  /// An object before its first byte.
  ///
  /// - Parameters:
  ///   - isHashed: false for what will not be a file, and is wanted for its size or first bytes.
  ///   - keeping: how many of its first bytes, decoded, are kept; `FileLimits.signature` are what tells its type.
  ///   - codings: how it is coded; what can be undone is undone.
  ///   - budget: how much is still undone in this capture (`ApplicationContext.decoding`).
  init(
    isHashed: Bool = true, keeping kept: Int = FileLimits.signature, codings: ContentCodings = .none,
    budget: DecodingBudget
  ) {
    (self.isHashed, self.kept, self.codings, self.budget) = (isHashed, kept, codings, budget)
  }

  /// The next bytes, as sent.
  mutating func take(_ bytes: RawSpan) {
    if size == 0 { begin(bytes) }
    size += bytes.byteCount
    hash?.update(bytes)
    if let decoder { return decoder.decode(bytes) }
    if jpeg != nil { readSize(bytes) }
    let room = kept - first.count
    if room > 0, missing == 0 { first.append(span: bytes.part(from: 0, to: room)) }
  }

  private mutating func begin(_ bytes: RawSpan) {
    if isHashed, missing == 0 { hash = FileHash() }
    guard codings.canBeUndone else {
      // Where the size stands in a JPEG image is not known before.
      if isHashed, missing == 0, bytes.u8(at: 0) == 0xff { jpeg = JPEGSizeReader() }
      return
    }
    lacksBrotli = !BrotliStage.isAvailable && codings.outermostFirst.contains(.brotli)
    guard !lacksBrotli else { return }
    decoder = ContentDecoder(codings, budget: budget, keeping: kept)
    if missing > 0 { decoder?.stop() }
  }

  private mutating func readSize(_ bytes: RawSpan) {
    jpeg?.take(bytes)
    if let reader = jpeg, reader.isDone, reader.size == nil { jpeg = nil }
  }

  /// The next `count` bytes are not in the capture.
  mutating func skip(_ count: Int) {
    missing += count
    hash = nil
    decoder?.stop()
    jpeg?.skip(count)
  }

  // MARK: - Its first bytes

  /// The first bytes, decoded, up to as many as are kept; none from behind a gap.
  var firstBytes: [UInt8] { decoder?.firstBytes ?? first }

  /// Takes the first bytes, of which none are then left.
  mutating func takeFirstBytes() -> [UInt8] {
    if let decoder { return decoder.takeFirstBytes() }
    defer { first = [] }
    return first
  }

  /// Whether `firstBytes` are all bytes of the object, if no more come.
  var isKeptWhole: Bool {
    guard let decoder else { return missing == 0 && size <= kept }
    return missing == 0 && decoder.isEnded && decoder.count <= kept
  }

  /// Bytes that are kept of it where they are more than tell its type.
  var heldBytes: Int { kept > FileLimits.signature ? decoder?.firstBytes.count ?? first.count : 0 }

  // MARK: - Its coding

  /// Bytes after its codings were undone, as far as that went; `size` where nothing was undone.
  var decodedSize: Int { decoder?.count ?? size }

  /// What is wrong with its coding; nil: nothing, or bytes are missing.
  ///
  /// - Parameter isComplete: whether its end was seen, so that its coding must have ended too.
  func codingFault(isComplete: Bool) -> String? {
    if lacksBrotli { return budget.isFirstWithoutBrotli() ? "libbrotlidec is not installed" : nil }
    guard let decoder, missing == 0 else { return nil }
    return decoder.failure ?? (isComplete && !decoder.isEnded ? "the data ends early" : nil)
  }

  // MARK: - Its row

  /// Emits its row of `files`: the last call.
  ///
  /// - Parameters:
  ///   - flowID: the row of `flows` that carried it.
  ///   - frameID: the row of `frames` with its message's first byte.
  ///   - source: what carried it: `http`, `ftp`, ...
  ///   - name: nil: none.
  ///   - mediaType: as declared, in lower case and without parameters; nil: not declared.
  ///   - isComplete: whether its end was seen and it is all of the object. The row says so where no byte is missing, and
  ///     has the hash then.
  func emit(
    flowID: Int64, frameID: Int64, source: String, name: [UInt8]?, mediaType: [UInt8]?, isComplete: Bool,
    context: ApplicationContext
  ) {
    let isWhole = isComplete && missing == 0
    let (type, imageSize) = look(context)
    context.sink.emit(
      FileRecord(
        flowID: flowID, frameID: frameID, source: source, name: name, mediaType: mediaType, detectedType: type,
        size: size, sha256: isWhole && isHashed ? (hash ?? FileHash()).finish() : nil, isComplete: isWhole,
        imageSize: imageSize))
  }

  /// What its first bytes, decoded, show.
  private func look(_ context: ApplicationContext) -> (type: String?, imageSize: ImageSize?) {
    // Of what cannot be decoded they show nothing of the object.
    guard !lacksBrotli else { return (nil, nil) }
    let all = firstBytes
    let first = all.bytes.part(from: 0, to: FileLimits.signature)
    let type = context.mediaTypes.type(of: first, size: size, context: context)
    guard let type, type.utf8.starts(with: "image/".utf8) else { return (type, nil) }
    return (type, type == "image/jpeg" && jpeg != nil ? jpeg?.size : ImageSize(first, type: type))
  }
}

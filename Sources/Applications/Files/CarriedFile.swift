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
    if size == 0 { begin() }
    size += bytes.byteCount
    hash?.update(bytes)
    if let decoder { return decoder.decode(bytes) }
    let room = kept - first.count
    if room > 0, missing == 0 { first.append(span: bytes.part(from: 0, to: room)) }
  }

  private mutating func begin() {
    if isHashed, missing == 0 { hash = FileHash() }
    guard let coding = codings.outermost else { return }
    decoder = ContentDecoder(coding, budget: budget, keeping: kept)
    if missing > 0 { decoder?.stop() }
  }

  /// The next `count` bytes are not in the capture.
  mutating func skip(_ count: Int) {
    missing += count
    hash = nil
    decoder?.stop()
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

  /// The media type that its first bytes, decoded, show; nil where they show none.
  var detectedType: String? {
    let first = firstBytes
    return MediaSignature.type(of: first.bytes.part(from: 0, to: FileLimits.signature))
  }

  // MARK: - Its coding

  /// Bytes after its codings were undone, as far as that went; `size` where nothing was undone.
  var decodedSize: Int { decoder?.count ?? size }

  /// What is wrong with its coding; nil: nothing, or bytes are missing.
  ///
  /// - Parameter isComplete: whether its end was seen, so that its coding must have ended too.
  func codingFault(isComplete: Bool) -> String? {
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
    context.sink.emit(
      FileRecord(
        flowID: flowID, frameID: frameID, source: source, name: name, mediaType: mediaType, detectedType: detectedType,
        size: size, sha256: isWhole && isHashed ? (hash ?? FileHash()).finish() : nil, isComplete: isWhole))
  }
}

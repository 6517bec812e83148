import Bytes
import Crypto

/// What is learnt of a body while its bytes pass by.
struct HTTP1Body {
  /// Bytes seen, chunk framing removed.
  private(set) var length = 0
  /// Bytes that the capture lacks.
  private(set) var missing = 0
  /// The body of a form, up to `HTTP1Limits.form`.
  private(set) var form: [UInt8] = []
  /// Whether `form` is all of the body.
  private(set) var isFormWhole = true

  private let isFile: Bool
  private let isForm: Bool
  private let coding: HTTP1ContentDecoder.Coding?
  private let budget: DecodingBudget
  private var hash: FileHash?
  private var firstBytes: [UInt8] = []
  private var decoder: HTTP1ContentDecoder?

  /// A body before its first byte.
  ///
  /// - Parameters:
  ///   - isFile: its hash and type are wanted.
  ///   - isForm: its bytes are wanted.
  ///   - coding: how it is coded, where that can be undone.
  ///   - budget: how much is still undone in this capture.
  init(isFile: Bool, isForm: Bool, coding: HTTP1ContentDecoder.Coding?, budget: DecodingBudget) {
    (self.isFile, self.isForm, self.coding, self.budget) = (isFile, isForm, coding, budget)
  }

  /// The next bytes.
  mutating func take(_ bytes: RawSpan) {
    if length == 0 {
      if isFile { hash = FileHash() }
      if let coding { decoder = HTTP1ContentDecoder(coding, budget: budget) }
      if missing > 0 { decoder?.stop() }
    }
    length += bytes.byteCount
    if isFile {
      hash?.update(bytes)
      let room = HTTP1Limits.signature - firstBytes.count
      if room > 0, decoder == nil { firstBytes.append(span: bytes.part(from: 0, to: room)) }
    }
    decoder?.decode(bytes)
    if isForm, isFormWhole {
      let room = HTTP1Limits.form - form.count
      form.append(span: bytes.part(from: 0, to: room))
      isFormWhole = bytes.byteCount <= room
    }
  }

  /// The next `count` bytes are missing.
  mutating func skip(_ count: Int) {
    missing += count
    isFormWhole = false
    decoder?.stop()
  }

  /// Bytes after its coding was undone, as far as that went; `length` where nothing was undone.
  var decodedLength: Int { decoder?.count ?? length }

  /// What is wrong with the coding of a body that is `complete`; nil: nothing.
  func codingFault(isComplete: Bool) -> String? {
    guard let decoder, missing == 0 else { return nil }
    return decoder.failure ?? (isComplete && !decoder.isEnded ? "the data ends early" : nil)
  }

  /// The type that its first bytes, decoded, show; nil where they show none.
  var detectedType: String? {
    guard let decoder else { return MediaSignature.type(of: firstBytes.bytes) }
    return MediaSignature.type(of: decoder.firstBytes.bytes)
  }

  /// Bytes that it keeps.
  var heldBytes: Int { form.count + (hash?.heldBytes ?? 0) }

  /// The SHA-256 of its bytes as sent; nil without bytes, and where any is missing. The last call.
  mutating func finishHash() -> SHA256Digest? {
    guard missing == 0 else { return nil }
    return hash?.finish()
  }
}

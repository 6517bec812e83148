import Bytes
import Crypto

/// What is learnt of a body while its bytes pass by.
struct HTTP1Body {
  /// Bytes seen, chunk framing removed.
  private(set) var length = 0
  /// Bytes that the capture lacks.
  private(set) var missing = 0
  /// The body of a form without a coding, up to `HTTP1Limits.form`.
  private var form: [UInt8] = []
  /// Whether `form` is all of the body.
  private var isFormWhole = true

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
      if let coding {
        decoder = HTTP1ContentDecoder(
          coding, budget: budget, keeping: isForm ? HTTP1Limits.form : HTTP1Limits.signature)
      }
      if missing > 0 { decoder?.stop() }
    }
    length += bytes.byteCount
    if isFile {
      hash?.update(bytes)
      let room = HTTP1Limits.signature - firstBytes.count
      if room > 0, decoder == nil { firstBytes.append(span: bytes.part(from: 0, to: room)) }
    }
    decoder?.decode(bytes)
    if isForm, coding == nil, isFormWhole {
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

  /// Takes the body of a form, decoded, up to `HTTP1Limits.form`, and whether that is all of it. The next call returns
  /// nothing.
  mutating func takeForm() -> (bytes: [UInt8], isWhole: Bool) {
    guard let decoder, isForm else {
      defer { form = [] }
      return (form, isFormWhole)
    }
    let isWhole = missing == 0 && decoder.isEnded && decoder.count <= HTTP1Limits.form
    return (decoder.takeFirstBytes(), isWhole)
  }

  /// Bytes of a form that are kept.
  var heldBytes: Int { form.count + (isForm ? decoder?.firstBytes.count ?? 0 : 0) }

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
    let first = decoder.firstBytes
    return MediaSignature.type(of: first.bytes.part(from: 0, to: HTTP1Limits.signature))
  }

  /// The SHA-256 of its bytes as sent; nil without bytes, and where any is missing. The last call.
  func finishHash() -> SHA256Digest? {
    guard missing == 0 else { return nil }
    return hash?.finish()
  }
}

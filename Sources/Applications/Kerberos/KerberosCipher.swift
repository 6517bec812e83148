import Bytes

/// EncryptedData (RFC 4120, section 5.2.9): what a key that is made from a password has encrypted.
struct KerberosCipher: Equatable, Sendable {
  /// Bytes that it may have: an encrypted timestamp has some 60, the client's part of a reply some 300.
  static let sizeLimit = 4096

  /// The encryption type (RFC 3961 and its kin): 17 and 18 are AES, 23 is RC4, 1 to 3 DES.
  let encryptionType: Int64
  /// What was encrypted.
  let bytes: [UInt8]

  /// The one that `content` holds.
  init(_ content: RawSpan) throws(Fault) {
    var outer = BERReader(content)
    var data = try outer.enter(BERReader.sequence)
    var type = try data.enter(0xa0)
    encryptionType = try type.integer()
    _ = try data.optional(0xa1)
    var cipher = try data.enter(0xa2)
    let octets = try cipher.content(BERReader.octetString)
    guard octets.byteCount <= KerberosCipher.sizeLimit else {
      throw Fault("Kerberos", .limit, at: 0, "a cipher over \(KerberosCipher.sizeLimit) bytes")
    }
    bytes = octets.copied()
  }
}

import Bytes
import FoundationEssentials
import SwiftASN1
import Synchronization
import X509

/// What a certificate (RFC 5280) says of itself, as swift-certificates reads it.
struct CertificateFacts: Sendable {
  /// Certificates that are remembered: servers repeat theirs, and to parse one costs more than the rest of a handshake.
  static let cacheLimit = 4096

  /// Distinguished name (RFC 4514).
  let subject: String
  /// Distinguished name (RFC 4514).
  let issuer: String
  /// Nanoseconds since the epoch; the latest that 64 bits hold (2262) for anything later.
  let notBefore: Int64
  /// Nanoseconds since the epoch; the latest that 64 bits hold (2262) for anything later.
  let notAfter: Int64
  /// subjectAltName's dNSNames, comma separated; nil: none, or that extension could not be parsed.
  let dnsNames: String?

  private static let cache = Mutex<[String: CertificateFacts?]>([:])

  /// The facts of the certificate `der`, whose SHA-256 is `sha256`; nil where it cannot be parsed.
  static func of(_ der: [UInt8], sha256: String) -> CertificateFacts? {
    cache.withLock { known in
      if let facts = known[sha256] { return facts }
      if known.count >= cacheLimit { known.removeAll(keepingCapacity: true) }
      let facts = CertificateFacts(der)
      known[sha256] = .some(facts)
      return facts
    }
  }

  private init?(_ der: [UInt8]) {
    guard let certificate = try? Certificate(derEncoded: der) else { return nil }
    subject = CertificateFacts.text(certificate.subject)
    issuer = CertificateFacts.text(certificate.issuer)
    notBefore = CertificateFacts.nanoseconds(certificate.notValidBefore)
    notAfter = CertificateFacts.nanoseconds(certificate.notValidAfter)
    var names: [String] = []
    if let alternatives = try? certificate.extensions.subjectAlternativeNames {
      for case .dnsName(let name) in alternatives { names.append(WireText.text(Array(name.utf8))) }
    }
    dnsNames = names.isEmpty ? nil : names.joined(separator: ",")
  }

  private static func nanoseconds(_ date: Date) -> Int64 {
    let seconds = date.timeIntervalSince1970
    guard seconds.magnitude < 9_223_372_036 else { return seconds < 0 ? .min : .max }
    return Int64(seconds) * 1_000_000_000
  }

  /// The name in the form of RFC 4514: the last part first.
  private static func text(_ name: DistinguishedName) -> String {
    name.reversed().map { part in part.map { text($0) }.joined(separator: "+") }.joined(separator: ",")
  }

  /// One attribute. Strings in the older encodings are shown as the text they are; what is no text is shown as section
  /// 2.4 has it: `#` and the hexadecimal form of its encoding.
  private static func text(_ attribute: RelativeDistinguishedName.Attribute) -> String {
    if String(attribute.value) != nil { return WireText.text(Array(attribute.description.utf8)) }
    let any = ASN1Any(attribute.value)
    let value: String
    if let string = try? ASN1TeletexString(asn1Any: any) {
      value = latin(Array(string.bytes))
    } else if let string = try? ASN1BMPString(asn1Any: any) {
      value = String(decoding: pairs(Array(string.bytes)), as: UTF16.self)
    } else {
      var serializer = DER.Serializer()
      try? serializer.serialize(any)
      return "\(attribute.type)=#" + hexadecimal(serializer.serializedBytes)
    }
    let text = RelativeDistinguishedName.Attribute(type: attribute.type, utf8String: value)
    return WireText.text(Array(text.description.utf8))
  }

  private static func latin(_ bytes: [UInt8]) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(Unicode.Scalar(byte)) }
    return String(text)
  }

  private static func pairs(_ bytes: [UInt8]) -> [UInt16] {
    let span = bytes.bytes
    return stride(from: 0, to: bytes.count - 1, by: 2).compactMap { span.u16(at: $0) }
  }
}

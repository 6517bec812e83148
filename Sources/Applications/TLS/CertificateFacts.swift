import Bytes
import Crypto
import SwiftASN1
import Synchronization
import X509

// Certificate ::= SEQUENCE {                                  RFC 5280, section 4.1
//   tbsCertificate SEQUENCE {
//     version [0] EXPLICIT Version DEFAULT v1,
//     serialNumber CertificateSerialNumber,
//     signature AlgorithmIdentifier,
//     issuer Name,
//     validity SEQUENCE { notBefore Time, notAfter Time },
//     subject Name,
//     subjectPublicKeyInfo SubjectPublicKeyInfo,
//     issuerUniqueID [1] IMPLICIT UniqueIdentifier OPTIONAL,
//     subjectUniqueID [2] IMPLICIT UniqueIdentifier OPTIONAL,
//     extensions [3] EXPLICIT Extensions OPTIONAL },
//   signatureAlgorithm AlgorithmIdentifier,
//   signatureValue BIT STRING }

/// What a certificate says of itself. swift-asn1 walks through it and swift-certificates reads the names and extensions.
/// Its `Certificate` itself is no use here: it refuses keys and signatures that are too weak to trust, such as RSA with
/// 1024 bits, and old captures are full of them.
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

  private static let cache = Mutex<[SHA256Digest: CertificateFacts?]>([:])

  /// The facts of the certificate `der`, whose SHA-256 is `sha256`; nil where it cannot be parsed.
  static func of(_ der: RawSpan, sha256: SHA256Digest) -> CertificateFacts? {
    cache.withLock { known in
      if let facts = known[sha256] { return facts }
      if known.count >= cacheLimit { known.removeAll(keepingCapacity: true) }
      let facts = CertificateFacts(der.copied())
      known[sha256] = .some(facts)
      return facts
    }
  }

  /// The facts of the certificate `der`; nil where it cannot be parsed.
  private init?(_ der: [UInt8]) {
    do {
      self = try DER.sequence(DER.parse(der), identifier: .sequence) { parts in
        guard let body = parts.next(), parts.next() != nil, parts.next() != nil else { throw Incomplete() }
        return try DER.sequence(body, identifier: .sequence) { try CertificateFacts(&$0) }
      }
    } catch {
      return nil
    }
  }

  private struct Incomplete: Error {}

  /// The facts of a `tbsCertificate` with these fields.
  private init(_ fields: inout ASN1NodeCollection.Iterator) throws {
    try DER.optionalExplicitlyTagged(&fields, tagNumber: 0, tagClass: .contextSpecific) { _ in }
    guard fields.next() != nil, fields.next() != nil, let issuer = fields.next(), let validity = fields.next(),
      let subject = fields.next(), fields.next() != nil
    else { throw Incomplete() }
    self.issuer = CertificateFacts.text(try DistinguishedName(derEncoded: issuer))
    self.subject = CertificateFacts.text(try DistinguishedName(derEncoded: subject))
    (notBefore, notAfter) = try DER.sequence(validity, identifier: .sequence) { times in
      guard let first = times.next(), let last = times.next() else { throw Incomplete() }
      return (try CertificateFacts.time(first), try CertificateFacts.time(last))
    }
    var names: [String] = []
    while let field = fields.next() {
      guard field.identifier == ASN1Identifier(tagWithNumber: 3, tagClass: .contextSpecific) else { continue }
      names += (try? CertificateFacts.names(field)) ?? []
    }
    dnsNames = names.isEmpty ? nil : names.joined(separator: ",")
  }

  private static func names(_ field: ASN1Node) throws -> [String] {
    let extensions = try DER.explicitlyTagged(field, tagNumber: 3, tagClass: .contextSpecific) {
      try DER.sequence(of: Certificate.Extension.self, identifier: .sequence, rootNode: $0)
    }
    var names: [String] = []
    for entry in extensions where entry.oid == .X509ExtensionID.subjectAlternativeName {
      for case .dnsName(let name) in try SubjectAlternativeNames(entry) {
        names.append(WireText.text(Array(name.utf8)))
      }
    }
    return names
  }

  /// A UTCTime or GeneralizedTime in nanoseconds since the epoch.
  private static func time(_ node: ASN1Node) throws -> Int64 {
    if node.identifier == .utcTime {
      let time = try UTCTime(derEncoded: node)
      let day = days(year: time.year, month: time.month, day: time.day)
      return nanoseconds((day * 24 + time.hours) * 3600 + time.minutes * 60 + time.seconds)
    }
    let time = try GeneralizedTime(derEncoded: node)
    let day = days(year: time.year, month: time.month, day: time.day)
    return nanoseconds((day * 24 + time.hours) * 3600 + time.minutes * 60 + time.seconds)
  }

  private static func nanoseconds(_ seconds: Int) -> Int64 {
    let (product, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? (seconds < 0 ? .min : .max) : product
  }

  /// Days from 1970-01-01 to a date of the Gregorian calendar. Years are counted from March, so that the leap day is
  /// the last one.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let isEarly = month <= 2
    let year = isEarly ? year - 1 : year
    let fromMarch = (153 * (isEarly ? month + 9 : month - 3) + 2) / 5 + day - 1
    // 400 years have 146,097 days; 719,468 lie between 0000-03-01 and 1970-01-01.
    return year * 365 + floorDivide(year, 4) - floorDivide(year, 100) + floorDivide(year, 400) + fromMarch - 719_468
  }

  private static func floorDivide(_ value: Int, _ divisor: Int) -> Int {
    value >= 0 ? value / divisor : -((divisor - 1 - value) / divisor)
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

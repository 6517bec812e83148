import Bytes
import Crypto

/// Fingerprints of hellos: JA3 and JA3S (https://github.com/salesforce/ja3) and JA4
/// (https://github.com/FoxIO-LLC/ja4, technical_details/JA4.md). GREASE is left out everywhere.
public enum TLSFingerprint {
  /// What JA3 is the MD5 of: version, cipher suites, extensions, groups and point formats, in decimal.
  public static func ja3Text(_ hello: TLSClientHello) -> String {
    String(decoding: ja3Bytes(hello, offer: TLSOffer.of(hello.cipherSuites)), as: UTF8.self)
  }

  /// JA3, 32 hexadecimal digits; nil where the hello could not be read whole.
  public static func ja3(_ hello: TLSClientHello) -> String? {
    ja3(hello, offer: TLSOffer.of(hello.cipherSuites))
  }

  static func ja3(_ hello: TLSClientHello, offer: TLSOffer) -> String? {
    guard hello.isFingerprintable else { return nil }
    return hexadecimal(Insecure.MD5.hash(data: ja3Bytes(hello, offer: offer)))
  }

  private static func ja3Bytes(_ hello: TLSClientHello, offer: TLSOffer) -> [UInt8] {
    let comma = UInt8(ascii: ",")
    var text: [UInt8] = []
    text.reserveCapacity(512)
    text.append(decimal: hello.legacyVersion.rawValue)
    text.append(comma)
    text.append(contentsOf: offer.ja3)
    text.append(comma)
    text.append(decimals: hello.extensions)
    text.append(comma)
    text.append(decimals: hello.supportedGroups)
    text.append(comma)
    for (index, format) in hello.pointFormats.enumerated() {
      if index > 0 { text.append(UInt8(ascii: "-")) }
      text.append(decimal: UInt16(format))
    }
    return text
  }

  /// JA3S, 32 hexadecimal digits; nil where the hello could not be read whole.
  public static func ja3s(_ hello: TLSServerHello) -> String? {
    guard hello.isFingerprintable else { return nil }
    var text: [UInt8] = []
    text.append(decimal: hello.legacyVersion.rawValue)
    text.append(UInt8(ascii: ","))
    text.append(decimal: hello.cipherSuite)
    text.append(UInt8(ascii: ","))
    text.append(decimals: hello.extensions)
    return hexadecimal(Insecure.MD5.hash(data: text))
  }

  /// JA4, such as `t13d1516h2_8daaf6152771_e5627efa2ab1`; nil where the hello could not be read whole.
  public static func ja4(_ hello: TLSClientHello, transport: TLSTransport) -> String? {
    ja4(hello, transport: transport, offer: TLSOffer.of(hello.cipherSuites))
  }

  static func ja4(_ hello: TLSClientHello, transport: TLSTransport, offer: TLSOffer) -> String? {
    guard hello.isFingerprintable else { return nil }
    let extensions = hello.extensions.filter { !TLSCipherSuite.isGREASE($0) }
    var text = transport.ja4 + hello.version.ja4 + (extensions.contains(0) ? "d" : "i")
    text += twoDigits(offer.count) + twoDigits(extensions.count) + ja4Protocol(hello.alpn?.first ?? [])
    text += "_" + offer.ja4 + "_"
    let sorted = extensions.filter { $0 != 0 && $0 != 16 }.sorted()
    guard !sorted.isEmpty else { return text + TLSOffer.nothing }
    var list: [UInt8] = []
    list.append(codes: sorted)
    let algorithms = hello.signatureAlgorithms.filter { !TLSCipherSuite.isGREASE($0) }
    if !algorithms.isEmpty {
      list.append(UInt8(ascii: "_"))
      list.append(codes: algorithms)
    }
    return text + hexadecimal(SHA256.hash(data: list).prefix(6))
  }

  private static func twoDigits(_ count: Int) -> String {
    let shown = min(count, 99)
    return shown < 10 ? "0\(shown)" : "\(shown)"
  }

  /// The first and last character of a protocol name, or of its hexadecimal form where one of them is neither a letter
  /// nor a digit.
  private static func ja4Protocol(_ name: [UInt8]) -> String {
    guard let first = name.first, let last = name.last else { return "00" }
    var text = String.UnicodeScalarView()
    if isAlphanumeric(first), isAlphanumeric(last) {
      text.append(Unicode.Scalar(first))
      text.append(Unicode.Scalar(last))
    } else {
      text.append(Unicode.Scalar(hexDigit(first >> 4)))
      text.append(Unicode.Scalar(hexDigit(last)))
    }
    return String(text)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }
}

extension [UInt8] {
  /// Appends `value` in decimal.
  mutating func append(decimal value: UInt16) {
    var divisor: UInt16 = 10000
    while divisor > 1, value < divisor { divisor /= 10 }
    while divisor > 0 {
      append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value / divisor % 10))
      divisor /= 10
    }
  }

  /// Appends the values in decimal with dashes between them, GREASE left out.
  mutating func append(decimals values: some Sequence<UInt16>) {
    var isFirst = true
    for value in values where !TLSCipherSuite.isGREASE(value) {
      if !isFirst { append(UInt8(ascii: "-")) }
      isFirst = false
      append(decimal: value)
    }
  }

  /// Appends the values as four hexadecimal digits each with commas between them.
  mutating func append(codes values: [UInt16]) {
    for (index, value) in values.enumerated() {
      if index > 0 { append(UInt8(ascii: ",")) }
      for shift in [12, 8, 4, 0] as [UInt16] {
        append(hexDigit(UInt8(truncatingIfNeeded: value >> shift)))
      }
    }
  }
}

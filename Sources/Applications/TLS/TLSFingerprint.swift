import Bytes
import Crypto

/// Fingerprints of hellos: JA3 and JA3S (https://github.com/salesforce/ja3) and JA4
/// (https://github.com/FoxIO-LLC/ja4, technical_details/JA4.md). GREASE is left out everywhere.
public enum TLSFingerprint {
  /// What JA3 is the MD5 of: version, cipher suites, extensions, groups and point formats, in decimal.
  public static func ja3Text(_ hello: TLSClientHello) -> String {
    String(decoding: ja3Bytes(hello, offer: TLSOffer.of(hello.suiteBytes)), as: UTF8.self)
  }

  /// JA3, 32 hexadecimal digits; nil where the hello could not be read whole.
  public static func ja3(_ hello: TLSClientHello) -> String? {
    ja3(hello, offer: TLSOffer.of(hello.suiteBytes)).map { hexadecimal($0) }
  }

  static func ja3(_ hello: TLSClientHello, offer: TLSOffer) -> Insecure.MD5Digest? {
    guard hello.isFingerprintable else { return nil }
    return Insecure.MD5.hash(ja3Bytes(hello, offer: offer).bytes)
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
    text.append(decimals: hello.groupBytes)
    text.append(comma)
    let formats = hello.formatBytes
    for index in 0..<formats.byteCount {
      if index > 0 { text.append(UInt8(ascii: "-")) }
      text.append(decimal: UInt16(formats.u8(at: index) ?? 0))
    }
    return text
  }

  /// JA3S, 32 hexadecimal digits; nil where the hello could not be read whole.
  public static func ja3s(_ hello: TLSServerHello) -> String? {
    ja3sDigest(hello).map { hexadecimal($0) }
  }

  static func ja3sDigest(_ hello: TLSServerHello) -> Insecure.MD5Digest? {
    guard hello.isFingerprintable else { return nil }
    var text: [UInt8] = []
    text.reserveCapacity(64)
    text.append(decimal: hello.legacyVersion.rawValue)
    text.append(UInt8(ascii: ","))
    text.append(decimal: hello.cipherSuite)
    text.append(UInt8(ascii: ","))
    text.append(decimals: hello.extensions)
    return Insecure.MD5.hash(text.bytes)
  }

  /// JA4, such as `t13d1516h2_8daaf6152771_e5627efa2ab1`; nil where the hello could not be read whole.
  public static func ja4(_ hello: TLSClientHello, transport: TLSTransport) -> String? {
    ja4(hello, transport: transport, offer: TLSOffer.of(hello.suiteBytes)).map { String(decoding: $0, as: UTF8.self) }
  }

  static func ja4(_ hello: TLSClientHello, transport: TLSTransport, offer: TLSOffer) -> [UInt8]? {
    guard hello.isFingerprintable else { return nil }
    var count = 0
    var sorted: [UInt16] = []
    sorted.reserveCapacity(hello.extensions.count)
    for type in hello.extensions where !TLSCipherSuite.isGREASE(type) {
      count += 1
      if type != 0, type != 16 { sorted.append(type) }
    }
    sorted.sort()
    var text: [UInt8] = []
    text.reserveCapacity(36)
    text.append(transport.ja4)
    text.append(hello.version.ja4)
    text.append(hello.extensions.contains(0) ? UInt8(ascii: "d") : UInt8(ascii: "i"))
    text.append(twoDigits: offer.count)
    text.append(twoDigits: count)
    text.append(ja4Protocol: hello.alpnBytes)
    text.append(UInt8(ascii: "_"))
    text.append(contentsOf: offer.ja4)
    text.append(UInt8(ascii: "_"))
    guard !sorted.isEmpty else { return text + TLSOffer.nothing }
    text.append(hexadecimal: SHA256.hash(ja4List(sorted, hello.algorithmBytes).bytes), count: 6)
    return text
  }

  /// The extensions in order, and the signature algorithms as sent.
  private static func ja4List(_ extensions: [UInt16], _ algorithms: RawSpan) -> [UInt8] {
    var list: [UInt8] = []
    list.reserveCapacity(5 * (extensions.count + algorithms.byteCount / 2))
    for (index, type) in extensions.enumerated() {
      if index > 0 { list.append(UInt8(ascii: ",")) }
      list.append(code: type)
    }
    var separator = UInt8(ascii: "_")
    var index = 0
    while let algorithm = algorithms.u16(at: index) {
      index += 2
      if TLSCipherSuite.isGREASE(algorithm) { continue }
      list.append(separator)
      list.append(code: algorithm)
      separator = UInt8(ascii: ",")
    }
    return list
  }
}

extension [UInt8] {
  /// Appends `value` in decimal.
  mutating func append(decimal value: UInt16) {
    if value >= 10 { append(decimal: value / 10) }
    append(UInt8(truncatingIfNeeded: 48 &+ value % 10))
  }

  /// Appends the values in decimal with dashes between them, GREASE left out.
  mutating func append(decimals values: [UInt16]) {
    var isFirst = true
    for value in values { append(decimal: value, &isFirst) }
  }

  /// Appends the values, two bytes each, in decimal with dashes between them, GREASE left out.
  mutating func append(decimals values: RawSpan) {
    var isFirst = true
    var index = 0
    while let value = values.u16(at: index) {
      append(decimal: value, &isFirst)
      index += 2
    }
  }

  private mutating func append(decimal value: UInt16, _ isFirst: inout Bool) {
    guard !TLSCipherSuite.isGREASE(value) else { return }
    if !isFirst { append(UInt8(ascii: "-")) }
    isFirst = false
    append(decimal: value)
  }

  /// Appends `value` as four hexadecimal digits.
  mutating func append(code value: UInt16) {
    append(hexDigit(UInt8(truncatingIfNeeded: value >> 12)))
    append(hexDigit(UInt8(truncatingIfNeeded: value >> 8)))
    append(hexDigit(UInt8(truncatingIfNeeded: value >> 4)))
    append(hexDigit(UInt8(truncatingIfNeeded: value)))
  }

  fileprivate mutating func append(_ text: StaticString) {
    text.withUTF8Buffer { unsafe append(contentsOf: $0) }
  }

  /// Appends `count`, 99 at the most.
  fileprivate mutating func append(twoDigits count: Int) {
    let shown = UInt16(clamping: Swift.min(count, 99))
    if shown < 10 { append(UInt8(ascii: "0")) }
    append(decimal: shown)
  }

  /// Appends the first and last character of the first name in `list`, or of its hexadecimal form where one of them is
  /// neither a letter nor a digit; `00` where there is none.
  fileprivate mutating func append(ja4Protocol list: RawSpan) {
    guard let size = list.u8(at: 0), let first = list.u8(at: 1), let last = list.u8(at: Int(size)), size > 0 else {
      return append("00")
    }
    if [UInt8].isAlphanumeric(first), [UInt8].isAlphanumeric(last) {
      append(first)
      append(last)
    } else {
      append(hexDigit(first >> 4))
      append(hexDigit(last))
    }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
  }
}

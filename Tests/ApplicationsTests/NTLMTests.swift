import Bytes
import Testing

@testable import Applications

@Suite("NTLM's third message")
struct NTLMTests {
  /// A message with these parts, the texts in UTF-16 where `isUnicode` says so.
  static func message(
    domain: String = "CORP", user: String = "frieda", lm: [UInt8] = [], nt: [UInt8], isUnicode: Bool = true
  ) -> [UInt8] {
    func text(_ text: String) -> [UInt8] {
      isUnicode ? text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] } : Array(text.utf8)
    }
    let parts = [lm, nt, text(domain), text(user), text("HOST"), []]
    var header = Array("NTLMSSP\0\u{3}\0\0\0".utf8)
    var payload: [UInt8] = []
    for part in parts {
      let (length, offset) = (UInt16(part.count), UInt32(64 + payload.count))
      for _ in 0..<2 { header += [UInt8(truncatingIfNeeded: length), UInt8(length >> 8)] }
      header += [UInt8(truncatingIfNeeded: offset), UInt8(truncatingIfNeeded: offset >> 8), 0, 0]
      payload += part
    }
    return header + [isUnicode ? 1 : 2, 0, 0, 0] + payload
  }

  @Test("the NT response's length tells the version")
  func versions() throws {
    let version2 = try #require(
      NTLMAuthenticate(foundIn: NTLMTests.message(lm: [1], nt: .init(repeating: 0xcd, count: 60))))
    #expect(version2.isVersion2)
    #expect([version2.domain, version2.username] == ["CORP", "frieda"])
    #expect(version2.attempt.secret == String(repeating: "cd", count: 60))
    let version1 = try #require(
      NTLMAuthenticate(
        foundIn: NTLMTests.message(domain: "", user: "zoë", nt: .init(repeating: 1, count: 24))))
    #expect(!version1.isVersion2)
    #expect([version1.domain, version1.username, version1.attempt.mechanism] == [nil, "zoë", "NTLMv1"])
    let lm = try #require(
      NTLMAuthenticate(foundIn: NTLMTests.message(lm: .init(repeating: 9, count: 24), nt: [], isUnicode: false)))
    #expect(lm.response == .init(repeating: 9, count: 24))
    #expect([lm.domain, lm.username] == ["CORP", "frieda"])
  }

  @Test("is found where another protocol wraps it")
  func wrapped() {
    let message = NTLMTests.message(nt: .init(repeating: 1, count: 24))
    #expect(NTLMAuthenticate(foundIn: [0xa1, 0x4e, 0x4e, 0x54] + message)?.username == "frieda")
  }

  @Test("anonymous clients, other types, wrong lengths and every cut yield nothing and trap nowhere")
  func hostile() {
    #expect(NTLMAuthenticate(foundIn: NTLMTests.message(user: "", nt: .init(repeating: 1, count: 24))) == nil)
    #expect(NTLMAuthenticate(foundIn: NTLMTests.message(nt: [1, 2])) == nil)
    let message = NTLMTests.message(nt: .init(repeating: 1, count: 24))
    var other = message
    other[8] = 2
    #expect(NTLMAuthenticate(foundIn: other) == nil)
    for count in 0..<message.count - 8 { #expect(NTLMAuthenticate(foundIn: Array(message.prefix(count))) == nil) }
    for place in 12..<64 {
      for value: UInt8 in [0x7f, 0xff] {
        var changed = message
        changed[place] = value
        _ = NTLMAuthenticate(foundIn: changed)
      }
    }
  }
}

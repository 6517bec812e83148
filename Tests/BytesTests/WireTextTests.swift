import Bytes
import Testing

@Suite("Text from the wire")
struct WireTextTests {
  @Test("is kept as it is where it is valid UTF-8")
  func valid() {
    for text in ["", "plain", "tab\t and line\n", "Grüße", "日本語", "😀", "\u{feff}bom", "\u{7f}"] {
      #expect(WireText.text(Array(text.utf8)) == text)
    }
  }

  @Test("keeps every other byte recoverably")
  func invalid() {
    #expect(WireText.text([0x61, 0xff, 0x62]) == "a\u{efff}b")
    #expect(WireText.text([0x61, 0]) == "a\u{ef00}")
    #expect(WireText.text([0xc3]) == "\u{efc3}")
    #expect(WireText.text([0xed, 0xa0, 0x80]) == "\u{efed}\u{efa0}\u{ef80}")
    #expect(WireText.text([0xc0, 0xaf]) == "\u{efc0}\u{efaf}")
    #expect(WireText.text([0xee, 0xbc, 0x80]) == "\u{efee}\u{efbc}\u{ef80}")
  }

  @Test("gives any bytes back exactly")
  func reversible() {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<2000 {
      let count = Int.random(in: 0...24, using: &generator)
      let bytes = (0..<count).map { _ in
        Bool.random(using: &generator)
          ? UInt8.random(in: 0...255, using: &generator)
          : [0xee, 0xef, 0xbc, 0xbf, 0x80, 0xf0][Int.random(in: 0..<6, using: &generator)]
      }
      #expect(WireText.bytes(WireText.text(bytes)) == bytes)
    }
  }
}

/// SplitMix64: the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

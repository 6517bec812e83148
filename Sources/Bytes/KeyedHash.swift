/// A hash of integers for tables whose keys senders choose. It begins with a secret that is new in every run, so that
/// nobody can choose keys that collide. Each step multiplies 64 by 64 bits and folds the product, as wyhash does
/// (https://github.com/wangyi-fudan/wyhash).
public struct KeyedHash: Sendable, BitwiseCopyable {
  @usableFromInline let secret: UInt64
  /// The hash of what was combined so far.
  public private(set) var value: UInt64

  /// A hash with a secret of its own. Its copies hash alike.
  public init() {
    secret = .random(in: .min ... .max)
    value = .random(in: .min ... .max)
  }

  /// Takes in sixteen bytes.
  public mutating func combine(_ first: UInt64, _ second: UInt64) {
    let product = (first ^ secret).multipliedFullWidth(by: second ^ value)
    value = product.high ^ product.low
  }

  /// Takes in a name, capital ASCII letters as small ones.
  public mutating func combine(lowercased name: RawSpan) {
    var index = 0
    while index < name.byteCount {
      combine(ASCII.lowercased(name.word(at: index)), ASCII.lowercased(name.word(at: index &+ 8)))
      index &+= 16
    }
    combine(UInt64(truncatingIfNeeded: name.byteCount), 0)
  }
}

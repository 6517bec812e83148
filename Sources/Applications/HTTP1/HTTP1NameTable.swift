import Bytes

/// A list of names in which one is looked up whatever its case, without an allocation.
///
/// In a name of the list, one `*` stands for any text, also none, and one `#` at the end for 32 hexadecimal digits.
struct HTTP1NameTable: Sendable {
  private static let buckets = 32

  /// By bucket; those that begin with `*` come last, in a bucket of their own.
  private let names: [StaticString]
  private let starts: [Int]

  /// A table of `names`.
  init(_ names: [StaticString]) {
    var sorted: [StaticString] = []
    var starts = [0]
    for bucket in 0...HTTP1NameTable.buckets {
      sorted += names.filter { HTTP1NameTable.bucket(of: $0) == bucket }
      starts.append(sorted.count)
    }
    (self.names, self.starts) = (sorted, starts)
  }

  /// All names, as the list spells them.
  var all: [StaticString] { names }

  /// The name of the list that the bytes in `range` fit; nil: none.
  func name(_ bytes: RawSpan, _ range: Range<Int>) -> StaticString? {
    guard !range.isEmpty, let first = bytes.u8(at: range.lowerBound) else { return nil }
    let bucket = Int(first & 0x1f)
    for index in starts[bucket]..<starts[bucket + 1] where HTTP1NameTable.fits(bytes, range, names[index]) {
      return names[index]
    }
    for index in starts[HTTP1NameTable.buckets]..<names.count where HTTP1NameTable.fits(bytes, range, names[index]) {
      return names[index]
    }
    return nil
  }

  private static func bucket(of name: StaticString) -> Int {
    name.withUTF8Buffer { text in
      guard let first = unsafe text.first, first != UInt8(ascii: "*") else { return buckets }
      return Int(first & 0x1f)
    }
  }

  private static func fits(_ bytes: RawSpan, _ range: Range<Int>, _ name: StaticString) -> Bool {
    // A static string's bytes outlive everything.
    let text = unsafe RawSpan(_unsafeStart: name.utf8Start, byteCount: name.utf8CodeUnitCount)
    var (index, place) = (0, range.lowerBound)
    while let wanted = text.u8(at: index) {
      switch wanted {
      case UInt8(ascii: "*"):
        let rest = text.byteCount &- index &- 1
        guard range.upperBound &- place >= rest else { return false }
        place = range.upperBound &- rest
      case UInt8(ascii: "#"):
        guard range.upperBound &- place == 32 else { return false }
        while place < range.upperBound {
          guard HTTP1Bytes.digit(bytes.u8(at: place)) != nil else { return false }
          place &+= 1
        }
      default:
        guard place < range.upperBound, let byte = bytes.u8(at: place),
          HTTP1Bytes.lower(byte) == HTTP1Bytes.lower(wanted)
        else { return false }
        place &+= 1
      }
      index &+= 1
    }
    return place == range.upperBound
  }
}

import Bytes
import Records

/// The CNAME records of one message and who owns its addresses: the names that lead from the question to an address are
/// names of that address (RFC 1034, section 3.6.2).
struct DNSAliases: Sendable {
  /// Aliases that are followed; resolvers follow about as many.
  static let depthLimit = 16
  /// Records kept of one message, which bounds the work on a hostile one.
  static let recordLimit = 256

  private var aliases: [(name: Range<Int>, target: Range<Int>)] = []
  private var owners: [(addressID: Int64, name: Range<Int>)] = []
  private var question = 0..<0
  /// The names, one behind the other.
  private var bytes: [UInt8] = []

  /// Whether there is an alias and an address.
  var isUsed: Bool { !aliases.isEmpty && !owners.isEmpty }

  /// Takes note of a CNAME record.
  mutating func add(alias: RawSpan, target: RawSpan) {
    guard aliases.count < DNSAliases.recordLimit else { return }
    aliases.append((keep(alias), keep(target)))
  }

  /// Takes note of a record that holds an address.
  mutating func add(address: Int64, owner: RawSpan) {
    guard owners.count < DNSAliases.recordLimit else { return }
    owners.append((address, keep(owner)))
  }

  /// Takes note of the question's name.
  mutating func add(question name: RawSpan) {
    question = keep(name)
  }

  private mutating func keep(_ name: RawSpan) -> Range<Int> {
    let start = bytes.count
    bytes.append(span: name)
    return start..<bytes.count
  }

  /// Forgets the message; the memory stays for the next one.
  mutating func removeAll() {
    aliases.removeAll(keepingCapacity: true)
    owners.removeAll(keepingCapacity: true)
    bytes.removeAll(keepingCapacity: true)
  }

  /// Emits the names on the way from the question's name to the addresses at the end of the chain.
  func emit(frame: Int64, to sink: RecordSink) {
    var end = question
    var chain = [end]
    while chain.count <= DNSAliases.depthLimit, let next = aliases.first(where: { isSame($0.name, end) }) {
      end = next.target
      chain.append(end)
    }
    for owner in owners where isSame(owner.name, end) {
      for alias in chain where !isSame(alias, end) {
        sink.name(
          bytes.bytes.part(from: alias.lowerBound, to: alias.upperBound), of: owner.addressID, source: .dns,
          frame: frame)
      }
    }
  }

  /// Names are compared without regard to case (RFC 4343).
  private func isSame(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
    guard left.count == right.count else { return false }
    let left = bytes.bytes.part(from: left.lowerBound, to: left.upperBound)
    let right = bytes.bytes.part(from: right.lowerBound, to: right.upperBound)
    for index in stride(from: 0, to: left.byteCount, by: 8)
    where ASCII.lowercased(left.word(at: index)) != ASCII.lowercased(right.word(at: index)) {
      return false
    }
    return true
  }
}

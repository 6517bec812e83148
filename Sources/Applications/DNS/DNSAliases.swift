import Bytes
import Records

/// The CNAME records of one message and who owns its addresses: the names that lead from the question to an address are
/// names of that address (RFC 1034, section 3.6.2).
struct DNSAliases {
  /// Aliases that are followed; resolvers follow about as many.
  static let depthLimit = 16
  /// Records kept of one message, which bounds the work on a hostile one.
  static let recordLimit = 256

  private var aliases: [(name: [UInt8], target: [UInt8])] = []
  private var owners: [(addressID: Int64, name: [UInt8])] = []

  /// Whether there is an alias and an address.
  var isUsed: Bool { !aliases.isEmpty && !owners.isEmpty }

  /// Takes note of a CNAME record.
  mutating func add(alias: RawSpan, target: RawSpan) {
    guard aliases.count < DNSAliases.recordLimit else { return }
    aliases.append((DNSAliases.lowercased(alias), DNSAliases.lowercased(target)))
  }

  /// Takes note of a record that holds an address.
  mutating func add(address: Int64, owner: RawSpan) {
    guard owners.count < DNSAliases.recordLimit else { return }
    owners.append((address, DNSAliases.lowercased(owner)))
  }

  /// Emits the names on the way from the question's `name` to the addresses at the end of the chain.
  func emit(from name: RawSpan, frame: Int64, to sink: RecordSink) {
    var chain = [DNSAliases.lowercased(name)]
    while chain.count <= DNSAliases.depthLimit, let last = chain.last,
      let next = aliases.first(where: { $0.name == last })
    {
      chain.append(next.target)
    }
    guard let end = chain.last else { return }
    for owner in owners where owner.name == end {
      for alias in chain where alias != end {
        sink.name(alias.bytes, of: owner.addressID, source: .dns, frame: frame)
      }
    }
  }

  private static func lowercased(_ name: RawSpan) -> [UInt8] {
    var bytes = name.copied()
    for index in bytes.indices where (0x41...0x5a).contains(bytes[index]) { bytes[index] |= 0x20 }
    return bytes
  }
}

public import Bytes
public import Store

/// A file that says who owns which addresses.
public enum OwnerFile {
  /// An MMDB file.
  case mmdb(MMDBFile)
  /// A table of ranges.
  case table(ASNTable)

  /// Opens a file, known by its content.
  public init(path: String) throws(EnrichmentError) {
    self = try MMDBFile.isOne(path) ? .mmdb(MMDBFile(path: path)) : .table(ASNTable(path: path))
  }

  /// What it is and where it comes from.
  public var list: OwnerList {
    switch self {
    case .mmdb(let file): file.list
    case .table(let table): table.list
    }
  }

  /// Who owns an address; nil where the file does not know it.
  public func owner(of address: IPAddress) throws(EnrichmentError) -> AddressOwner? {
    switch self {
    case .mmdb(let file): try file.owner(of: address)
    case .table(let table): table.owner(of: address)
    }
  }

  /// Characters kept of the name of an owner.
  static let nameLimit = 200

  /// A country's two letters, upper case; nil for anything else.
  static func country(_ text: String) -> String? {
    let letters = text.uppercased()
    guard letters.utf8.count == 2, letters.utf8.allSatisfy({ (0x41...0x5a).contains($0) }) else { return nil }
    return letters
  }

  /// The number of an autonomous system, `15169` or `AS15169`; nil for 0 and for anything else.
  static func asn(_ text: String) -> Int64? {
    let digits = text.uppercased().hasPrefix("AS") ? text.dropFirst(2) : text[...]
    guard let number = UInt32(digits), number > 0 else { return nil }
    return Int64(number)
  }
}

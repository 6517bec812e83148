/// The canned queries by name: those that the program carries, and a user's own.
public struct QueryCatalog: Sendable {
  /// Largest file that is read as a query; more is not one that a person wrote.
  static let sizeLimit = 1 << 20

  /// A user's own queries by name.
  private var own: [String: CannedQuery] = [:]

  /// The queries that the program carries. Their texts are read when they are asked for.
  public init() {}

  /// The names of all queries in their order.
  public var names: [String] {
    Set(QueryCatalog.embedded.map(\.name)).union(own.keys).sorted()
  }

  /// All queries in the order of their names.
  public var queries: [CannedQuery] { names.compactMap(find) }

  /// Adds the files `NAME.sql` of a user's folder; one with the name of a built-in query takes its place.
  public mutating func add(directory: String) throws(StoreError) {
    for query in try queries(in: directory) { own[query.name] = query }
  }

  private func find(_ name: String) -> CannedQuery? {
    if let query = own[name] { return query }
    return QueryCatalog.embedded.first { $0.name == name }.map { entry in
      CannedQuery(name: entry.name, text: String(decoding: entry.text, as: UTF8.self))
    }
  }

  /// The queries of a folder: its files `NAME.sql`, hidden ones left out.
  public func queries(in directory: String) throws(StoreError) -> [CannedQuery] {
    var found: [CannedQuery] = []
    for file in try DatabaseFile.names(in: directory) where file.hasSuffix(".sql") && !file.hasPrefix(".") {
      let path = "\(directory)/\(file)"
      let bytes = try DatabaseFile.contents(of: path, limit: QueryCatalog.sizeLimit)
      guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
        throw StoreError(path, .usage, "is no text in UTF-8")
      }
      found.append(CannedQuery(name: String(file.dropLast(4)), text: text))
    }
    return found
  }

  /// The query of this name; an unknown one is an error that names those like it, or all.
  public func query(named name: String) throws(StoreError) -> CannedQuery {
    if let query = find(name) { return query }
    let near = names.filter { QueryCatalog.distance($0, name) <= 3 || $0.hasPrefix(name) || $0.hasSuffix(name) }
    let advice =
      near.isEmpty ? "'pcapindex query' lists them" : "did you mean \(near.joined(separator: ", "))?"
    throw StoreError(name, .usage, "no such query; \(advice)")
  }

  /// Insertions, deletions and replacements of bytes that turn one name into the other (Levenshtein).
  static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left.utf8.prefix(64)), Array(right.utf8.prefix(64)))
    var row = Array(0...right.count)
    for (index, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (column, other) in right.enumerated() {
        let replaced = diagonal + (byte == other ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
      }
    }
    return row[right.count]
  }
}

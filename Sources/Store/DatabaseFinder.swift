import Glibc

/// Finds the database that a command means when it names none.
public enum DatabaseFinder {
  /// The environment variable that names a database.
  public static let variable = "PCAPINDEX_DATABASE"

  /// Most file names that an error message lists.
  private static let listed = 5

  /// `$PCAPINDEX_DATABASE`, else the only pcapindex database in the current folder. None or several is an error that
  /// says what was seen.
  public static func find() throws(StoreError) -> String {
    // C call; the variable's text is copied at once.
    let named = unsafe getenv(variable).map { unsafe String(cString: $0) }
    return try find(named: named, in: ".")
  }

  /// `named` unless it is nil or empty, else the only pcapindex database in `folder`.
  static func find(named: String?, in folder: String) throws(StoreError) -> String {
    if let named, !named.isEmpty { return named }
    var found: [String] = []
    var others: [String] = []
    for name in try DatabaseFile.names(in: folder) where !name.hasPrefix(".") {
      // A file that can't be read is none that could be queried.
      let path = "\(folder)/\(name)"
      guard (try? DatabaseFile.presence(of: path)) == .file,
        case .database(let owner) = try? DatabaseFile.kind(of: path)
      else { continue }
      if owner == Schema.applicationID { found.append(name) } else { others.append(name) }
    }
    if found.count == 1, let only = found.first { return folder == "." ? only : "\(folder)/\(only)" }
    let place = folder == "." ? "this folder" : folder
    if found.isEmpty {
      let seen =
        others.isEmpty
        ? "no SQLite database at all" : "only databases of other programs: \(list(others))"
      throw StoreError(place, .missing, "holds no pcapindex database (\(seen)); name one, or set \(variable)")
    }
    throw StoreError(
      place, .usage, "holds \(found.count) pcapindex databases (\(list(found))); name one, or set \(variable)")
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(listed).joined(separator: ", ") + (names.count > listed ? ", ..." : "")
  }
}

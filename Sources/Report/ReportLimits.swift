/// Bounds that keep the page small however large the database is.
public enum ReportLimits {
  /// Rows of a table unless `--rows` says otherwise.
  public static let rows = 25
  /// Most rows that `--rows` may ask for.
  public static let mostRows = 1_000
  /// Captures that are described, and those whose traffic is drawn.
  static let captures = 20
  static let plots = 6
  /// Rows of the table of protocols.
  static let protocols = 60
  /// Characters of a value that are shown.
  static let cellCharacters = 300
  /// Characters of a query's SQL that are shown.
  static let sqlCharacters = 40_000
}

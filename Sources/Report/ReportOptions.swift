/// What a report is to hold.
public struct ReportOptions: Sendable {
  /// The page's heading; nil: one made of the captures' names.
  public var title: String?
  /// What the command lines in the page call the database.
  public var databaseName: String
  /// Folders of the user's own queries, as the command lines name them.
  public var queryFolders: [String] = []
  /// Only this capture (`captures.id`); nil: all.
  public var capture: Int64?
  /// Whether secrets are shown.
  public var showsSecrets = false
  /// Rows of a table.
  public var rows = ReportLimits.rows
  /// Of the program that makes it.
  public var version: String

  /// Options with the defaults above.
  public init(databaseName: String, version: String) {
    self.databaseName = databaseName
    self.version = version
  }
}

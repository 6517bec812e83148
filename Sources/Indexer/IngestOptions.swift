public import Store

/// What `ingest` is asked to do.
public struct IngestOptions: Sendable {
  /// Captures to read, in this order, and folders of captures; `-` is standard input.
  public var captures: [String]
  /// The database to make or to add to.
  public var database: String
  /// A libpcap filter that frames have to pass; nil: all frames.
  public var filter: String?
  /// Which captures are taken as the files of one ring.
  public var ring = RingMode.automatic
  /// What the analyst allows, stored with the captures; nil: nothing.
  public var allowList: AllowList?
  /// Version of the program, for `captures.version`.
  public var version: String

  /// Options for reading `captures` into `database`.
  public init(
    captures: [String], database: String, filter: String? = nil, allowList: AllowList? = nil, version: String
  ) {
    self.captures = captures
    self.database = database
    // An expression without anything in it passes every frame.
    self.filter = filter.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
    self.allowList = allowList
    self.version = version
  }
}

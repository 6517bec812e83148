/// A table of `schema.sql` that records go into: its name and its columns in the schema's order, the `id` apart.
public struct Table: Sendable, Equatable {
  /// As in `schema.sql`.
  public let name: String
  /// All columns but the leading `id INTEGER PRIMARY KEY`, in the schema's order.
  public let columns: [String]

  /// The table `name` with `columns` behind its `id`.
  public init(_ name: String, _ columns: [String]) {
    self.name = name
    self.columns = columns
  }
}

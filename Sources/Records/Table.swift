/// A table of `schema.sql` that records go into: its name and its columns in the schema's order, the `id` apart.
public struct Table: Sendable, Equatable {
  /// As in `schema.sql`.
  public let name: String
  /// All columns but the leading `id INTEGER PRIMARY KEY`, in the schema's order.
  public let columns: [String]
  /// Whether rows are emitted in the order of their ids; otherwise ids are given out before their rows are known.
  public let isInOrder: Bool

  /// The table `name` with `columns` behind its `id`.
  public init(_ name: String, _ columns: [String], isInOrder: Bool = true) {
    self.name = name
    self.columns = columns
    self.isInOrder = isInOrder
  }
}

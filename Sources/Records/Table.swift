import Synchronization

/// A table of `schema.sql` that records go into: its name and its columns in the schema's order, the `id` apart.
public struct Table: Sendable, Equatable {
  /// As in `schema.sql`.
  public let name: String
  /// All columns but the leading `id INTEGER PRIMARY KEY`, in the schema's order.
  public let columns: [String]
  /// Whether rows are emitted in the order of their ids; otherwise ids are given out before their rows are known.
  public let isInOrder: Bool
  /// Small, and the same for all tables with this name in the process, so that a sink finds what it knows of a table
  /// without hashing.
  @usableFromInline let number: Int

  private static let numbers = Mutex<[String: Int]>([:])

  /// The table `name` with `columns` behind its `id`.
  public init(_ name: String, _ columns: [String], isInOrder: Bool = true) {
    self.name = name
    self.columns = columns
    self.isInOrder = isInOrder
    number = Table.numbers.withLock { known in
      let number = known[name] ?? known.count
      known[name] = number
      return number
    }
  }
}

/// What is filled again and again.
public protocol Reusable {
  /// Empties it and keeps its storage.
  mutating func removeAll()
}

import Bytes

/// What a database holds before a capture is added to it.
struct StoredState: Sendable {
  /// The highest `id` by table.
  var lastIDs: [String: Int64] = [:]
  /// Its addresses.
  var addresses: [IPAddress: Int64] = [:]
}

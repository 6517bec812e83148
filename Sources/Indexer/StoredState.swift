import Bytes

/// What a database holds before a capture is added to it.
struct StoredState: Sendable {
  /// The highest `id` by table.
  let lastIDs: [String: Int64]
  /// Its addresses.
  let addresses: [IPAddress: Int64]
}

public import Bytes

extension Database {
  /// The highest `id` of every table that has rows, by the table's name.
  public func storedIDs() throws(StoreError) -> [String: Int64] {
    let tables = try prepare(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND wr = 0 AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    )
    var highest: [String: Int64] = [:]
    while try tables.step() {
      let name = tables.text(0)
      // The names come from the schema, which a user may have added to.
      let quoted = name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      if let id = try integer("SELECT max(rowid) FROM \"\(quoted)\"") { highest[name] = id }
    }
    return highest
  }

  /// The rows of `addresses`: every address with its `id`.
  public func addresses() throws(StoreError) -> [IPAddress: Int64] {
    let rows = try prepare("SELECT key, id FROM addresses")
    var addresses: [IPAddress: Int64] = [:]
    while try rows.step() {
      let key = rows.blob(0)
      if key.count == 16, let address = IPAddress(v6: key.bytes, at: 0) { addresses[address] = rows.integer(1) }
    }
    return addresses
  }

  /// Swaps client and server in the frames of flows whose direction was found out after their first frames were stored.
  public func reverseDirection(ofFlows flows: [Int64]) throws(StoreError) {
    guard !flows.isEmpty else { return }
    let statement = try prepare(
      "UPDATE frames SET from_client = 1 - from_client WHERE flow_id IN (SELECT value FROM json_each(?))")
    statement.bind("[\(flows.map(String.init).joined(separator: ","))]", at: 1)
    try statement.run()
  }

  /// Leaves of equal rows of `address_names` the one with the first frame. Call it before the indexes exist, or for an
  /// existing database in the same transaction.
  public func removeRepeatedNames(captureID: Int64) throws(StoreError) {
    let statement = try prepare(
      """
      DELETE FROM address_names WHERE capture_id = ?1 AND id NOT IN (
        SELECT id FROM (
          SELECT id, min(first_frame_id) FROM address_names WHERE capture_id = ?1 GROUP BY address_id, name, source))
      """)
    statement.bind(captureID, at: 1)
    try statement.run()
  }
}

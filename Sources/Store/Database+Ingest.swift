public import Bytes

extension Database {
  /// The highest `id` of every table that has rows, by the table's name.
  public func storedIDs() throws(StoreError) -> [String: Int64] {
    let tables = try prepare(
      """
      SELECT name FROM sqlite_schema s
      WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
        -- Those WITHOUT ROWID have an index for their key.
        AND NOT EXISTS (SELECT 1 FROM pragma_index_list(s.name) WHERE origin = 'pk')
      """
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

  /// Gives the files of a ring, rows `ring` of `captures`, the names that the others know: of each address that is an end of one
  /// of its flows, and of names that its clients ask servers for.
  public func shareNames(ofCaptures ring: ClosedRange<Int64>) throws(StoreError) {
    let statements = [
      // The addresses of the flows that begin in a file, or go on in it.
      """
      present (capture_id, address_id) AS MATERIALIZED (
        SELECT capture_id, address_id FROM traffic_by_address WHERE capture_id BETWEEN ?1 AND ?2 AND part = 1
        UNION
        SELECT c.id, a.value
        FROM flows f
        CROSS JOIN frames e ON e.id = f.last_frame_id
        CROSS JOIN captures c ON c.id BETWEEN f.capture_id + 1 AND e.capture_id
        CROSS JOIN json_each(json_array(f.client_id, f.server_id)) a
        WHERE f.capture_id BETWEEN ?1 AND ?2 AND e.capture_id > f.capture_id
      )
      SELECT w.capture_id, k.address_id, k.name, k.source, k.frame_id
      FROM present w
      JOIN known k ON k.address_id = w.address_id
      """,
      """
      asked (capture_id, name) AS MATERIALIZED (
        SELECT DISTINCT f.capture_id, lower(rtrim(h.server_name, '.'))
        FROM tls_client_hellos h
        CROSS JOIN flows f ON f.id = h.flow_id
        WHERE f.capture_id BETWEEN ?1 AND ?2 AND h.server_name IS NOT NULL
      )
      SELECT w.capture_id, k.address_id, k.name, k.source, k.frame_id
      FROM asked w
      JOIN known k ON k.name = w.name AND k.source = 'dns'
      """,
    ]
    for sql in statements {
      let statement = try prepare(
        """
        INSERT INTO address_names (capture_id, address_id, name, source, first_frame_id)
        WITH
          known AS MATERIALIZED (
            SELECT address_id, name, source, min(first_frame_id) AS frame_id
            FROM address_names WHERE capture_id BETWEEN ?1 AND ?2
            GROUP BY address_id, name, source
          ),
          \(sql)
        WHERE NOT EXISTS (
          SELECT 1 FROM address_names n
          WHERE n.address_id = k.address_id AND n.source = k.source AND n.capture_id = w.capture_id AND n.name = k.name)
        ORDER BY w.capture_id, k.frame_id, k.address_id, k.name, k.source
        """)
      statement.bind(ring.lowerBound, at: 1)
      statement.bind(ring.upperBound, at: 2)
      try statement.run()
    }
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

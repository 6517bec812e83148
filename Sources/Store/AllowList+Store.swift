import Bytes

extension AllowList {
  /// Puts all entries into `networks` and `allowed_hosts`, in one transaction where none is open. An entry that is there
  /// already gets the new label and source.
  public func store(into database: Database) throws(StoreError) {
    let isOwn = !database.isInTransaction
    if isOwn { try database.execute("BEGIN IMMEDIATE") }
    do throws(StoreError) {
      try storeRows(into: database)
      if isOwn { try database.execute("COMMIT") }
    } catch {
      if isOwn, database.isInTransaction { try? database.execute("ROLLBACK") }
      throw error
    }
  }

  private func storeRows(into database: Database) throws(StoreError) {
    let network = try database.prepare(
      """
      INSERT INTO networks (list, first, last, cidr, label, source) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (list, cidr, coalesce(range_list_id, 0)) DO UPDATE SET label = excluded.label, source = excluded.source
      """)
    for entry in networks {
      network.bind(entry.list.rawValue, at: 1)
      network.bind(blob: entry.network.first.key, at: 2)
      network.bind(blob: entry.network.last.key, at: 3)
      network.bind(entry.network.description, at: 4)
      network.bind(entry.label, at: 5)
      network.bind(entry.source, at: 6)
      try network.run()
    }
    let host = try database.prepare(
      """
      INSERT INTO allowed_hosts (pattern, match, label, source) VALUES (?, ?, ?, ?)
      ON CONFLICT (pattern, match, coalesce(range_list_id, 0))
      DO UPDATE SET label = excluded.label, source = excluded.source
      """)
    for entry in hosts {
      host.bind(entry.pattern, at: 1)
      host.bind(entry.match.rawValue, at: 2)
      host.bind(entry.label, at: 3)
      host.bind(entry.source, at: 4)
      try host.run()
    }
  }
}

import Bytes

extension Database {
  /// Stores published lists, each in place of the one of its name, all of them or none.
  ///
  /// - Parameter loadedAt: nanoseconds since 1970.
  public func store(_ lists: [RangeList], loadedAt: Int64) throws(StoreError) {
    try transaction { () throws(StoreError) in
      for list in lists {
        try removeRows(ofRangeList: list.name)
        try insert(list, loadedAt: loadedAt)
      }
      try leaveOutInnerLists()
    }
  }

  /// Removes the published list of a name with its networks and host names; false where there is none.
  public func removeRangeList(_ name: String) throws(StoreError) -> Bool {
    var isRemoved = false
    try transaction { () throws(StoreError) in isRemoved = try removeRows(ofRangeList: name) }
    return isRemoved
  }

  /// Runs `body` in one transaction that is taken back where it throws.
  func transaction(_ body: () throws(StoreError) -> Void) throws(StoreError) {
    try execute("BEGIN IMMEDIATE")
    do throws(StoreError) {
      try body()
      try execute("COMMIT")
    } catch {
      if isInTransaction { try? execute("ROLLBACK") }
      throw error
    }
  }

  @discardableResult
  private func removeRows(ofRangeList name: String) throws(StoreError) -> Bool {
    let find = try prepare("SELECT id FROM range_lists WHERE name = ?")
    find.bind(name, at: 1)
    guard try find.step() else { return false }
    let id = find.integer(0)
    find.reset()
    for table in ["networks", "allowed_hosts"] {
      let remove = try prepare("DELETE FROM \(table) WHERE range_list_id = ?")
      remove.bind(id, at: 1)
      try remove.run()
    }
    let remove = try prepare("DELETE FROM range_lists WHERE id = ?")
    remove.bind(id, at: 1)
    try remove.run()
    return true
  }

  private func insert(_ list: RangeList, loadedAt: Int64) throws(StoreError) {
    let row = try prepare(
      """
      INSERT INTO range_lists (name, source, published, serial, etag, sha256, without_list, loaded_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """)
    for (index, value) in [
      list.name, list.source, list.published, list.serial, list.etag, list.sha256, list.withoutList,
    ].enumerated() {
      row.bind(value, at: index + 1)
    }
    row.bind(loadedAt, at: 8)
    try row.run()
    let id = try integer("SELECT last_insert_rowid()") ?? 0
    let networks = try NetworkInserter(self, rangeListID: id, source: list.source)
    for entry in list.networks { try networks.insert(entry.list.rawValue, entry.network, entry.label) }
    let host = try prepare(
      """
      INSERT INTO allowed_hosts (pattern, match, label, source, range_list_id) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING
      """)
    for entry in list.hosts {
      host.bind(entry.pattern, at: 1)
      host.bind(entry.isSuffix ? "suffix" : "exact", at: 2)
      host.bind(list.name, at: 3)
      host.bind(list.source, at: 4)
      host.bind(id, at: 5)
      try host.run()
    }
  }

  /// Takes the networks of the list that another one is to be read without out of that one.
  private func leaveOutInnerLists() throws(StoreError) {
    let pairs = try prepare(
      """
      SELECT o.id, i.id, o.source FROM range_lists o JOIN range_lists i ON i.name = o.without_list ORDER BY o.id
      """)
    while try pairs.step() {
      let (outer, inner, source) = (pairs.integer(0), pairs.integer(1), pairs.text(2))
      let holes = try networks(ofRangeList: inner).map(\.network)
      let entries = try networks(ofRangeList: outer)
      let remove = try prepare("DELETE FROM networks WHERE range_list_id = ?")
      remove.bind(outer, at: 1)
      try remove.run()
      let inserter = try NetworkInserter(self, rangeListID: outer, source: source)
      for entry in entries {
        for network in CIDR.subtracting(holes, from: [entry.network]) {
          try inserter.insert(entry.list.rawValue, network, entry.label)
        }
      }
    }
  }

  private func networks(ofRangeList id: Int64) throws(StoreError) -> [RangeList.Network] {
    let rows = try prepare("SELECT list, cidr, label FROM networks WHERE range_list_id = ? ORDER BY id")
    rows.bind(id, at: 1)
    var networks: [RangeList.Network] = []
    while try rows.step() {
      guard let list = AllowList.List(rawValue: rows.text(0)), let network = try? CIDR(rows.text(1)) else { continue }
      networks.append(.init(list: list, network: network, label: rows.text(2)))
    }
    return networks
  }
}

/// Puts a list's networks into `networks`.
private struct NetworkInserter {
  private let statement: Statement

  init(_ database: Database, rangeListID: Int64, source: String) throws(StoreError) {
    statement = try database.prepare(
      """
      INSERT INTO networks (list, first, last, cidr, label, source, range_list_id) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING
      """)
    statement.bind(source, at: 6)
    statement.bind(rangeListID, at: 7)
  }

  func insert(_ list: String, _ network: CIDR, _ label: String) throws(StoreError) {
    statement.bind(list, at: 1)
    statement.bind(blob: network.first.key, at: 2)
    statement.bind(blob: network.last.key, at: 3)
    statement.bind(network.description, at: 4)
    statement.bind(label, at: 5)
    try statement.run()
  }
}

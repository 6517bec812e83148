public import Bytes

extension Database {
  /// The addresses that are reachable on the Internet, in their order.
  public func globalAddresses() throws(StoreError) -> [StoredAddress] {
    try addresses("SELECT id, ip FROM addresses WHERE scope = 'global' ORDER BY key")
  }

  /// The addresses reachable on the Internet that no rule explains, those with most bytes first.
  public func unexplainedAddresses() throws(StoreError) -> [StoredAddress] {
    try addresses(
      """
      WITH unexplained AS (SELECT DISTINCT address_id FROM address_verdicts WHERE NOT explained)
      SELECT a.id, a.ip
      FROM unexplained u
      JOIN addresses a ON a.id = u.address_id
      LEFT JOIN traffic_by_address t ON t.address_id = a.id
      WHERE a.scope = 'global'
      GROUP BY a.id
      ORDER BY coalesce(sum(t.sent_bytes + t.received_bytes), 0) DESC, a.key
      """)
  }

  /// The address of the database that `text` spells; nil where the database does not have it.
  public func address(_ address: IPAddress) throws(StoreError) -> StoredAddress? {
    let row = try prepare("SELECT id FROM addresses WHERE key = ?")
    row.bind(blob: address.key, at: 1)
    return try row.step() ? StoredAddress(id: row.integer(0), address: address) : nil
  }

  private func addresses(_ sql: String) throws(StoreError) -> [StoredAddress] {
    let rows = try prepare(sql)
    var addresses: [StoredAddress] = []
    while try rows.step() {
      guard let address = IPAddress(rows.text(1)) else { continue }
      addresses.append(StoredAddress(id: rows.integer(0), address: address))
    }
    return addresses
  }

  /// Stores what lists say of addresses, each list in place of the one of its kind, all of them or none.
  ///
  /// - Parameters:
  ///   - lists: each with the owners of addresses, by `addresses.id`.
  ///   - loadedAt: nanoseconds since 1970.
  public func store(
    _ lists: [(list: OwnerList, owners: [(addressID: Int64, owner: AddressOwner)])], loadedAt: Int64
  ) throws(StoreError) {
    try transaction { () throws(StoreError) in
      for (list, owners) in lists {
        try removeOwnerList(list.kind)
        let row = try prepare(
          "INSERT INTO owner_lists (kind, source, built_at, sha256, loaded_at) VALUES (?, ?, ?, ?, ?)")
        row.bind(list.kind, at: 1)
        row.bind(list.source, at: 2)
        row.bind(list.builtAt, at: 3)
        row.bind(list.sha256, at: 4)
        row.bind(loadedAt, at: 5)
        try row.run()
        let id = try integer("SELECT last_insert_rowid()") ?? 0
        let owner = try prepare(
          """
          INSERT INTO address_owners (address_id, owner_list_id, asn, organisation, country, network)
          VALUES (?, ?, ?, ?, ?, ?)
          """)
        for entry in owners {
          owner.bind(entry.addressID, at: 1)
          owner.bind(id, at: 2)
          owner.bind(entry.owner.asn, at: 3)
          owner.bind(entry.owner.organisation, at: 4)
          owner.bind(entry.owner.country, at: 5)
          owner.bind(entry.owner.network, at: 6)
          try owner.run()
        }
      }
    }
  }

  private func removeOwnerList(_ kind: String) throws(StoreError) {
    for sql in [
      "DELETE FROM address_owners WHERE owner_list_id = (SELECT id FROM owner_lists WHERE kind = ?)",
      "DELETE FROM owner_lists WHERE kind = ?",
    ] {
      let remove = try prepare(sql)
      remove.bind(kind, at: 1)
      try remove.run()
    }
  }
}

extension Database {
  /// When a server was last asked about an address and said something, ns; nil: never.
  public func timeOfLookup(_ kind: Lookup.Kind, addressID: Int64) throws(StoreError) -> Int64? {
    let row = try prepare("SELECT asked_at FROM lookups WHERE address_id = ? AND kind = ? AND status <> 'failed'")
    row.bind(addressID, at: 1)
    row.bind(kind.rawValue, at: 2)
    return try row.step() ? row.integer(0) : nil
  }

  /// Stores an answer, at once, in place of the earlier one. A failure never takes the place of an answer.
  ///
  /// - Parameter askedAt: nanoseconds since 1970.
  public func store(_ lookup: Lookup, addressID: Int64, askedAt: Int64) throws(StoreError) {
    let row = try prepare(
      """
      INSERT INTO lookups (
        address_id, kind, status, asked_at, server, detail, names, confirmed, netname, organisation, country, network,
        abuse, text)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
      ON CONFLICT (address_id, kind) DO UPDATE SET
        status = ?3, asked_at = ?4, server = ?5, detail = ?6, names = ?7, confirmed = ?8, netname = ?9,
        organisation = ?10, country = ?11, network = ?12, abuse = ?13, text = ?14
      WHERE ?3 <> 'failed' OR status = 'failed'
      """)
    row.bind(addressID, at: 1)
    row.bind(lookup.kind.rawValue, at: 2)
    row.bind(lookup.status.rawValue, at: 3)
    row.bind(askedAt, at: 4)
    row.bind(lookup.server, at: 5)
    row.bind(lookup.detail, at: 6)
    row.bind(lookup.names, at: 7)
    row.bind(lookup.isConfirmed.map { $0 ? 1 : 0 }, at: 8)
    row.bind(lookup.netname, at: 9)
    row.bind(lookup.organisation, at: 10)
    row.bind(lookup.country, at: 11)
    row.bind(lookup.network, at: 12)
    row.bind(lookup.abuse, at: 13)
    row.bind(lookup.text, at: 14)
    try row.run()
  }
}

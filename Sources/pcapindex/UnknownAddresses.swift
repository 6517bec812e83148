import Store

/// The addresses of a database that nothing explains, and what the captures say of each: all captures together.
struct UnknownAddresses {
  /// One of them.
  struct Entry {
    let id: Int64
    let ip: String
    let scope: String
    let bytes: Int64
    let packets: Int64
    let flows: Int64
    let firstFrame: Int64?
    let lastFrame: Int64?
    let reason: String
    let note: String?
  }

  /// A name of an address.
  struct Name {
    let name: String
    let sources: String
    let frame: Int64
    let isCertificate: Bool
    /// The rule that allows it; nil: none.
    let rule: AllowList.Host?
  }

  /// Most names, ports and clients that are shown of an address.
  static let shown = 12

  private let database: Database
  private let order: TriageOrder
  private let cutoff: Int64
  private let anyName: Bool
  private let noted: Bool
  /// Whether the database has a view of owners.
  private let hasOwners: Bool

  init(
    _ database: Database, order: TriageOrder, cutoff: Int64, anyName: Bool, noted: Bool
  ) throws(StoreError) {
    self.database = database
    self.order = order
    self.cutoff = cutoff
    self.anyName = anyName
    self.noted = noted
    hasOwners =
      try database.integer(
        "SELECT count(*) FROM pragma_table_info('owners') WHERE name IN ('address_id', 'asn', 'organisation', 'country')"
      )
      == 4
  }

  /// All of them in their order. Private, multicast and broadcast addresses are left out, as unknown_ips does.
  func list() throws(StoreError) -> [Entry] {
    let places = [
      TriageOrder.bytes: "bytes DESC, a.key", .first: "first_frame IS NULL, first_frame, a.key", .address: "a.key",
    ]
    let statement = try database.prepare(
      """
      WITH tunnelled AS MATERIALIZED (
        SELECT address_id, sum(bytes) AS bytes, sum(packets) AS packets, min(frame_id) AS frame_id FROM (
          SELECT source_id AS address_id, bytes, packets, frame_id FROM tunnels
          UNION ALL SELECT destination_id, bytes, packets, frame_id FROM tunnels WHERE destination_id <> source_id)
        GROUP BY address_id),
      traffic AS MATERIALIZED (
        SELECT address_id, sum(sent_bytes + received_bytes) AS bytes, sum(sent_packets + received_packets) AS packets,
          sum(flows) AS flows, min(first_frame_id) AS first_frame, max(last_frame_id) AS last_frame
        FROM traffic_by_address GROUP BY address_id),
      unknown AS MATERIALIZED (
        SELECT address_id, min(reason) AS reason, min(note) AS note FROM address_verdicts
        WHERE \(anyName ? "verdict_any_name" : "verdict") \(noted ? "<> 'allowed'" : "= 'unknown'")
        GROUP BY address_id)
      SELECT a.id, a.ip, a.scope, coalesce(t.bytes, 0) + coalesce(n.bytes, 0) AS bytes,
        coalesce(t.packets, 0) + coalesce(n.packets, 0), coalesce(t.flows, 0),
        coalesce(min(t.first_frame, n.frame_id), t.first_frame, n.frame_id) AS first_frame, t.last_frame,
        u.reason, u.note
      FROM unknown u CROSS JOIN addresses a ON a.id = u.address_id
      LEFT JOIN traffic t ON t.address_id = a.id
      LEFT JOIN tunnelled n ON n.address_id = a.id
      WHERE a.scope NOT IN ('private', 'multicast', 'broadcast')
        AND NOT (instr(a.ip, ':') AND a.scope IN ('link-local', 'loopback', 'unspecified'))
        AND coalesce(t.bytes, 0) + coalesce(n.bytes, 0) >= ?
      ORDER BY \(places[order] ?? "a.key")
      """)
    statement.bind(cutoff, at: 1)
    var entries: [Entry] = []
    while try statement.step() {
      entries.append(
        Entry(
          id: statement.integer(0), ip: statement.text(1), scope: statement.text(2), bytes: statement.integer(3),
          packets: statement.integer(4), flows: statement.integer(5),
          firstFrame: statement.isNull(6) ? nil : statement.integer(6),
          lastFrame: statement.isNull(7) ? nil : statement.integer(7),
          reason: statement.isNull(8) ? "no rule for all of its names" : statement.text(8),
          note: statement.isNull(9) ? nil : statement.text(9)))
    }
    return entries
  }

  /// The names of an address with the rules that allow them, those of certificates last.
  func names(of entry: Entry) throws(StoreError) -> [Name] {
    let statement = try database.prepare(
      """
      SELECT n.name, group_concat(DISTINCT n.source), min(f.number), min(n.source = 'certificate')
      FROM address_names n CROSS JOIN frames f ON f.id = n.first_frame_id
      WHERE n.address_id = ? GROUP BY n.name ORDER BY 4, 3, 1 LIMIT \(UnknownAddresses.shown)
      """)
    statement.bind(entry.id, at: 1)
    var names: [Name] = []
    while try statement.step() {
      let name = statement.text(0)
      names.append(
        Name(
          name: name, sources: statement.text(1), frame: statement.integer(2),
          isCertificate: statement.integer(3) != 0, rule: try RuleCheck.rules(for: name, in: database).first))
    }
    return names
  }

  /// How many names an address has.
  func nameCount(of entry: Entry) throws(StoreError) -> Int64 {
    try column("SELECT count(DISTINCT name) FROM address_names WHERE address_id = ?", entry).first.flatMap { Int64($0) }
      ?? 0
  }

  /// Ports used at the address with transport and service, most bytes first.
  func ports(of entry: Entry) throws(StoreError) -> [String] {
    try column(
      """
      SELECT port || iif(service IS NULL, '', ' ' || service) FROM (
        SELECT coalesce(client_port || '/', '') || transport AS port, service, client_bytes + server_bytes AS bytes
        FROM flows WHERE client_id = ?1
        UNION ALL
        SELECT coalesce(server_port || '/', '') || transport, service, client_bytes + server_bytes
        FROM flows WHERE server_id = ?1 AND client_id <> ?1)
      GROUP BY 1 ORDER BY sum(bytes) DESC, 1 LIMIT \(UnknownAddresses.shown)
      """, entry)
  }

  /// Addresses that it spoke with, most bytes first.
  func peers(of entry: Entry) throws(StoreError) -> [String] {
    try column(
      """
      SELECT a.ip FROM (
        SELECT server_id AS peer, client_bytes + server_bytes AS bytes FROM flows WHERE client_id = ?1
        UNION ALL
        SELECT client_id, client_bytes + server_bytes FROM flows WHERE server_id = ?1 AND client_id <> ?1)
      CROSS JOIN addresses a ON a.id = peer
      GROUP BY peer ORDER BY sum(bytes) DESC, a.ip LIMIT \(UnknownAddresses.shown)
      """, entry)
  }

  /// Where names contradict one another, a line for each capture.
  func conflicts(of entry: Entry) throws(StoreError) -> [String] {
    try column(
      "SELECT conflict FROM address_conflicts WHERE address_id = ? AND conflict IS NOT NULL ORDER BY capture_id LIMIT 5",
      entry)
  }

  /// Who owns it, where the database says so.
  func owner(of entry: Entry) throws(StoreError) -> String? {
    guard hasOwners else { return nil }
    return try column(
      """
      SELECT trim(coalesce('AS' || asn, '') || coalesce(' ' || organisation, '') || coalesce(', ' || country, ''), ', ')
      FROM owners WHERE address_id = ? LIMIT 1
      """, entry
    ).first.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// A frame's time, number and capture; nil: no such frame.
  func frame(_ id: Int64) throws(StoreError) -> (time: String?, number: Int64, capture: Int64)? {
    let statement = try database.prepare("SELECT time, frame, capture_id FROM frame_times WHERE frame_id = ?")
    statement.bind(id, at: 1)
    guard try statement.step() else { return nil }
    return (statement.isNull(0) ? nil : statement.text(0), statement.integer(1), statement.integer(2))
  }

  private func column(_ sql: String, _ entry: Entry) throws(StoreError) -> [String] {
    let statement = try database.prepare(sql)
    statement.bind(entry.id, at: 1)
    var values: [String] = []
    while try statement.step() { values.append(statement.text(0)) }
    return values
  }
}

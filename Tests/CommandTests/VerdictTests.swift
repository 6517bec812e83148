import Testing

/// What `address_verdicts` and its fellows say of rows that are put in by hand, through the stock shell.
@Suite struct VerdictTests {
  let folder: Folder
  let database: String

  init() throws {
    folder = try Folder()
    database = folder.file("made.sqlite")
    let schema = Repository.root.appendingPathComponent("schema.sql").path
    try #require(try Program.run("/usr/bin/sqlite3", [database], input: schema).status == 0)
    _ = try sqlite(
      database,
      """
      INSERT INTO captures (id, path, sha256, format, size_bytes, frame_count, status, ingested_at, version)
      VALUES (1, 'a', 'a', 'pcap', 0, 0, 'complete', 0, 'test')
      """)
  }

  /// An address of IPv4 with traffic, and its names as `source:name`.
  private func add(_ id: Int, _ ip: String, _ names: String...) throws {
    let key = ip.split(separator: ".").compactMap { UInt8($0) }.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
    var sql = """
      INSERT INTO addresses VALUES (\(id), '\(ip)', x'00000000000000000000ffff\(key.joined())', 'global');
      INSERT INTO frames (id, capture_id, number, length, captured_length) VALUES (\(id), 1, \(id), 60, 60);
      INSERT INTO traffic_by_address VALUES (\(id), 1, \(id), 1, 1, 1, 1, 100, \(id), \(id), \(id));

      """
    for name in names {
      let parts = name.split(separator: ":")
      sql += """
        INSERT INTO address_names (capture_id, address_id, name, source, first_frame_id)
        VALUES (1, \(id), '\(parts[1])', '\(parts[0])', \(id));

        """
    }
    _ = try sqlite(database, sql)
  }

  private func load(_ text: String) throws {
    let outcome = try Program.run("allow", try folder.write("list.yaml", text: text), database)
    try #require(outcome.status == 0, "\(outcome.err)")
  }

  private func verdicts(_ columns: String) throws -> [String] {
    try sqlite(
      database,
      "SELECT \(columns) FROM address_verdicts v JOIN addresses a ON a.id = v.address_id ORDER BY a.id")
  }

  @Test("of networks in one another the narrowest speaks, and a note is no reason to allow")
  func networks() throws {
    try add(1, "45.77.12.34")
    try add(2, "45.77.13.1")
    try add(3, "45.78.0.1")
    try add(4, "46.0.0.1")
    try load(
      """
      allow:
        45.77.0.0/16: wide
        45.77.12.0/24: narrow
      su:
        45.0.0.0/8: hosting
        45.78.0.0/16: other hosting
      """)
    #expect(
      try verdicts("a.ip, verdict, verdict_any_name, coalesce(rule, '-'), coalesce(note, '-')") == [
        "45.77.12.34|allowed|allowed|45.77.12.0/24|hosting", "45.77.13.1|allowed|allowed|45.77.0.0/16|hosting",
        "45.78.0.1|noted|noted|-|other hosting", "46.0.0.1|unknown|unknown|-|-",
      ])
    let evidence = try verdicts("evidence")
    #expect(evidence[0] == "in 45.77.12.0/24 of allow: narrow, \(folder.file("list.yaml")):3")
    #expect(evidence[2].hasPrefix("in 45.78.0.0/16 of note: other hosting, "))
    #expect(evidence[3] == "no name by SNI, QUIC, HTTP or DNS")
  }

  @Test("all names must be allowed; by the milder rule one, which has to be from more than any DNS answer")
  func names() throws {
    try add(1, "45.0.0.1", "sni:www.example.com", "dns:www.example.com")
    try add(2, "45.0.0.2", "sni:www.example.com", "dns:evil.example")
    try add(3, "45.0.0.3", "dns:www.example.com")
    try add(4, "45.0.0.4", "dns:www.example.com", "sni:evil.example")
    try add(5, "45.0.0.5", "certificate:www.example.com")
    try add(6, "45.0.0.6", "http:www.example.com", "certificate:evil.example")
    try load("oksuffixes:\n  - .example.com\n")
    #expect(
      try verdicts("a.id, explained, verdict, verdict_any_name, coalesce(reason, '-')") == [
        "1|1|allowed|allowed|-", "2|0|unknown|allowed|not allowed: evil.example",
        "3|0|unknown|unknown|no trusted name", "4|0|unknown|unknown|not allowed: evil.example",
        "5|0|unknown|unknown|no name", "6|1|allowed|allowed|-",
      ])
    let evidence = try verdicts("evidence")
    #expect(
      evidence[1] == "evil.example (dns, frame 2) no rule; www.example.com (sni, frame 2) by suffix .example.com, "
        + "\(folder.file("list.yaml")):2")
    #expect(evidence[2].hasSuffix("; only DNS answers, none of a trusted resolver"))
  }

  @Test("a rule of each kind allows what it says, and the most specific one is named")
  func matching() throws {
    for (id, name) in [
      "example.co.uk", "www.example.co.uk", "anexample.co.uk", "a.b.example.net", "example.net", "xoo.example",
      "login.a.b.example.net", "example.co.uk.evil.example",
    ].enumerated() {
      try add(id + 1, "45.0.0.\(id + 1)", "sni:\(name)")
    }
    try load(
      """
      okhosts:
        - login.a.b.example.net   # the login
      oksuffixes:
        - .example.net
        - .b.example.net
        - oo.example
      okdomains:
        - example.co.uk
      """)
    #expect(
      try verdicts("coalesce(rule, reason), coalesce(label, '-')") == [
        "example.co.uk by example.co.uk|-", "www.example.co.uk by example.co.uk|-", "not allowed: anexample.co.uk|-",
        "a.b.example.net by .b.example.net|-", "not allowed: example.net|-", "xoo.example by oo.example|-",
        "login.a.b.example.net by login.a.b.example.net|the login", "not allowed: example.co.uk.evil.example|-",
      ])
  }

  @Test("names that conflict are shown, whatever the verdict")
  func conflicts() throws {
    try add(1, "45.0.0.1", "sni:front.example.com", "dns:real.example.com")
    try add(2, "45.0.0.2", "dns:front.example.com")
    try add(3, "45.0.0.3", "dns:other.example.com", "quic:never.example.com")
    try add(4, "45.0.0.4", "http:alone.example.com")
    try add(5, "45.0.0.5", "sni:ok.example.com", "dns:ok.example.com")
    // Of one domain, and of one name of a country's second level: no conflict.
    try add(
      6, "45.0.0.6", "dns:a.one.co.uk", "dns:b.one.co.uk", "dns:c.one.co.uk", "dns:d.one.co.uk", "dns:e.one.co.uk",
      "dns:f.one.co.uk")
    try add(7, "45.0.0.7", "dns:a.co.uk", "dns:b.co.uk", "dns:c.co.uk", "dns:d.co.uk", "dns:x.e.com", "dns:f")
    try load("oksuffixes:\n  - .example.com\n")
    #expect(
      try verdicts("a.id, coalesce(conflict, '-')") == [
        "1|sni:front.example.com but DNS gave the name other addresses", "2|-",
        "3|quic:never.example.com but DNS gave the address other names",
        "4|http:alone.example.com but no DNS answer has the name", "5|-", "6|-", "7|names of 6 unrelated domains",
      ])
    #expect(try sqlite(database, "SELECT address_id, domains FROM unrelated_names") == ["7|6"])
    let query = try Program.run("query", "name_conflicts", database, "--format", "csv")
    #expect(fields(csv: query.out).dropFirst().map { $0[0] } == ["45.0.0.1", "45.0.0.3", "45.0.0.7", "45.0.0.4"])
    #expect(try verdicts("verdict").first == "allowed")
  }

  @Test("of many names without a rule a reason has 20 and says how many more there are")
  func manyNames() throws {
    try add(1, "45.0.0.1", "sni:n1.example", "dns:n1.example")
    var sql = ""
    for number in 2...25 {
      for source in ["dns", "http"] {
        sql +=
          "INSERT INTO address_names (capture_id, address_id, name, source, first_frame_id)"
          + " VALUES (1, 1, 'n\(number).example', '\(source)', 1);"
      }
    }
    _ = try sqlite(database, sql)
    let reason = try #require(try verdicts("reason").first)
    #expect(reason.hasPrefix("not allowed: n1.example,") && reason.hasSuffix(", +5 more"))
    #expect(reason.split(separator: ",").count == 21)
  }

  @Test("without a DNS answer in the capture nothing is said to lack one")
  func withoutDNS() throws {
    try add(1, "45.0.0.1", "sni:www.example.com")
    #expect(try verdicts("coalesce(conflict, '-')") == ["-"])
  }
}

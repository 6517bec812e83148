import Crypto
import Foundation
import Testing

/// `pcapindex report`, run as a user runs it.
@Suite struct ReportCommandTests {
  private func page(_ database: String, _ arguments: String...) throws -> Page {
    let outcome = try Program.run(["report", database] + arguments)
    try #require(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.err.isEmpty)
    return try Page(outcome.output)
  }

  // MARK: What it says

  @Test("the figures of browse.pcapng, and where they come from")
  func summary() throws {
    let page = try page(try Samples.database("browse.pcapng"))
    let figures = page.figures
    #expect(figures["Frames"] == "332 capture_summary")
    #expect(figures["On the wire"] == "75.1 kB capture_summary")
    #expect(figures["Duration"] == "6.65 s capture_summary")
    #expect(figures["Conversations"] == "39 capture_summary")
    #expect(figures["Addresses"] == "18 capture_summary")
    #expect(figures["Unknown addresses"] == "11 unknown_ips")
    #expect(figures["Passwords in the clear"] == "3 2 accepted cleartext_passwords")
    #expect(figures["Tokens in the clear"] == "0 tokens")
    #expect(figures["Programs and archives"] == "1 file_downloads")
    #expect(figures["Names looked up"] == "6 dns_names")
    #expect(figures["Names that do not exist"] == "1 dns_names")
    #expect(figures["TLS server names"] == "4 sni_hosts")
    let text = page.root.words
    #expect(text.contains("1 capture, 2026-11-21 11:05:00 to 2026-11-21 11:05:06. All times are UTC."))
    #expect(text.contains("cdd73b6647c3e1d36169aa2d49d9aedaf5903dc3cf4a14e12a470275c8d8acdd"))
    #expect(page.all("h1").map(\.words) == ["Report on browse.pcapng"])
  }

  @Test("unknown addresses come with their evidence")
  func unknown() throws {
    let rows = try #require(try page(try Samples.database("browse.pcapng")).rows("unknown_ips"))
    #expect(rows.count == 11)
    #expect(rows[0]["Address"] == "45.77.12.34")
    #expect(rows[0]["Ports"] == "12432/tcp, 9001/tcp")
    #expect(rows[0]["Bytes"] == "21.9 kB")
    #expect(rows[0]["First frame"] == "279")
    #expect(rows[3]["Names"] == "dns:modern.example.com, sni:modern.example.com")
    let allowed = try page(try Samples.database("browse.pcapng", allowed: true))
    #expect(allowed.rows("unknown_ips")?.contains { $0["Address"] == "45.77.12.34" } == false)
    #expect(allowed.rows("unknown_ips")?.first { $0["Address"] == "66.22.10.8" }?["Note"] == "hosting")
    #expect(allowed.rows("explained_ips")?.first { $0["Address"] == "45.77.12.34" }?["Rule"] == "45.77.12.0/24")
  }

  @Test("protocols, talkers, names and files")
  func tables() throws {
    let page = try page(try Samples.database("browse.pcapng"))
    let protocols = try #require(page.rows("protocol_hierarchy"))
    #expect(protocols.prefix(4).map { $0["Protocol"] } == ["frame", "ip", "tcp", "http"])
    #expect(protocols.prefix(2).map { $0["Frames"] } == ["332", "314"])
    #expect(page.rows("top_talkers")?.first?["Address"] == "192.168.10.20")
    #expect(page.rows("top_talkers")?.first?["Sent bytes"] == "34.3 kB")
    #expect(page.rows("dns_names")?.first?["Lookups"] == "8")
    #expect(page.rows("dns_names-nxdomain")?.map { $0["Name"] } == ["missing.example.com"])
    #expect(page.rows("dns_names-none") == nil)
    #expect(page.rows("file_downloads")?.count == 1)
    #expect(page.rows("ftp_passive_ports")?.first?["Port"] == "49163")
    #expect(page.rows("sni_hosts")?.count == 4)
    let plot = try #require(page.all("svg").first { $0.attributes["role"] == "img" })
    #expect(plot.first("title")?.words == "Traffic over time, " + Repository.capture("browse.pcapng"))
    #expect(plot.first("desc")?.words.contains("intervals of 0.1 s from 2026-11-21 11:05:00.200000") == true)
    #expect(page.rows("timeline") == nil && page.element(id: "plot-1-table") != nil)
  }

  @Test("guessed passwords, and passwords used again")
  func guessing() throws {
    let page = try page(try Samples.database("guessing.pcap"))
    let guesses = try #require(page.rows("brute_force"))
    #expect(guesses.count == 1)
    #expect(page.figures["Clients that guess passwords"]?.contains("brute_force") == true)
    #expect(page.rows("password_reuse")?.allSatisfy { $0["Secret"] == "********" } == true)
  }

  @Test("a title, fewer rows, and what is left out with the command that gives it")
  func options() throws {
    let page = try page(try Samples.database("browse.pcapng"), "--title", "Phone <1>", "--rows", "2")
    #expect(page.all("h1").map(\.words) == ["Phone <1>"])
    #expect(page.all("title").first?.words == "Phone <1>")
    #expect(page.rows("unknown_ips")?.count == 2)
    #expect(page.root.words.contains("and 9 more: pcapindex query unknown_ips browse.pcapng.sqlite --redact"))
    #expect(page.figures["Unknown addresses"] == "11 unknown_ips")
  }

  @Test("the command lines of the page give its rows")
  func commands() throws {
    let database = try Samples.database("browse.pcapng")
    let page = try page(database)
    let folder = (database as NSString).deletingLastPathComponent
    let commands = page.all.filter { $0.attributes["class"] == "command" }.map(\.words)
    #expect(commands.count > 15)
    for command in commands {
      let outcome = try Program.shell(
        command.replacingOccurrences(of: "pcapindex query", with: "\"$PROGRAM\" query"), folder: folder)
      #expect(outcome.status == 0, "\(command): \(outcome.err)")
    }
    #expect(commands.contains("pcapindex query top_talkers browse.pcapng.sqlite --limit 25 --redact"))
    #expect(commands.contains("pcapindex query dns_names browse.pcapng.sqlite --rcode NXDOMAIN --redact"))
  }

  @Test("several captures stand apart, and one of them can be asked for alone")
  func captures() throws {
    let folder = try Folder()
    let database = folder.file("two captures.sqlite")
    let made = try Program.run(
      "ingest", "--quiet", Repository.capture("browse.pcapng"), Repository.capture("guessing.pcap"), database)
    try #require(made.status == 0)
    let both = try page(database)
    #expect(both.all("h1").map(\.words) == ["Report on 2 captures"])
    #expect(both.all("svg").filter { $0.attributes["role"] == "img" }.count == 2)
    #expect(both.rows("unknown_ips")?.first?["Capture"] == "1")
    #expect(both.root.words.contains("pcapindex query unknown_ips 'two captures.sqlite' --redact"))
    let one = try page(database, "--capture", "2")
    #expect(one.all("h1").map(\.words) == ["Report on guessing.pcap"])
    #expect(one.root.words.contains("--capture 2 --redact"))
    #expect(!one.root.words.contains("45.77.12.34"))
    let none = try Program.run("report", database, "--capture", "3")
    #expect(none.status == 2 && none.output.isEmpty)
    #expect(none.complaints.count == 1 && none.err.contains("holds no capture 3"))
  }

  @Test("of many captures the first are described, and all are counted")
  func manyCaptures() throws {
    let folder = try Folder()
    let database = try Samples.copy("browse.pcapng", into: folder)
    _ = try sqlite(
      database,
      """
      WITH RECURSIVE n (i) AS (VALUES (2) UNION ALL SELECT i + 1 FROM n WHERE i < 23)
      INSERT INTO captures (id, path, sha256, format, size_bytes, frame_count, first_ts, last_ts, status, ingested_at,
        version)
      SELECT i, 'copy' || i, i, format, size_bytes, 10, first_ts, last_ts, status, ingested_at, version
      FROM captures, n WHERE id = 1
      """)
    let page = try page(database)
    #expect(page.figures["Frames"] == "552 capture_summary")
    #expect(page.all("table").filter { $0.attributes["class"] == "record" }.count == 20)
    #expect(page.root.words.contains("and 3 more: pcapindex query capture_summary case.sqlite --redact"))
  }

  @Test("a user's own queries take the place of the built-in ones")
  func ownQueries() throws {
    let folder = try Folder()
    try folder.write(
      "unknown_ips.sql",
      text: "-- My <own> list\n-- Question: what?\nSELECT '192.0.2.7' AS ip, 5000 AS my_bytes WHERE :capture IS NULL;\n"
    )
    try folder.write("timeline.sql", text: "-- Mine\nSELECT 'x' AS what;\n")
    let page = try page(try Samples.database("browse.pcapng"), "--queries", folder.path)
    #expect(page.rows("unknown_ips") == [["Address": "192.0.2.7", "My bytes": "5 kB"]])
    #expect(page.element(id: "query-unknown_ips")?.words.contains("unknown_ips: My <own> list.") == true)
    #expect(page.rows("timeline") == [["What": "x"]])
    try folder.write("tokens.sql", text: "SELECT nothing FROM nowhere")
    let broken = try Program.run(
      "report", try Samples.database("browse.pcapng"), "--queries", folder.path, "-o", folder.file("r.html"))
    #expect(broken.status == 1 && broken.complaints.count == 1 && broken.err.contains("tokens"))
    #expect(try folder.names() == ["timeline.sql", "tokens.sql", "unknown_ips.sql"])
  }

  @Test("the same database gives the same bytes")
  func deterministic() throws {
    let database = try Samples.database("browse.pcapng")
    #expect(try Program.run("report", database).output == Program.run("report", database).output)
  }

  @Test("a database without frames gives a page that says so")
  func empty() throws {
    let folder = try Folder()
    try folder.write("empty.pcap", TinyCapture().bytes)
    try #require(try Program.run("ingest", "-q", folder.file("empty.pcap"), folder.file("e.sqlite")).status == 0)
    let page = try page(folder.file("e.sqlite"))
    #expect(page.figures["Frames"] == "0 capture_summary")
    #expect(page.root.words.contains("There are no frames."))
    #expect(page.root.words.contains("No password was seen in the clear."))
    #expect(page.all("svg").isEmpty)
  }

  @Test("what a capture lacks stands beside the figures")
  func lacks() throws {
    let page = try page(try Samples.database("snaplen_http.pcap"))
    let text = page.root.words
    #expect(text.contains("Not covered"))
    #expect(text.contains("frames were captured in part only."))
    #expect(page.rows("diagnostics")?.isEmpty == false)
  }

  // MARK: Secrets

  @Test(
    "no secret stands anywhere in the page, unless it is asked for",
    arguments: [
      "browse.pcapng", "http_logins.pcap", "guessing.pcap", "ftp_session.pcap",
    ])
  func redaction(capture: String) throws {
    let database = try Samples.database(capture)
    let secrets = try sqlite(database, "SELECT DISTINCT secret FROM credentials WHERE length(secret) > 5")
    try #require(!secrets.isEmpty)
    let hidden = try page(database)
    let shown = try page(database, "--secrets", "--rows", "1000")
    // What is a word of the page's own, as the password "password" is, tells nothing.
    let own = hidden.all("pre").map(\.text).joined()
    let telling = secrets.filter { !own.contains($0) }
    try #require(!telling.isEmpty)
    for secret in telling {
      #expect(!hidden.root.text.contains(secret), "\(secret)")
      let encoded = secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? secret
      #expect(!hidden.markup.contains(encoded), "\(secret)")
    }
    #expect(hidden.root.text.contains("********") && hidden.root.words.contains("Secrets are hidden."))
    // In a long one a word break is an element.
    #expect(secrets.contains { shown.root.text.contains($0) })
    #expect(shown.root.words.contains("Secrets are shown"))
    #expect(!shown.root.words.contains("--redact"))
  }

  // MARK: Hostile text

  private static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'; onload='alert(1)", "</style></title></table>",
    "javascript:alert(1)", "http://evil.example/x.js", "]]><!-- -->", "&lt;b&gt;&#x202e;", "\u{1b}[31mred\u{7}\u{9b}2J",
    "invoice\u{202e}fdp.exe", "\u{2066}a\u{2069}\u{200f}", "\u{fffe}\u{ffff}\u{ef80}", "a\nb\r\nc\td",
    String(repeating: "<A", count: 60_000), "{color:red}</style>", "${x}`y`$(z)",
  ]

  @Test("hostile text in any place stays text", arguments: hostile.indices)
  func hostileText(index: Int) throws {
    let text = ReportCommandTests.hostile[index]
    let folder = try Folder()
    let database = try Samples.copy("browse.pcapng", into: folder)
    let literal = "CAST(x'" + text.utf8.map { String(format: "%02x", $0) }.joined() + "' AS TEXT)"
    let changes = try folder.write(
      "changes.sql",
      text: """
        PRAGMA foreign_keys = OFF;
        UPDATE captures SET path = \(literal) || '.pcap', detail = \(literal), filter = \(literal), status = 'damaged';
        UPDATE address_names SET name = \(literal) WHERE rowid % 2;
        UPDATE dns_messages SET query_name = \(literal), rcode = \(literal) WHERE id % 2;
        UPDATE http_requests SET uri = \(literal), host = \(literal), user_agent = \(literal);
        UPDATE files SET name = \(literal) || '.exe', media_type = \(literal), detected_type = \(literal);
        UPDATE credentials SET username = \(literal), mechanism = \(literal), protocol = \(literal);
        UPDATE ftp_commands SET argument = \(literal);
        UPDATE tls_client_hellos SET server_name = \(literal), alpn = \(literal);
        UPDATE tls_certificates SET subject = \(literal), issuer = \(literal);
        UPDATE traffic_by_protocol SET service = \(literal) WHERE service IS NOT NULL;
        UPDATE flows SET service = \(literal) WHERE id % 5 = 0;
        INSERT INTO diagnostics (capture_id, code, detail) VALUES (1, \(literal), \(literal));
        """)
    try #require(try Program.run("/usr/bin/sqlite3", ["-bail", database], input: changes).err.isEmpty)
    let outcome = try Program.run("report", database, "--title", "T " + text.prefix(200))
    try #require(outcome.status == 0, "\(outcome.err)")
    let page = try Page(outcome.output)
    try check(page)
    #expect(outcome.output.count < 1_000_000)
    // What was put there is there, as text.
    let seen = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7f } && text.count < 200
    if seen { #expect(page.root.text.contains(text)) }
    for scalar in page.markup.unicodeScalars where scalar.value < 0x20 { #expect(scalar == "\n") }
    let forbidden: [ClosedRange<UInt32>] = [
      0x7f...0x9f, 0x202a...0x202e, 0x2066...0x2069, 0x200e...0x200f, 0xfffe...0xffff,
    ]
    #expect(!page.markup.unicodeScalars.contains { scalar in forbidden.contains { $0.contains(scalar.value) } })
    let pre = page.all("pre").map(\.text).joined()
    #expect(!pre.contains("alert(1)"))
  }

  /// What holds of every page.
  private func check(_ page: Page) throws {
    let known: Set = [
      "document", "html", "head", "meta", "title", "style", "body", "header", "footer", "main", "nav", "section", "div",
      "p", "h1", "h2", "h3", "ul", "ol", "li", "dl", "dt", "dd", "table", "caption", "thead", "tbody", "tr", "th", "td",
      "details", "summary", "pre", "code", "a", "span", "time", "strong", "wbr", "svg", "g", "rect", "line", "text",
      "desc",
    ]
    let ids = page.all.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count, "an id stands twice")
    for element in page.all {
      #expect(known.contains(element.name), "\(element.name)")
      for (name, value) in element.attributes {
        #expect(!name.hasPrefix("on") && !["src", "srcset", "style", "action", "data"].contains(name), "\(name)")
        if name == "href" { #expect(value.hasPrefix("#") && ids.contains(String(value.dropFirst())), "\(value)") }
        if name == "aria-labelledby" {
          #expect(value.split(separator: " ").allSatisfy { ids.contains(String($0)) }, "\(value)")
        }
      }
    }
    let policies = page.all("meta").filter { $0.attributes["http-equiv"] == "Content-Security-Policy" }
    let style = try #require(page.all("style").first?.text)
    #expect(page.all("style").count == 1)
    let digest = Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString()
    #expect(
      policies.map { $0.attributes["content"] } == [
        "default-src 'none'; style-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'"
      ])
  }

  // MARK: For everybody

  @Test("the page is whole: places, policy, landmarks, headings, captions, names")
  func structure() throws {
    let page = try page(try Samples.database("browse.pcapng"))
    try check(page)
    #expect(page.all("html").first?.attributes["lang"] == "en")
    for landmark in ["header", "nav", "main", "footer"] { #expect(page.all(landmark).count == 1) }
    #expect(page.all("a").first?.attributes["href"] == "#content")
    #expect(page.element(id: "content")?.name == "main")
    let levels = page.all.compactMap { ["h1": 1, "h2": 2, "h3": 3][$0.name] }
    #expect(levels.first == 1 && levels.filter { $0 == 1 }.count == 1)
    #expect(zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 })
    for section in page.all("section") { #expect(section.attributes["aria-labelledby"] != nil) }
    for table in page.all("table") {
      #expect(table.children.first?.name == "caption" && table.first("caption")?.words.isEmpty == false)
      #expect(table.all("th").allSatisfy { ["col", "row"].contains($0.attributes["scope"]) && !$0.words.isEmpty })
      for row in table.first("tbody")?.all("tr") ?? [] { #expect(row.children.first?.attributes["scope"] == "row") }
    }
    for region in page.all where region.attributes["role"] == "region" {
      #expect(region.attributes["tabindex"] == "0")
      #expect(region.attributes["aria-label"] != nil || region.attributes["aria-labelledby"] != nil)
    }
    for drawing in page.all("svg") {
      if drawing.attributes["aria-hidden"] == "true" { continue }
      #expect(drawing.attributes["role"] == "img" && drawing.first("title") != nil && drawing.first("desc") != nil)
    }
    // Each query's place holds its name, its SQL and its command line.
    for source in page.all where source.attributes["class"] == "source" {
      #expect(source.all.contains { $0.attributes["class"] == "command" })
      #expect(source.first("pre")?.text.contains("SELECT") == true || source.words.contains("Its SQL stands above"))
    }
  }

  @Test(
    "an HTML parser sees the same elements", .enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/python3")))
  func parsedAsHTML() throws {
    let folder = try Folder()
    let made = try Program.run("report", try Samples.database("browse.pcapng"), "-o", folder.file("r.html"))
    try #require(made.status == 0)
    let script = """
      import sys, html.parser
      class P(html.parser.HTMLParser):
        names = []
        def handle_starttag(self, tag, attributes): self.names.append(tag)
        def handle_startendtag(self, tag, attributes): self.names.append(tag)
      p = P(); p.feed(open(sys.argv[1], encoding='utf-8').read()); p.close(); print(' '.join(p.names))
      """
    let outcome = try Program.run("/usr/bin/python3", ["-c", script, folder.file("r.html")])
    let names = try Page(bytes(folder.file("r.html"))).all.map(\.name).filter { $0 != "document" }
    #expect(outcome.out.split(whereSeparator: \.isWhitespace).map(String.init) == names)
  }

  // MARK: Where it goes

  @Test("a report is replaced, another file only by force, and nothing else is left behind")
  func file() throws {
    let folder = try Folder()
    let database = try Samples.database("browse.pcapng")
    let file = folder.file("r.html")
    #expect(try Program.run("report", database, "-o", file).status == 0)
    let first = try bytes(file)
    #expect(try Program.run("report", database, "-o", file, "--title", "Two").status == 0)
    #expect(try bytes(file) != first)
    #expect(try folder.names() == ["r.html"])
    try folder.write("notes.html", text: "<!DOCTYPE html>\n<p>Mine</p>")
    let refused = try Program.run("report", database, "-o", folder.file("notes.html"))
    #expect(refused.status == 1)
    #expect(
      refused.complaints == [
        "pcapindex: \(folder.file("notes.html")): exists and is not a report of pcapindex; --force replaces it"
      ])
    #expect(try String(decoding: bytes(folder.file("notes.html")), as: UTF8.self).contains("Mine"))
    #expect(try Program.run("report", database, "--force", "-o", folder.file("notes.html")).status == 0)
    #expect(try Page(bytes(folder.file("notes.html"))).figures["Frames"] == "332 capture_summary")
    let copy = try Samples.copy("browse.pcapng", into: folder)
    #expect(try Program.run("report", copy, "-o", copy).status == 1)
    #expect(try Program.run("query", "unknown_ips", copy).status == 0)
    #expect(try folder.names() == ["case.sqlite", "notes.html", "r.html"])
  }

  @Test("it goes to standard output, and never to a screen")
  func output() throws {
    let database = try Samples.database("browse.pcapng")
    #expect(try Program.run("report", database, "-o", "-").output == Program.run("report", database).output)
    let screen = try Program.onTerminal(["report", database])
    #expect(screen.status == 2)
    #expect(screen.screen.contains("name a file"))
    let folder = try Folder()
    let bad = try Program.run("report", database, "-o", folder.file("no/r.html"))
    #expect(bad.status == 1 && bad.err == "pcapindex: \(folder.file("no/r.html")): no such file or folder\n")
    #expect(try Program.run("report", database, "-o", folder.path).err.hasSuffix(": is a folder\n"))
  }

  @Test("with secrets in it only its owner may read it")
  func permissions() throws {
    let folder = try Folder()
    let database = try Samples.database("browse.pcapng")
    #expect(try Program.run("report", database, "--secrets", "-o", folder.file("r.html")).status == 0)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("r.html"))
    #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
  }

  @Test("what is no database of ours is an error, and leaves no file")
  func foreign() throws {
    let folder = try Folder()
    _ = try Program.run("/usr/bin/sqlite3", [folder.file("other.sqlite"), "CREATE TABLE t (x)"])
    try folder.write("text.sqlite", text: "no database")
    for name in ["other.sqlite", "text.sqlite", "missing.sqlite"] {
      let outcome = try Program.run("report", folder.file(name), "-o", folder.file("r.html"))
      #expect(outcome.status == 1 && outcome.complaints.count == 1, "\(outcome.err)")
      #expect(outcome.err.contains(name))
    }
    #expect(try folder.names() == ["other.sqlite", "text.sqlite"])
    #expect(try Program.run("report", folder.file("x"), "--rows", "0").status == 2)
    #expect(try Program.run("report", folder.file("x"), "--rows", "1001").status == 2)
  }
}

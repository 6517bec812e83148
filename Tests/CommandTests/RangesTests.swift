import Foundation
import Testing

/// `pcapindex ranges`: published lists from files and from servers.
@Suite struct RangesTests {
  let folder: Folder
  let database: String

  init() throws {
    folder = try Folder()
    database = try Samples.copy("browse.pcapng", into: folder)
    for (name, text) in Servers.files { try folder.write(name, text: text) }
  }

  private func rows(_ sql: String) throws -> [String] { try sqlite(database, sql) }

  private func networks(_ name: String) throws -> [String] {
    try rows(
      """
      SELECT n.list, n.cidr, n.label FROM networks n JOIN range_lists l ON l.id = n.range_list_id
      WHERE l.name = '\(name)' ORDER BY n.first
      """)
  }

  /// What the database held is what it holds.
  private func expectUntouched() throws {
    #expect(try rows("SELECT (SELECT count(*) FROM networks), (SELECT count(*) FROM range_lists)") == ["0|0"])
    #expect(try rows("PRAGMA integrity_check") == ["ok"])
  }

  @Test(
    "each publisher's format is known by its content",
    arguments: [
      ("goog.json", "google", ["allow|93.184.0.0/16|Google", "allow|2606:2800::/32|Google"]),
      ("cloud.json", "google-cloud", ["note|93.184.128.0/17|Google Cloud: europe-west1"]),
      (
        "ip-ranges.json", "aws",
        [
          "note|45.77.0.0/16|AWS: EC2 eu-central-1", "note|45.78.0.0/16|AWS: AMAZON GLOBAL",
          "note|2600:1f00::/24|AWS: S3 us-east-1",
        ]
      ),
      (
        "ServiceTags_Public_20260105.json", "azure",
        ["note|146.70.0.0/16|Azure: Storage.WestEurope", "note|2603:1020::/32|Azure: Storage.WestEurope"]
      ),
      ("ips-v4", "cloudflare-v4", ["note|104.16.0.0/13|Cloudflare", "note|104.24.0.0/14|Cloudflare"]),
      ("ips-v6", "cloudflare-v6", ["note|2606:4700::/32|Cloudflare"]),
      ("public-ip-list", "fastly", ["note|151.101.0.0/16|Fastly", "note|2a04:4e40::/32|Fastly"]),
      ("meta", "github", ["note|4.148.0.0/16|GitHub: actions", "allow|185.199.108.0/22|GitHub: git, hooks"]),
      ("endpoints.json", "microsoft-365", ["allow|13.107.6.152/31|Microsoft 365: Exchange"]),
      // Two halves with one label are one network.
      ("egress-ip-ranges.csv", "apple-private-relay", ["note|172.224.226.0/30|iCloud Private Relay: US"]),
      ("torbulkexitlist", "tor", ["note|185.220.101.1/32|Tor exit", "note|185.220.101.2/32|Tor exit"]),
    ])
  func formats(file: String, name: String, expected: [String]) throws {
    let run = try Program.run("ranges", folder.file(file), database)
    #expect(run.status == 0, "\(run.err)")
    #expect(try networks(name) == expected)
    #expect(try rows("SELECT source FROM range_lists") == [folder.file(file)])
    #expect(try rows("SELECT length(sha256) FROM range_lists") == ["64"])
  }

  @Test("dates and numbers of an issue are kept as the list has them")
  func issues() throws {
    let run = try Program.run(
      ["ranges"] + ["goog.json", "ip-ranges.json", "ServiceTags_Public_20260105.json"].map(folder.file) + [database])
    #expect(run.status == 0, "\(run.err)")
    #expect(
      try rows("SELECT name, published, serial FROM range_lists ORDER BY name") == [
        "aws|2026-01-02 03:04:07|1767323047", "azure|2026-01-05|300",
        "google|2026-01-02 03:04:05.000000|1767323045000",
      ])
    let list = try Program.run("ranges", database)
    #expect(list.out.split(separator: "\n").map { $0.split(separator: "\t")[0] } == ["name", "aws", "azure", "google"])
  }

  @Test("what Google rents out is not allowed, whichever list comes first", arguments: [false, true])
  func googleWithoutCloud(reversed: Bool) throws {
    let files = ["goog.json", "cloud.json"]
    for file in reversed ? files.reversed() : files {
      #expect(try Program.run("ranges", folder.file(file), database).status == 0)
    }
    #expect(try networks("google") == ["allow|93.184.0.0/17|Google", "allow|2606:2800::/32|Google"])
    let verdict = try rows(
      "SELECT explained FROM address_verdicts v JOIN addresses a ON a.id = v.address_id WHERE ip = '93.184.215.14'")
    #expect(verdict == ["0"])
    let unknown = try Program.run("query", "unknown_ips", database, "--format", "csv")
    let row = try #require(fields(csv: unknown.out).first { $0[0] == "93.184.215.14" })
    #expect(row.contains("Google Cloud: europe-west1"))
  }

  @Test("an allowed range explains its addresses, with its label")
  func allows() throws {
    #expect(try Program.run("ranges", folder.file("goog.json"), database).status == 0)
    let explained = try Program.run("query", "explained_ips", database, "--format", "csv")
    #expect(explained.out.contains("93.184.215.14"))
    #expect(explained.out.contains("Google"))
  }

  @Test("--as says what the networks are listed for")
  func override() throws {
    let run = try Program.run("ranges", "--as", "allow", folder.file("torbulkexitlist"), database)
    #expect(run.status == 0, "\(run.err)")
    #expect(try networks("tor").first == "allow|185.220.101.1/32|Tor exit")
    // Nothing but an address can be noted.
    #expect(try Program.run("ranges", "--as", "note", folder.file("endpoints.json"), database).status == 0)
    #expect(try networks("microsoft-365") == ["note|13.107.6.152/31|Microsoft 365: Exchange"])
    #expect(try rows("SELECT count(*) FROM allowed_hosts") == ["0"])
  }

  @Test("Microsoft's host names are allowed, those of the category Default are not")
  func hosts() throws {
    #expect(try Program.run("ranges", folder.file("endpoints.json"), database).status == 0)
    #expect(
      try rows("SELECT pattern, match, label FROM allowed_hosts ORDER BY 1") == [
        ".mail.protection.outlook.com|suffix|microsoft-365", "outlook.office365.com|exact|microsoft-365",
      ])
  }

  @Test("a newer list takes the place of the older, and the analyst's own networks stay")
  func replaces() throws {
    let own = try folder.write("own.yaml", text: "su:\n  45.77.0.0/16: mine\nokhosts:\n  - outlook.office365.com\n")
    #expect(try Program.run("allow", own, database).status == 0)
    #expect(
      try Program.run("ranges", folder.file("ip-ranges.json"), folder.file("endpoints.json"), database).status == 0)
    let newer = #"{"syncToken": "2", "createDate": "x", "prefixes": [{"ip_prefix": "45.79.0.0/16", "service": "EC2"}]}"#
    #expect(try Program.run("ranges", folder.write("newer.json", text: newer), database).status == 0)
    #expect(try networks("aws") == ["note|45.79.0.0/16|AWS: EC2"])
    #expect(try rows("SELECT label FROM networks WHERE range_list_id IS NULL") == ["mine"])
    #expect(try Program.run("allow", own, database).status == 0)
    #expect(try Program.run("ranges", "--remove", "aws", "--remove", "microsoft-365", database).status == 0)
    #expect(try rows("SELECT cidr FROM networks") == ["45.77.0.0/16"])
    #expect(try rows("SELECT pattern FROM allowed_hosts") == ["outlook.office365.com"])
    let missing = try Program.run("ranges", "--remove", "aws", database)
    #expect(missing.status == 1)
    #expect(try rows("PRAGMA foreign_key_check").isEmpty)
  }

  @Test("Apple's own network comes with the program")
  func apple() throws {
    let run = try Program.run("ranges", "--fetch", "apple", database)
    #expect(run.status == 0, "\(run.err)")
    #expect(try networks("apple").first == "allow|17.0.0.0/8|Apple")
  }

  @Test(
    "a broken list is an error that names file and reason, and loads nothing",
    arguments: [
      ("{\"prefixes\": [", "is no JSON"),
      ("{\"prefixes\": 5}", "is not of the format expected"),
      ("{\"prefixes\": [{\"ipv4Prefix\": 5}]}", "'prefixes[0].ipv4Prefix' has a value of another kind"),
      ("{\"prefixes\": [{\"ipv4Prefix\": \"1.2.3.4/8\"}]}", "host bits"),
      ("{\"prefixes\": [{\"ipv4Prefix\": \"0.0.0.0/0\"}]}", "wider than /8"),
      ("{\"prefixes\": [{\"ipv6Prefix\": \"2000::/3\"}]}", "wider than /16"),
      ("{\"prefixes\": [{}]}", "neither ipv4Prefix nor ipv6Prefix"),
      ("{\"prefixes\": []}", "holds no network"),
      ("{\"prefixes\": [{\"ipv4Prefix\": \"evil\\n\\u001b[31m/8\"}]}", "is no IP address"),
      ("{\"something\": []}", "is none of the lists known"),
      (String(repeating: "[", count: 100_000), "is no JSON"),
      ("{\"a\":" + String(repeating: "[", count: 600) + String(repeating: "]", count: 600) + "}", "is no"),
      ("", "is none of the lists known"),
      ("\u{0}\u{1}\u{2}", "is no text"),
      ("1.2.3.4,US\n", "is no IP address"),
      ("1.2.3.0/24,US,US-CA,X,\nnonsense\n", "'nonsense' is not of the format expected"),
    ])
  func broken(text: String, reason: String) throws {
    let file = try folder.write("broken", text: text)
    let run = try Program.run("ranges", folder.file("goog.json"), file, database)
    #expect(run.status == 1)
    #expect(run.complaints.count == 1)
    #expect(run.err.contains("broken: ") && run.err.contains(reason), "\(run.err.prefix(300))")
    #expect(!run.err.unicodeScalars.contains("\u{1b}"))
    try expectUntouched()
  }

  @Test("files that are not there, folders, cut gzip files and one list twice are errors")
  func badFiles() throws {
    let cut = try folder.write("cut.json.gz", [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xab] as [UInt8])
    for (arguments, reason) in [
      ([folder.file("none.json")], "no such file"), ([folder.path], "is a folder"), ([cut], "gzip"),
      ([folder.file("goog.json"), "google=" + folder.file("goog.json")], "is the list google, and so is"),
      (["googel=" + folder.file("goog.json")], "'googel' is no published list"),
      (["aws=" + folder.file("goog.json")], "is not of the format expected"),
    ] {
      let run = try Program.run(["ranges"] + arguments + [database])
      #expect(run.status == 1 && run.err.contains(reason), "\(run.err)")
    }
    try expectUntouched()
    let usage = try Program.run("ranges", "--fetch", "nobody", database)
    #expect(usage.status == 2 && usage.err.contains("'nobody' is no published list"))
  }

  @Test("lists are fetched from a server, with its date where they have none")
  func fetches() throws {
    var arguments = ["ranges"]
    for (name, file) in [
      ("google", "files/goog.json"), ("google-cloud", "gzip/cloud.json"), ("aws", "redirect/files/ip-ranges.json"),
      ("azure", "files/azure.html"), ("cloudflare-v4", "files/ips-v4"), ("cloudflare-v6", "files/ips-v6"),
      ("fastly", "files/public-ip-list"), ("github", "files/meta"), ("microsoft-365", "files/endpoints.json"),
      ("apple-private-relay", "files/egress-ip-ranges.csv"), ("tor", "files/torbulkexitlist"),
    ] {
      arguments += ["--url", "\(name)=\(try Servers.url(file))"]
    }
    let run = try Program.run(arguments + ["--fetch", "all", database])
    #expect(run.status == 0, "\(run.err)")
    #expect(
      try rows("SELECT count(*), count(DISTINCT range_list_id) FROM networks WHERE range_list_id > 0") == ["24|12"])
    #expect(
      try rows("SELECT published, etag, source FROM range_lists WHERE name = 'tor'") == [
        "Fri, 02 Jan 2026 03:04:05 GMT|\"made-1\"|\(try Servers.url("files/torbulkexitlist"))"
      ])
    #expect(try rows("SELECT published FROM range_lists WHERE name = 'azure'") == ["2026-01-05"])
    #expect(try rows("SELECT published FROM range_lists WHERE name = 'google'") == ["2026-01-02 03:04:05.000000"])
  }

  @Test("over TLS a certificate must be trusted, and nothing leads away from it")
  func overTLS() throws {
    let url = try Servers.url("files/goog.json", scheme: "https")
    let refused = try Program.run("ranges", "--fetch", "google", "--url", "google=\(url)", database)
    #expect(refused.status == 1 && refused.err.contains("certificate is not trusted"), "\(refused.err)")
    try expectUntouched()
    let trust = ["SSL_CERT_FILE": try Servers.certificate()]
    let cloud = try Servers.url("files/cloud.json", scheme: "https")
    let trusted = try Program.run(
      "ranges", "--fetch", "google", "--url", "google=\(url)", "--url", "google-cloud=\(cloud)", database,
      environment: trust)
    #expect(trusted.status == 0, "\(trusted.err)")
    let down = try Servers.url("downgrade", scheme: "https")
    let downgraded = try Program.run("ranges", "--fetch", "tor", "--url", "tor=\(down)", database, environment: trust)
    #expect(downgraded.status == 1 && downgraded.err.contains("something other than https"), "\(downgraded.err)")
    #expect(try networks("tor").isEmpty)
  }

  @Test(
    "a server that misbehaves is an error, soon, and nothing is loaded",
    arguments: [
      ("hang", "timed out"), ("drip", "timed out"), ("early", "the connection ended early"),
      ("gigabyte", "is larger than 64 MiB"), ("bomb", "is larger than 64 MiB"),
      ("loop", "redirected more than 5 times"),
      ("status/404", "status 404"), ("status/500", "status 500"), ("file", "something other than https"),
      ("files/none", "the connection ended early"),
    ])
  func badServers(path: String, reason: String) throws {
    let url = try Servers.url(path)
    let start = Date()
    let run = try Program.run("ranges", "--fetch", "fastly", "--url", "fastly=\(url)", "--timeout", "4", database)
    #expect(run.status == 1)
    #expect(run.complaints.count == 1)
    #expect(run.err.contains(url) && run.err.contains(reason), "\(run.err)")
    #expect(Date().timeIntervalSince(start) < 30)
    try expectUntouched()
  }

  @Test("without a network there is a clear error")
  func noNetwork() throws {
    let run = try Program.run(
      "ranges", "--fetch", "fastly", "--url", "fastly=http://127.0.0.1:1/x", "--timeout", "10", database)
    #expect(run.status == 1 && run.err.contains("no connection"), "\(run.err)")
    let unknown = try Program.run(
      "ranges", "--fetch", "fastly", "--url", "fastly=https://no-such-host.invalid/", "--timeout", "30", database)
    #expect(unknown.status == 1 && unknown.err.contains("no-such-host.invalid"), "\(unknown.err)")
    try expectUntouched()
  }

  @Test("Ctrl-C ends a fetch and leaves the database as it was")
  func interrupted() throws {
    let child = try Child(
      try Program.path(),
      ["ranges", "--fetch", "fastly", "--url", "fastly=\(try Servers.url("hang"))", database],
      input: "/dev/null", output: folder.file("out"), error: folder.file("err"), folder: nil, [:])
    usleep(1_000_000)
    kill(child.id, SIGINT)
    #expect(child.wait(seconds: 20) == 130)
    try expectUntouched()
  }
}

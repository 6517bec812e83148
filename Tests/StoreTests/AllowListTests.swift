import Bytes
import Testing

@testable import Store

@Suite("Allow lists")
struct AllowListTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let sample = """
    ---
    dns:
      8.8.8.8: main
      192.168.52.1: local

    allow:
      125.209.192.0/18: line
      163.70.128.60: whatsapp
      71.18.0.0/16: bytedance (tiktok)
      2001:db8::/32: documentation
      2001:db8:ffff::1: 17

    okhosts:
      - twitter.com
      - X.com

    oksuffixes:
      - .amazon.com
      - .Deepl.com

    su:
      3.0.0.0/9: amazon
    """

  private func load(_ text: String) throws -> AllowList {
    try AllowList.load([folder.write(text, to: "w.yaml")])
  }

  private func failure(_ text: String) throws -> AllowListError {
    let path = try folder.write(text, to: "w.yaml")
    return try #require(#expect(throws: AllowListError.self) { _ = try AllowList.load([path]) })
  }

  @Test("pcapan's format is read as it stands")
  func pcapan() throws {
    let list = try load(AllowListTests.sample)
    #expect(
      list.networks.map { "\($0.list.rawValue) \($0.network) \($0.label)" } == [
        "dns 8.8.8.8/32 main", "dns 192.168.52.1/32 local", "allow 125.209.192.0/18 line",
        "allow 163.70.128.60/32 whatsapp", "allow 71.18.0.0/16 bytedance (tiktok)", "allow 2001:db8::/32 documentation",
        "allow 2001:db8:ffff::1/128 17", "note 3.0.0.0/9 amazon",
      ])
    #expect(list.networks[2].source == folder["w.yaml"] + ":7")
    #expect(
      list.hosts.map { "\($0.match.rawValue) \($0.pattern) \($0.source.suffix(3))" } == [
        "exact twitter.com :14", "exact x.com :15", "suffix .amazon.com :18", "suffix .deepl.com :19",
      ])
  }

  @Test(
    "a domain is its name and every name in it, and a comment behind a name is its label",
    .enabled(if: PublicSuffixList.shared != nil, "libpsl is missing"))
  func domains() throws {
    let list = try load(
      """
      okdomains:
        - Example.co.uk   # the shop
        - corp.lan
      okhosts:
        - 'a.example'  #  twice # as long
        - b.example#c
        - "d.example"
      """)
    #expect(
      list.hosts.map { "\($0.match.rawValue) \($0.pattern) \($0.label ?? "-")" } == [
        "domain example.co.uk the shop", "domain corp.lan -", "exact a.example twice # as long", "exact b.example#c -",
        "exact d.example -",
      ])
    #expect(list.hosts[0].allows("example.co.uk") && list.hosts[0].allows("WWW.example.co.uk"))
    #expect(!list.hosts[0].allows("an-example.co.uk") && !list.hosts[0].allows("co.uk"))
  }

  @Test(
    "a domain that is none is an error with its line",
    .enabled(if: PublicSuffixList.shared != nil, "libpsl is missing"),
    arguments: [
      ("okdomains:\n  - example.com\n  - co.uk\n", 3, "okdomains: 'co.uk' is a public suffix"),
      ("okdomains:\n  - github.io\n", 2, "okdomains: 'github.io' is a public suffix"),
      ("okdomains:\n  - com\n", 2, "okdomains: 'com' is a public suffix"),
      ("okdomains:\n  - .example.com\n", 2, "okdomains: '.example.com' begins with a dot"),
      ("okdomains:\n  example.com: x\n", 2, "okdomains must hold lines like - example.org"),
    ])
  func wrongDomain(text: String, line: Int, detail: String) throws {
    let error = try failure(text)
    #expect(error.line == line && error.detail.hasPrefix(detail), "\(error)")
  }

  @Test("suffixes end a name as text, exact names are the whole of it, case does not matter")
  func matching() throws {
    let hosts = try load(AllowListTests.sample).hosts
    #expect(hosts[2].allows("WWW.amazon.com"))
    #expect(!hosts[2].allows("amazon.com"))
    #expect(!hosts[2].allows("www.amazon.com.example"))
    #expect(hosts[1].allows("x.COM"))
    #expect(!hosts[1].allows("xx.com"))
    let bare = try load("oksuffixes:\n  - oo.example\n").hosts
    #expect(bare[0].allows("foo.example"))
  }

  @Test(
    "sections may be empty or missing, and so may the file",
    arguments: ["", "---\n", "dns:\nallow: ~\n", "okhosts: []\nsu: {}\n"])
  func empty(text: String) throws {
    #expect(try load(text) == AllowList())
  }

  @Test(
    "a wrong entry is an error with its line",
    arguments: [
      (
        "dns:\n  8.8.8.8: main\nallow:\n  10.0.0.1/8: x\n", 4,
        "allow: '10.0.0.1/8' has host bits set; did you mean 10.0.0.0/8?"
      ),
      ("allow:\n  10.0.0.0/33: x\n", 2, "allow: '10.0.0.0/33' has no prefix length from 0 to 32"),
      ("allow:\n  10.0.0.0/: x\n", 2, "allow: '10.0.0.0/' has no prefix length from 0 to 32"),
      ("allow:\n\n\n  example.org: x\n", 4, "allow: 'example.org' is no IP address"),
      ("allow:\n  2001:db8::/129: x\n", 2, "allow: '2001:db8::/129' has no prefix length from 0 to 128"),
      ("allow:\n  ::/0: x\n", 2, "allow: '::/0' would hold all of IPv4 too; 2000::/3 is all of global IPv6"),
      ("su:\n  10.0.0.0/8:\n", 2, "su: '10.0.0.0/8' has no label"),
      ("su:\n  10.0.0.0/8: [a]\n", 2, "su: '10.0.0.0/8' has no label"),
      ("allow:\n  10.0.0.1: x\n  10.0.0.1/32: y\n", 3, "allow: '10.0.0.1/32' stands in "),
      ("allow:\n  - 10.0.0.1\n", 2, "allow must hold lines like 192.0.2.0/24: label"),
      ("okhosts:\n  a.example: b\n", 2, "okhosts must hold lines like - example.org"),
      ("okhosts:\n  - a.example\n  - [b]\n", 3, "okhosts: an entry must be a host name"),
      ("okhosts:\n  - a.example\n  -\n", 3, "okhosts: an entry must be a host name"),
      ("okhosts:\n  - a b\n", 2, "okhosts: 'a b' is no host name"),
      ("oksuffixes:\n  - ''\n", 2, "oksuffixes: '' is no host name"),
      ("oksuffixes:\n  - '*.example.org'\n", 2, "oksuffixes: '*.example.org' has a wildcard"),
      ("dns:\n  8.8.8.8: main\nallowed:\n  10.0.0.0/8: x\n", 3, "unknown section 'allowed'"),
      ("? [a]\n: b\n", 1, "the name of a section must be text"),
      ("just text\n", 1, "expected the sections"),
      ("- a\n- b\n", 1, "expected the sections"),
      ("dns:\n  8.8.8.8: 'main\n", 3, "is no YAML"),
      ("dns: {\n", 2, "is no YAML"),
      ("dns:\n\t8.8.8.8: x\n", 2, "is no YAML"),
      ("a: &x [*x]\n", 1, ""),
    ])
  func wrong(text: String, line: Int, detail: String) throws {
    let error = try failure(text)
    #expect(error.file == folder["w.yaml"])
    #expect(error.line == line, "\(error)")
    #expect(error.detail.hasPrefix(detail), "\(error)")
    #expect(!error.description.contains("\n"))
  }

  @Test("a key that stands twice is an error with its name and the line of the first")
  func duplicateKey() throws {
    let inner = try failure("dns:\nallow:\n  10.0.0.1: x\n  10.0.0.2: x\n  10.0.0.1: y\n")
    #expect(inner.detail.contains("'10.0.0.1'"))
    #expect(inner.line == 3)
    let outer = try failure("dns:\nallow:\ndns:\n")
    #expect(outer.detail.contains("'dns'"))
    #expect(outer.line == 1)
  }

  @Test("text that is no UTF-8, a missing file, a folder: each is an error with the file")
  func unreadable() throws {
    let path = try folder.write([0x61, 0x0a, 0x62, 0x0a, 0xff, 0x0a], to: "bad.yaml")
    let bad = #expect(throws: AllowListError.self) { _ = try AllowList.load([path]) }
    #expect(bad?.description == "\(path):3: is no text in UTF-8")
    let missing = #expect(throws: AllowListError.self) { _ = try AllowList.load([folder["no.yaml"]]) }
    #expect(missing?.description == "\(folder["no.yaml"]): no such file")
    let directory = #expect(throws: AllowListError.self) { _ = try AllowList.load([folder.path]) }
    #expect(directory?.detail == "is a folder")
  }

  @Test("one wrong file among several loads nothing")
  func allOrNothing() throws {
    let good = try folder.write(AllowListTests.sample, to: "good.yaml")
    let bad = try folder.write("allow:\n  nonsense: x\n", to: "bad.yaml")
    let error = #expect(throws: AllowListError.self) { _ = try AllowList.load([good, bad]) }
    #expect(error?.file == bad)
  }

  @Test("every prefix of a file is read or refused, never more")
  func prefixes() throws {
    let bytes = Array(AllowListTests.sample.utf8)
    for count in 0...bytes.count {
      var list = AllowList()
      try? list.add(yaml: Array(bytes.prefix(count)), file: "w.yaml")
    }
  }

  @Test("entries are stored with their keys; loading again replaces label and source")
  func store() throws {
    try makeDatabase(at: folder["a.sqlite"])
    let database = try Database(path: folder["a.sqlite"], mode: .readWrite)
    try load(AllowListTests.sample).store(into: database)
    try AllowList.load([folder.write("allow:\n  163.70.128.60/32: other\nokhosts: [x.com]\n", to: "v.yaml")])
      .store(into: database)
    #expect(try database.integer("SELECT count(*) FROM networks") == 8)
    #expect(try database.integer("SELECT count(*) FROM allowed_hosts") == 4)
    #expect(
      try database.text(
        "SELECT label || ' ' || source FROM networks WHERE cidr = '163.70.128.60/32' AND list = 'allow'")
        == "other \(folder["v.yaml"]):2")
    #expect(
      try database.text("SELECT hex(first) || ' ' || hex(last) FROM networks WHERE cidr = '125.209.192.0/18'")
        == "00000000000000000000FFFF7DD1C000 00000000000000000000FFFF7DD1FFFF")
    try expectClean(folder["a.sqlite"])
  }

  @Test("networks of both kinds have their borders")
  func cidr() throws {
    for (text, first, last, spelled) in [
      ("0.0.0.0/0", "0.0.0.0", "255.255.255.255", "0.0.0.0/0"),
      ("10.1.2.3", "10.1.2.3", "10.1.2.3", "10.1.2.3/32"),
      ("10.1.2.2/31", "10.1.2.2", "10.1.2.3", "10.1.2.2/31"),
      ("2000::/3", "2000::", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::/3"),
      ("2001:db8::/64", "2001:db8::", "2001:db8::ffff:ffff:ffff:ffff", "2001:db8::/64"),
      ("2001:db8::/65", "2001:db8::", "2001:db8::7fff:ffff:ffff:ffff", "2001:db8::/65"),
      ("2001:DB8:0::1", "2001:db8::1", "2001:db8::1", "2001:db8::1/128"),
      ("::ffff:192.0.2.0/120", "192.0.2.0", "192.0.2.255", "192.0.2.0/24"),
      ("::1/128", "::1", "::1", "::1/128"),
    ] {
      let network = try CIDR(text)
      #expect(network.first == IPAddress(first))
      #expect(network.last == IPAddress(last))
      #expect(network.description == spelled)
      #expect(try network.contains(#require(IPAddress(first))) && network.contains(#require(IPAddress(last))))
    }
    for text in [
      "", "/", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0.0/008 ", "::/1", "::ffff:0:0/90",
      "10.0.0.0/9999999999999999999999",
    ] {
      #expect(throws: CIDR.Problem.self, "\(text)") { _ = try CIDR(text) }
    }
  }
}

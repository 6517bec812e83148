import Foundation
import Synchronization
import Testing

/// The servers of `Tests/Servers/serve.py`, one process for all tests.
enum Servers {
  /// Published lists, made up, in the publishers' formats.
  static let files = [
    "goog.json": """
    {"syncToken": "1767323045000", "creationTime": "2026-01-02T03:04:05.000000", "prefixes": [
      {"ipv4Prefix": "93.184.0.0/16"}, {"ipv6Prefix": "2606:2800::/32"}]}
    """,
    "cloud.json": """
    {"syncToken": "1767323046000", "creationTime": "2026-01-02T03:04:06.000000", "prefixes": [
      {"ipv4Prefix": "93.184.128.0/17", "service": "Google Cloud", "scope": "europe-west1"}]}
    """,
    "ip-ranges.json": """
    {"syncToken": "1767323047", "createDate": "2026-01-02-03-04-07", "prefixes": [
      {"ip_prefix": "45.77.0.0/16", "region": "eu-central-1", "service": "AMAZON", "network_border_group": "x"},
      {"ip_prefix": "45.77.0.0/16", "region": "eu-central-1", "service": "EC2", "network_border_group": "x"},
      {"ip_prefix": "45.78.0.0/16", "region": "GLOBAL", "service": "AMAZON", "network_border_group": "x"}],
     "ipv6_prefixes": [
      {"ipv6_prefix": "2600:1f00::/24", "region": "us-east-1", "service": "S3", "network_border_group": "x"}]}
    """,
    "ServiceTags_Public_20260105.json": """
    {"changeNumber": 300, "cloud": "Public", "values": [
      {"name": "AzureCloud.westeurope", "id": "AzureCloud.westeurope", "properties": {"changeNumber": 1,
       "region": "westeurope", "platform": "Azure", "systemService": "", "addressPrefixes": ["146.70.0.0/16"]}},
      {"name": "Storage.WestEurope", "id": "Storage.WestEurope", "properties": {"changeNumber": 1,
       "region": "westeurope", "platform": "Azure", "systemService": "AzureStorage",
       "addressPrefixes": ["146.70.0.0/16", "2603:1020::/32"]}}]}
    """,
    "azure.html": """
    <html><a href="https://example.com/other.json">no</a>
    <a href="http://127.0.0.1:HTTP_PORT/files/ServiceTags_Public_20260105.json">Download</a></html>
    """,
    "ips-v4": "104.16.0.0/13\n104.24.0.0/14\n",
    "ips-v6": "2606:4700::/32\n",
    "public-ip-list": #"{"addresses": ["151.101.0.0/16"], "ipv6_addresses": ["2a04:4e40::/32"]}"#,
    "meta": """
    {"verifiable_password_authentication": false, "ssh_key_fingerprints": {"SHA256_RSA": "x"}, "ssh_keys": ["ssh-rsa x"],
     "hooks": ["185.199.108.0/22"], "git": ["185.199.108.0/22"], "actions": ["4.148.0.0/16"],
     "domains": {"website": ["*.github.com"]}}
    """,
    "endpoints.json": """
    [{"id": 1, "serviceArea": "Exchange", "category": "Optimize", "required": true, "tcpPorts": "443",
      "urls": ["outlook.office365.com", "*.mail.protection.outlook.com"], "ips": ["13.107.6.152/31"]},
     {"id": 2, "serviceArea": "Common", "category": "Default", "required": false, "urls": ["*.blob.example.com"]}]
    """,
    "egress-ip-ranges.csv": "172.224.226.0/31,US,US-CA,LOSANGELES,\n172.224.226.2/31,US,US-NY,NEWYORK,\n",
    "torbulkexitlist": "185.220.101.1\n185.220.101.2\n",
  ]

  private struct State {
    var folder: Folder?
    var process: Process?
    var input: Pipe?
    var ports: [String: Int] = [:]
  }

  /// Behind `lock`.
  private nonisolated(unsafe) static var state = State()
  private static let lock = Mutex(())

  /// The port of a role; the servers are started for the first.
  static func port(_ role: String) throws -> Int {
    try lock.withLock { _ in
      if state.folder == nil { try start() }
      return try #require(state.ports[role])
    }
  }

  /// The address of a path of the HTTP or HTTPS server.
  static func url(_ path: String, scheme: String = "http") throws -> String {
    "\(scheme)://127.0.0.1:\(try port(scheme))/\(path)"
  }

  /// The certificate of the HTTPS server.
  static func certificate() throws -> String {
    _ = try port("https")
    return try lock.withLock { _ in try #require(state.folder).file("cert.pem") }
  }

  private static func start() throws {
    let folder = try Folder()
    try FileManager.default.createDirectory(atPath: folder.file("files"), withIntermediateDirectories: true)
    for (name, text) in files { try folder.write("files/" + name, text: text) }
    let key = try Program.run(
      "/usr/bin/openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
        "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder.file("key.pem"), "-out",
        folder.file("cert.pem"),
      ])
    try #require(key.status == 0, "\(key.err)")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [Repository.root.appendingPathComponent("Tests/Servers/serve.py").path, folder.path]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    var text = ""
    while !text.contains("ready\n") {
      let data = output.fileHandleForReading.availableData
      try #require(!data.isEmpty, "the servers do not start")
      text += String(decoding: data, as: UTF8.self)
    }
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2, let port = Int(words[1]) { state.ports[String(words[0])] = port }
    }
    (state.folder, state.process, state.input) = (folder, process, input)
    atexit {
      Servers.state.process?.terminate()
      Servers.state.folder = nil
    }
  }
}

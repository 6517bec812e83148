import Testing

/// What the queries say about the captures of the repository, whose truth is in `Captures/README.md` and `EXPECTED.md`.
@Suite struct AnswerTests {
  @Test("accepted_logins: which accounts worked, and the frame that proves it")
  func acceptedLogins() throws {
    let rows = try answer("accepted_logins", "guessing.pcap")
    #expect(
      rows.map { [$0["protocol"], $0["server"], $0["port"], $0["username"], $0["logins"], $0["clients"]] } == [
        ["ftp", "172.16.16.121", "21", "salesxfer", "1", "172.16.16.128"],
        ["http", "172.16.16.121", "80", "planner", "1", "172.16.16.128"],
      ])
    #expect(rows.map { $0["proof_frame"] } == ["37", "46"])
    #expect(try answer("accepted_logins", "ftp_session.pcap").map { $0["proof_frame"] } == ["9"])
  }

  @Test("allow_rules: what each rule clears, and which clear nothing")
  func allowRules() throws {
    let rows = try answer("allow_rules", "browse.pcapng", allowed: true)
    #expect(
      rows.map { [$0["section"], $0["rule"], $0["label"], $0["cleared"], $0["noted"]] } == [
        ["dns", "192.168.10.1/32", "resolver", "1", "0"], ["allow", "45.77.12.0/24", "lab", "1", "0"],
        ["okhosts", "login.example.com", nil, "1", "0"], ["oksuffixes", ".example.net", nil, "0", "0"],
        ["su", "66.22.0.0/16", "hosting", "0", "1"],
      ])
    #expect(rows.map { $0["bytes"] } == ["2996", "21884", "4600", "0", "840"])
    let unused = try answer("allow_rules", "browse.pcapng", allowed: true, "--unused", "1")
    #expect(unused.map { $0["rule"] } == [".example.net"])
  }

  @Test("arp_table: who has which address")
  func arpTable() throws {
    let rows = try answer("arp_table", "arp_icmp.pcap")
    #expect(
      rows.map { [$0["ip"], $0["mac"], $0["remark"]] } == [
        ["192.168.10.1", "02:00:5e:00:01:02", nil], ["192.168.10.20", "02:00:5e:00:01:01", nil],
      ])
  }

  @Test("brute_force: who guessed, and which account fell")
  func bruteForce() throws {
    let rows = try answer("brute_force", "guessing.pcap")
    #expect(rows.map { [$0["client"], $0["server"], $0["protocol"]] } == [["172.16.16.128", "172.16.16.121", "ftp"]])
    #expect(rows.map { [$0["refused"], $0["accepted"], $0["secrets"], $0["usernames"]] } == [["5", "1", "6", "1"]])
    #expect(rows.map { [$0["succeeded"], $0["account"]] } == [["yes", "salesxfer"]])
    #expect(try answer("brute_force", "guessing.pcap", "--attempts", "6").isEmpty)
    // The refused login came behind the accepted one.
    let order = try answer("brute_force", "ftp_session.pcap", "--attempts", "1")
    #expect(order.map { [$0["refused"], $0["succeeded"], $0["account"]] } == [["1", "no", nil]])
  }

  @Test("capture_summary: what the files cover and lack")
  func captureSummary() throws {
    let whole = try #require(try answer("capture_summary", "browse.pcapng").first)
    #expect([whole["frames"], whole["bytes"], whole["flows"], whole["addresses"]] == ["332", "75111", "39", "18"])
    #expect([whole["status"], whole["link_types"], whole["snaplen"]] == ["complete", "Ethernet", "262144"])
    #expect([whole["cut_frames"], whole["missing_bytes"], whole["diagnostics"]] == ["0", "0", "0"])
    #expect(whole["first_time"] == "2026-11-21 11:05:00.204899" && whole["last_time"] == "2026-11-21 11:05:06.850622")
    let cut = try #require(try answer("capture_summary", "snaplen_http.pcap").first)
    let database = try Samples.database("snaplen_http.pcap")
    let lacking = try sqlite(database, "SELECT sum(captured_length < length) FROM frames")
    #expect(cut["cut_frames"] == lacking.first && cut["cut_frames"] != "0")
    #expect(try answer("capture_summary", "sll2.pcap").first?["link_types"] == "Linux cooked v2")
  }

  @Test("dns_names: how often, and what came of it")
  func dnsNames() throws {
    let rows = try answer("dns_names", "browse.pcapng")
    #expect(rows.map { $0["name"] }.prefix(2) == ["www.example.com", "shop.example.net"])
    let first = try #require(rows.first)
    #expect(
      [first["types"], first["lookups"], first["answered"], first["clients"]] == ["A,AAAA,HTTPS", "8", "8", "1"])
    #expect(first["addresses"] == "93.184.215.14" && first["first_frame"] == "7")
    let missing = try answer("dns_names", "browse.pcapng", "--rcode", "nxdomain")
    #expect(missing.map { [$0["name"], $0["nxdomain"]] } == [["missing.example.com", "1"]])
    #expect(try answer("dns_names", "browse.pcapng", "--rcode", "none").isEmpty)
    // Of a capture that lost its responses.
    let folder = try Folder()
    let database = try Samples.copy("browse.pcapng", into: folder)
    _ = try sqlite(database, "DELETE FROM dns_messages WHERE is_response AND query_name = 'www.example.com'")
    let silent = try Program.run("query", "dns_names", database, "--rcode", "none", "--format", "csv")
    #expect(
      fields(csv: silent.out).dropFirst().map { [$0[0], $0[2], $0[7], $0[8]] } == [["www.example.com", "8", "8", nil]])
  }

  @Test("cleartext_logins: the same logins without their secrets")
  func cleartextLogins() throws {
    let rows = try answer("cleartext_logins", "ftp_session.pcap")
    #expect(
      rows.map { [$0["username"], $0["accepted"], $0["frame"]] } == [
        ["salesxfer", "yes", "8"], ["salesxfer", "no", "115"],
      ])
    #expect(rows.allSatisfy { row in row.values.allSatisfy { $0 != "p@ssw0rd" } && row["secret"] == nil })
  }

  @Test("cleartext_services: which servers, how often, and what to do")
  func cleartextServices() throws {
    let rows = try answer("cleartext_services", "guessing.pcap")
    #expect(
      rows.map { [$0["server"], $0["port"], $0["service"], $0["logins"], $0["accepted"], $0["flows"]] } == [
        ["172.16.16.121", "21", "ftp", "6", "1", "2"], ["172.16.16.121", "80", "http", "1", "1", "1"],
      ])
    #expect(rows.first?["advice"] == "SFTP, or FTPS with AUTH TLS required")
    // Pages without a login are no finding.
    #expect(try answer("cleartext_services", "clean_http.pcap").isEmpty)
  }

  @Test("cleartext_passwords: whose, and whether they worked")
  func cleartextPasswords() throws {
    let ftp = try answer("cleartext_passwords", "ftp_session.pcap")
    #expect(ftp.map { $0["username"] } == ["salesxfer", "salesxfer"])
    #expect(ftp.map { $0["secret"] } == ["p@ssw0rd", "wrong"])
    #expect(ftp.map { $0["accepted"] } == ["yes", "no"])
    #expect(ftp.map { $0["frame"] } == ["8", "115"])
    let http = try answer("cleartext_passwords", "http_session.pcap")
    #expect(http.map { $0["mechanism"] } == ["form", "Basic", "Basic"])
    #expect(http.map { $0["secret"] } == ["corr3ct horse&staple", "guess", "s3cret-plan"])
    #expect(http.dropFirst().map { $0["accepted"] } == ["no", "yes"])
    let masked = try answer("cleartext_passwords", "ftp_session.pcap", "--mask", "1", "--accepted", "yes")
    #expect(masked.map { $0["secret"] } == ["********"])
  }

  @Test("conversations: both sides' packets and bytes")
  func conversations() throws {
    let rows = try answer("conversations", "clean_http.pcap")
    let row = try #require(rows.first)
    #expect(rows.count == 1)
    #expect([row["client"], row["client_port"], row["server"]] == ["192.168.10.20", "56054", "93.184.215.14"])
    #expect(
      [row["service"], row["packets"], row["client_bytes"], row["server_bytes"]] == ["http", "54", "903", "52527"])
    #expect([row["state"], row["missing_bytes"], row["first_frame"], row["last_frame"]] == ["SF", "0", "3", "56"])
  }

  @Test("diagnostics: what the capture lost")
  func diagnostics() throws {
    let rows = try answer("diagnostics", "gaps_http.pcap")
    #expect(rows.map { $0["code"] } == ["tcp-gap"])
    #expect(rows.map { $0["count"] } == ["4"])
    #expect(rows.first?["example"] == "1448 bytes from the server are not in the capture")
  }

  @Test("dns_lookups: the chain of aliases and all addresses")
  func dnsLookups() throws {
    let rows = try answer("dns_lookups", "browse.pcapng", "--name", "assets")
    #expect(rows.map { $0["addresses"] } == ["151.101.1.69, 151.101.65.69"])
    #expect(rows.map { $0["chain"] } == ["assets.example.com → assets.edge.example.net → pop7.cdn.example.net"])
    #expect(rows.map { [$0["query_frame"], $0["response_frame"]] } == [["43", "44"]])
    let accent = try answer("dns_lookups", "dns_lookups.pcap", "--name", "caf")
    #expect(accent.map { $0["name"] } == ["café.example.com"])
  }

  @Test("early_connections: open before the capture began")
  func earlyConnections() throws {
    let rows = try answer("early_connections", "browse.pcapng")
    #expect(rows.map { $0["server"] } == ["66.22.10.8"])
    #expect(rows.map { $0["server_port"] } == ["5222"])
  }

  @Test("explained_ips: which rule cleared which address")
  func explainedIPs() throws {
    let rows = try answer("explained_ips", "browse.pcapng", allowed: true)
    #expect(rows.map { $0["ip"] } == ["45.77.12.34", "192.168.10.1", "104.16.132.229"])
    #expect(rows.map { $0["by"] } == ["allow", "dns", "names"])
    #expect(rows.map { $0["label"] } == ["lab", "resolver", nil])
    #expect(rows.map { $0["source"]?.split(separator: ":").last } == ["4", "2", "6"])
    #expect(rows[2]["evidence"]?.hasPrefix("login.example.com (dns, frame 122) by exact login.example.com, ") == true)
    // 151.101.1.69 has one name that no rule allows.
    let milder = try answer("explained_ips", "browse.pcapng", allowed: true, "--any-name", "1")
    #expect(milder.map { $0["ip"] }.sorted { ($0 ?? "") < ($1 ?? "") }.contains("151.101.1.69"))
    let added = try #require(milder.first { $0["ip"] == "151.101.1.69" })
    #expect(added["by"] == "any name")
    #expect(added["rule"]?.contains("shop.example.net by .example.net") == true)
    #expect(added["evidence"]?.contains("assets.example.com (http, frame 48) no rule") == true)
  }

  @Test("name_conflicts: a server name that no lookup gave")
  func nameConflicts() throws {
    let rows = try answer("name_conflicts", "browse.pcapng")
    #expect(
      rows.map { [$0["ip"], $0["conflict"], $0["names"], $0["source"], $0["first_frame"]] } == [
        ["185.199.108.153", "no DNS answer has the name", "updates.example.org", "sni", "217"]
      ])
    let unknown = try answer("unknown_ips", "browse.pcapng")
    #expect(
      unknown.compactMap { $0["conflict"] } == ["sni:updates.example.org but no DNS answer has the name"])
  }

  @Test("unknown_ips: noted ones are listed with the note, and one allowed name clears where that is asked for")
  func notedIPs() throws {
    let rows = try answer("unknown_ips", "browse.pcapng", allowed: true)
    #expect(rows.filter { $0["verdict"] == "noted" }.map { [$0["ip"], $0["note"]] } == [["66.22.10.8", "hosting"]])
    let listed = Set(rows.compactMap { $0["ip"] })
    let milder = Set(
      try answer("unknown_ips", "browse.pcapng", allowed: true, "--any-name", "1").compactMap { $0["ip"] })
    #expect(listed.subtracting(milder) == ["151.101.1.69", "151.101.65.69"])
    #expect(milder.isSubset(of: listed))
  }

  @Test("file_downloads: a program over plain HTTP")
  func fileDownloads() throws {
    let rows = try answer("file_downloads", "browse.pcapng")
    #expect(rows.map { $0["url"] } == ["http://shop.example.net/setup.exe"])
    #expect(rows.first?["kind"] == "executable")
    #expect(rows.first?["declared_type"] == "application/octet-stream")
    #expect(rows.first?["bytes"] == "6152")
    let more = try answer("file_downloads", "http_session.pcap").compactMap { $0["url"] }
    #expect(more.contains("http://shop.example.net/tools.zip"))
    #expect(more.contains("http://shop.example.net/archive.tar.gz"))
  }

  @Test("ftp_passive_ports: the port as it is computed from the reply")
  func ftpPassivePorts() throws {
    let rows = try answer("ftp_passive_ports", "ftp_session.pcap")
    #expect(rows.map { $0["port"] } == ["49163", "49163", "49163", "49163"])
    #expect(rows.map { $0["calculation"] } == ["192 * 256 + 11", "192 * 256 + 11", nil, "192 * 256 + 11"])
    #expect(rows.map { $0["transfer"] } == ["LIST", "RETR report.csv", "STOR incoming/orders.csv", "RETR missing.csv"])
    #expect(rows.map { $0["bytes"] } == ["272", "888", "2386", "0"])
    #expect(rows.map { $0["reply_frame"] } == ["21", "37", "57", "89"])
  }

  @Test("ftp_sessions: the dialogue, commands with their final replies")
  func ftpSessions() throws {
    let rows = try answer("ftp_sessions", "ftp_session.pcap")
    let dialogue = rows.prefix(8).map { [$0["command"], $0["argument"], $0["reply_code"]] }
    #expect(
      dialogue == [
        [nil, nil, "220"], ["USER", "salesxfer", "331"], ["PASS", "p@ssw0rd", "230"], ["OPTS", "utf8 on", "200"],
        ["SYST", nil, "215"], ["SITE", "help", "214"], ["PWD", nil, "257"], ["TYPE", "A", "200"],
      ])
    let list = try #require(rows.first { $0["command"] == "LIST" })
    #expect([list["reply_code"], list["reply_frame"], list["data_bytes"]] == ["226", "32", "272"])
    #expect(rows.last?["command"] == "QUIT")
  }

  @Test("host_names: a name for each source that gives it")
  func hostNames() throws {
    let rows = try answer("host_names", "browse.pcapng")
    let names = rows.filter { $0["ip"] == "151.101.1.69" }.map { "\($0["source"] ?? ""):\($0["name"] ?? "")" }
    #expect(names.contains("dns:pop7.cdn.example.net"))
    #expect(names.contains("http:shop.example.net"))
    #expect(rows.filter { $0["ip"] == "185.199.108.153" }.map { $0["source"] } == ["sni"])
  }

  @Test("http_conversations: messages, turns and decoded bytes")
  func httpConversations() throws {
    let rows = try answer("http_conversations", "http_session.pcap")
    let row = try #require(rows.first)
    #expect([row["client_messages"], row["server_messages"], row["turns"]] == ["5", "5", "9"])
    #expect([row["first_frame"], row["last_frame"]] == ["6", "25"])
  }

  @Test("http_images: by URL, declared and detected type")
  func httpImages() throws {
    let rows = try answer("http_images", "browse.pcapng")
    #expect(
      rows.map { [$0["url"], $0["declared_type"], $0["detected_type"], $0["bytes"]] } == [
        ["http://www.example.com/images/grey.jpg", "image/jpeg", "image/jpeg", "159"],
        ["http://www.example.com/images/logo.png", "image/png", "image/png", "983"],
        ["http://assets.example.com/images/logo.png", "image/png", "image/png", "983"],
        ["http://assets.example.com/images/dot.gif", "image/gif", "image/gif", "43"],
      ])
  }

  @Test("http_redirects: where to, and whether the client went there")
  func httpRedirects() throws {
    let rows = try answer("http_redirects", "http_session.pcap")
    #expect(
      rows.map { [$0["url"], $0["status"], $0["target"]] } == [
        ["http://www.example.com/login", "302", "http://www.example.com/welcome.html"],
        ["http://www.example.com/old", "301", "http://www.example.com/article.html"],
        ["http://www.example.com/moved", "302", "http://shop.example.net/index.html"],
      ])
    #expect(rows.last?["frame"] == "98")
    #expect(rows.allSatisfy { $0["followed_frame"] != nil })
  }

  @Test("http_requests: the URL and what was answered")
  func httpRequests() throws {
    let rows = try answer("http_requests", "clean_http.pcap")
    #expect(rows.map { $0["uri"] } == ["/index.html", "/small.bin", "/images/logo.png"])
    #expect(rows.map { $0["response_bytes"] } == ["620", "48000", "983"])
    #expect(rows.map { $0["frame"] } == ["6", "12", "50"])
    #expect(rows.map { $0["response_frame"] } == ["10", "48", "52"])
  }

  @Test("packet_list: every frame with protocol and summary")
  func packetList() throws {
    let rows = try answer("packet_list", "browse.pcapng")
    #expect(rows.count == 332)
    let login = rows[239]
    #expect([login["frame"], login["protocol"], login["info"]] == ["240", "FTP", "Request: PASS p@ssw0rd"])
    let hello = rows[216]
    #expect(hello["info"] == "Client Hello (SNI=updates.example.org)")
  }

  @Test("password_reuse: one password, two accounts")
  func passwordReuse() throws {
    let rows = try answer("password_reuse", "guessing.pcap")
    #expect(rows.map { [$0["secret"], $0["accounts"], $0["usernames"]] } == [["p@ssw0rd", "2", "planner,salesxfer"]])
    #expect(rows.map { [$0["accepted"], $0["refused"]] } == [["2", "0"]])
    #expect(rows.first?["services"] == "ftp 172.16.16.121 port 21, http 172.16.16.121 port 80")
    #expect(try answer("password_reuse", "guessing.pcap", "--mask", "1").map { $0["secret"] } == ["********"])
    #expect(try answer("password_reuse", "ftp_session.pcap").isEmpty)
  }

  @Test("tokens: which, whose, and whether they worked")
  func tokens() throws {
    let rows = try answer("tokens", "http_logins.pcap")
    #expect(
      rows.map { [$0["mechanism"], $0["host"], $0["accepted"], $0["flows"], $0["frame"], $0["answer_frame"]] } == [
        ["cookie *_session", "intranet.example.com", "unknown", "1", "26", "27"],
        ["Bearer", "api.example.com:8080", "no", "1", "54", "55"],
        ["Bearer", "api.example.com:8080", "yes", "1", "56", "57"],
        ["X-API-Key", "api.example.com:8080", "no", "1", "60", "61"],
        ["X-API-Key", "api.example.com:8080", "yes", "1", "62", "63"],
        ["URL access_token", "api.example.com:8080", "no", "1", "64", "65"],
        ["URL access_token", "api.example.com:8080", "yes", "1", "66", "67"],
        ["cookie JSESSIONID", "api.example.com:8080", "no", "1", "68", "69"],
        ["cookie JSESSIONID", "api.example.com:8080", "unknown", "1", "70", "71"],
      ])
    #expect(
      rows.map { $0["secret"] }.suffix(2) == [String(repeating: "0", count: 32), "A1B2C3D4E5F60718293A4B5C6D7E8F90"])
    let keys = try answer("tokens", "http_logins.pcap", "--mechanism", "x-api", "--accepted", "yes", "--mask", "1")
    #expect(keys.map { [$0["mechanism"], $0["secret"]] } == [["X-API-Key", "********"]])
    #expect(try answer("tokens", "http_logins.pcap", "--host", "intranet").count == 1)
    // The queries about passwords have everything, tokens last.
    for query in ["cleartext_passwords", "cleartext_logins"] {
      let kinds = try answer(query, "http_logins.pcap").map { $0["kind"] ?? "" }
      #expect(Set(kinds) == ["password", "hash", "token"])
      #expect(kinds.suffix(rows.count).allSatisfy { $0 == "token" })
      #expect(!kinds.dropLast(rows.count).contains("token"))
      #expect(try answer(query, "http_logins.pcap", "--kind", "token").count == rows.count)
      let passwords = try answer(query, "http_logins.pcap", "--kind", "password")
      #expect(passwords.count == kinds.filter { $0 == "password" }.count)
    }
    let accounts = try answer("accepted_logins", "http_logins.pcap")
    #expect(accounts.map { $0["mechanisms"] } == ["Basic", "Digest", "AWS4-HMAC-SHA256", "NTLMv2"])
    let weak = try answer("weak_authentication", "http_logins.pcap").map { $0["mechanism"] ?? "" }
    #expect(weak.contains("NTLMv2") && weak.contains("cookie JSESSIONID") && !weak.contains("AWS4-HMAC-SHA256"))
  }

  @Test("weak_authentication: which server takes secrets in which way")
  func weakAuthentication() throws {
    let rows = try answer("weak_authentication", "http_session.pcap")
    #expect(
      rows.map { [$0["protocol"], $0["mechanism"], $0["logins"], $0["accepted"], $0["advice"]] } == [
        ["http", "Basic", "2", "1", "HTTPS only, with HSTS"], ["http", "form", "1", "0", "HTTPS only, with HSTS"],
      ])
  }

  @Test("protocol_hierarchy: protocols within protocols")
  func protocolHierarchy() throws {
    let rows = try answer("protocol_hierarchy", "browse.pcapng")
    #expect(rows.first?["frames"] == "332")
    let arp = rows.first { $0["protocol"]?.hasSuffix("arp") == true }
    #expect(arp?["frames"] == "2")
    #expect(rows.filter { $0["protocol"] == "      ftp" }.map { $0["frames"] } == ["30"])
  }

  @Test("sni_dns_mismatch: a name that DNS did not give that address")
  func sniDNSMismatch() throws {
    let browse = try answer("sni_dns_mismatch", "browse.pcapng")
    #expect(browse.map { $0["server_name"] } == ["updates.example.org"])
    #expect(browse.map { $0["server"] } == ["185.199.108.153"])
    let rows = try answer("sni_dns_mismatch", "tls_handshakes.pcap")
    #expect(
      rows.map { [$0["server_name"], $0["server"], $0["dns_addresses"]] } == [
        ["www.example.com", "104.16.133.229", "93.184.215.14"], ["portal.example.com", "185.199.108.153", nil],
      ])
  }

  @Test("sni_hosts: the names that clients asked for")
  func sniHosts() throws {
    let rows = try answer("sni_hosts", "browse.pcapng")
    #expect(
      Set(rows.map { $0["server_name"] }) == [
        "login.example.com", "modern.example.com", "updates.example.org", "www.example.com",
      ])
    #expect(rows.first { $0["server_name"] == "updates.example.org" }?["in_dns"] == "no")
  }

  @Test("tcp_handshakes: the three frames")
  func tcpHandshakes() throws {
    let rows = try answer("tcp_handshakes", "browse.pcapng")
    let open = try #require(rows.first { $0["server"] == "146.70.55.12" })
    #expect([open["syn_frame"], open["syn_ack_frame"], open["ack_frame"]] == ["313", "314", "315"])
    #expect(open["outcome"] == "established" && open["rtt_ms"] != nil)
    let lone = try #require(rows.first { $0["server"] == "89.187.160.10" })
    #expect([lone["syn_frame"], lone["syn_ack_frame"], lone["outcome"]] == ["325", nil, "no answer"])
  }

  @Test("tcp_segments: what a segment acknowledges, and what is under way")
  func tcpSegments() throws {
    let rows = try answer("tcp_segments", "ftp_session.pcap")
    #expect(rows.prefix(3).map { $0["flags"] } == ["SYN", "SYN, ACK", "ACK"])
    #expect(rows.prefix(3).map { $0["acks_frame"] } == [nil, rows[0]["frame"], rows[1]["frame"]])
    #expect(rows.allSatisfy { ($0["length"] == "0") == ($0["bytes_in_flight"] == nil) })
  }

  @Test("tls_handshakes: version and cipher suite that were agreed on")
  func tlsHandshakes() throws {
    let rows = try answer("tls_handshakes", "browse.pcapng")
    #expect(
      rows.map { [$0["server_name"], $0["version"], $0["cipher_suite"]] } == [
        ["login.example.com", "TLSv1.3", "TLS_AES_256_GCM_SHA384"],
        ["www.example.com", "TLSv1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"],
        ["modern.example.com", "TLSv1.3", "TLS_AES_256_GCM_SHA384"],
        ["updates.example.org", "TLSv1.3", "TLS_AES_256_GCM_SHA384"],
      ])
    let legacy = try answer("tls_handshakes", "tls_handshakes.pcap").first { $0["server_name"] == "legacy.example.com" }
    #expect(legacy?["cipher_suite"] == "TLS_RSA_WITH_AES_256_GCM_SHA384")
  }

  @Test("top_talkers: most bytes first")
  func topTalkers() throws {
    let rows = try answer("top_talkers", "browse.pcapng")
    #expect(rows.prefix(2).map { $0["ip"] } == ["192.168.10.20", "45.77.12.34"])
    let bytes = rows.compactMap { Int($0["bytes"] ?? "") }
    #expect(bytes == bytes.sorted(by: >) && bytes.count == rows.count)
  }

  @Test("tunnels: the headers around a conversation, the outermost first")
  func tunnels() throws {
    let capture = "layers/vlan_vxlan_gre.pcap"
    let rows = try answer("tunnels", capture, "--flow", "1")
    #expect(
      rows.map { [$0["kind"], $0["identifier"], $0["outer_source"], $0["outer_destination"], $0["level"]] } == [
        ["vlan", "30", nil, nil, "1"], ["vxlan", "42", "192.0.2.1", "198.51.100.2", "2"],
        ["gre", "9", "172.16.0.1", "172.16.0.2", "3"],
      ])
    #expect(rows.allSatisfy { $0["client"] == "10.1.0.1:40053" && $0["server"] == "10.1.0.2:53" })
    let network = try answer("tunnels", capture, "--kind", "vxlan", "--identifier", "42")
    #expect(network.map { [$0["transport"], $0["server"]] } == [["udp", "10.1.0.2:53"], ["tcp", "10.1.0.2:80"]])
    #expect(try answer("tunnels", capture, "--address", "172.16.0.2").map { $0["kind"] } == ["gre", "gre"])
    #expect(try answer("tunnels", capture, "--identifier", "43").isEmpty)
    // The same conversation in two networks is one flow, in both.
    #expect(
      try answer("tunnels", "layers/vxlan_same_in_two.pcap").map { [$0["identifier"], $0["flow"]] } == [
        ["42", "1"], ["43", "1"], ["42", "2"], ["43", "2"],
      ])
  }

  @Test("unanswered_connections: a lone SYN, and one that was refused")
  func unansweredConnections() throws {
    let rows = try answer("unanswered_connections", "browse.pcapng")
    #expect(
      rows.map { [$0["server"], $0["server_port"], $0["outcome"], $0["first_frame"]] } == [
        ["45.77.12.34", "9001", "refused", "323"], ["89.187.160.10", "443", "no answer", "325"],
      ])
    let silent = try answer("unanswered_connections", "browse.pcapng", "--outcome", "no answer")
    #expect(silent.map { $0["server"] } == ["89.187.160.10"])
  }

  @Test("unknown_ips: addresses without any name are there, and leave when an allow list explains them")
  func unknownIPs() throws {
    let rows = try answer("unknown_ips", "browse.pcapng")
    let nameless = rows.filter { $0["names"] == nil }.compactMap { $0["ip"] }
    #expect(Set(nameless) == ["45.77.12.34", "146.70.55.12", "66.22.10.8", "89.187.160.10"])
    let first = try #require(rows.first)
    #expect([first["ip"], first["ports"], first["first_frame"]] == ["45.77.12.34", "12432/tcp, 9001/tcp", "279"])
    #expect(rows.first { $0["ip"] == "185.199.108.153" }?["names"] == "sni:updates.example.org")
    let rest = try answer("unknown_ips", "browse.pcapng", allowed: true)
    #expect(!rest.contains { $0["ip"] == "45.77.12.34" || $0["ip"] == "104.16.132.229" })
    #expect(rest.first { $0["ip"] == "66.22.10.8" }?["note"] == "hosting")
  }

  @Test("unusual_ports: services where nobody expects them")
  func unusualPorts() throws {
    let rows = try answer("unusual_ports", "browse.pcapng")
    #expect(
      rows.map { [$0["server"], $0["port"], $0["finding"]] } == [
        ["45.77.12.34", "12432", "unknown service"], ["146.70.55.12", "4444", "unknown service"],
        ["66.22.10.8", "12345", "unknown service"],
      ])
  }
}

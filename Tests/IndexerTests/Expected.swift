import Foundation

/// What tshark says about the repository's captures: the tables of EXPECTED.md.
enum Expected {
  /// Every capture of the repository.
  static let captures = [
    "amqp_logins.pcap", "arp_icmp.pcap", "browse.pcapng", "clean_http.pcap", "dns_lookups.pcap",
    "fragments.pcap", "ftp_ipv6.pcap", "ftp_listings.pcap", "ftp_session.pcap", "ftp_tls.pcap", "ftp_transfers.pcap",
    "gaps_http.pcap",
    "guessing.pcap",
    "http_logins.pcap", "http_session.pcap", "imap_logins.pcap", "irc_login.pcap", "irc_services.pcap",
    "kerberos_login.pcap", "ldap_bind.pcap", "ldap_ntlm.pcap", "link_logins.pcap", "lossy_http.pcap",
    "mail_attachments.pcap",
    "mqtt_connect.pcap", "mysql_login.pcap", "mysql_plugins.pcap", "nntp_logins.pcap", "onesided_http.pcap",
    "pop3_logins.pcap", "postgresql_login.pcap", "radius_eap.pcap", "radius_login.pcap", "redis_auth.pcap",
    "remote_shell.pcap", "sip_register.pcap", "sip_tcp.pcap", "sll.pcap", "sll2.pcap", "smb_logins.pcap",
    "smtp_auth.pcap", "snaplen_http.pcap", "snmp_login.pcap", "socks_login.pcap", "ssh_handshakes.pcap",
    "tds_login.pcap", "tds_tls.pcap", "telnet_login.pcap", "tls_handshakes.pcap", "vlan_8021q.pcap", "vlan_qinq.pcap",
    "vnc_login.pcap", "vnc_viewer.pcap", "xmpp_logins.pcap", "quic_handshakes.pcap", "h2c_session.pcap",
    "websocket.pcap",
    "beacons.pcap.gz", "challenge.pcap.gz", "encrypted_dns_vpn.pcap", "fronting.pcap", "office_friday.pcap.gz",
    "office_monday.pcap.gz", "scans.pcap.gz",
    "dns_types.pcap", "dns_tunnel.pcap", "netbios_names.pcap", "dhcp_leases.pcap", "dhcp_relay.pcap", "ntp.pcap",
    "icmp_errors.pcap", "arp_conflict.pcap", "carried_files.pcap", "ssdp.pcap",
  ]

  private static let lines = Result {
    try String(contentsOfFile: Repository.capture("EXPECTED.md"), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The lines of a section, which a capture's name or 'Files that were carried' begins.
  private static func section(_ name: String) throws -> ArraySlice<String> {
    let lines = try lines.get()
    guard let start = lines.firstIndex(where: { $0.hasPrefix("## " + name) }) else { return [] }
    let rest = lines[(start + 1)...]
    return rest[..<(rest.firstIndex { $0.hasPrefix("## ") } ?? rest.endIndex)]
  }

  private static func cells(_ line: String) -> [String] {
    line.replacingOccurrences(of: "\\|", with: "\u{1}").split(separator: "|", omittingEmptySubsequences: false)
      .dropFirst().dropLast()
      .map { $0.trimmingCharacters(in: .whitespaces).replacingOccurrences(of: "\u{1}", with: "|") }
  }

  /// The rows of a table by column, empty where the section has no such table; without a title the section's first.
  static func table(_ title: String? = nil, of name: String) throws -> [[String: String]] {
    var rest = try section(name)
    if let title {
      guard let start = rest.firstIndex(where: { $0.hasPrefix(title) }) else { return [] }
      rest = rest[(start + 1)...]
    }
    guard let start = rest.firstIndex(where: { $0.hasPrefix("|") }) else { return [] }
    let header = cells(rest[start])
    return rest[(start + 2)...].prefix { $0.hasPrefix("|") }
      .map { Dictionary(uniqueKeysWithValues: zip(header, cells($0))) }
  }

  /// The sentence of numbers under a capture's title.
  static func facts(of capture: String) throws -> String {
    try section(capture).prefix(2).joined(separator: " ")
  }

  /// The SHA-256 of a file that was carried, as the server had it.
  static func sha256(_ file: String) throws -> String? {
    try table(of: "Files that were carried").first { $0["file"]?.hasPrefix(file) == true }?["SHA-256"]
  }
}

extension Case {
  /// The one value of a statement.
  func value(_ sql: String) throws -> String? { try rows(sql).first }

  /// Every row of every table of the schema, apart from the time of the ingest.
  func dump() throws -> [String] {
    var dump: [String] = []
    for table in try rows(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
    {
      let columns = try rows("SELECT quote(name) FROM pragma_table_info('\(table)') WHERE name <> 'ingested_at'")
        .map { "quote(\"\($0.dropFirst().dropLast())\")" }
      dump.append(table)
      dump += try rows("SELECT \(columns.joined(separator: ", ")) FROM \(table)")
    }
    return dump
  }
}

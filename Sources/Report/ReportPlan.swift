/// What the report holds, in its order. A query that the catalog does not have is left out.
enum ReportPlan {
  static let sections = [
    captures, traffic, protocols, talkers, unknown, conspicuous, logins, tokens, files, dns, tls, lacks,
  ]

  private static let captures = SectionPlan(
    id: Fragment("captures"), heading: "Captures",
    lead: "The files that this report is about, by their SHA-256, and what they do not cover.",
    tables: [
      TablePlan(
        query: "capture_summary", caption: "Captures", noun: Noun("capture"), leaving: ["path", "interfaces"],
        limit: .max, layout: .records, nothing: "The database holds no capture.")
    ])

  private static let traffic = SectionPlan(
    id: Fragment("traffic"), heading: "Traffic over time",
    lead: "Bytes on the wire in each interval of time.",
    tables: [
      TablePlan(
        query: "timeline", caption: "Traffic by interval", noun: Noun("interval"),
        leaving: ["bits_per_s", "tcp_frames", "udp_frames", "icmp_frames", "other_frames"], limit: .max,
        layout: .timeline,
        nothing: "There are no frames.")
    ])

  private static let protocols = SectionPlan(
    id: Fragment("protocols"), heading: "Protocols",
    lead: """
      Each protocol under the one that carries it, with what it carries. Services are recognised by content; "data" is \
      what was not recognised.
      """,
    tables: [
      TablePlan(
        query: "protocol_hierarchy", caption: "Protocols by frames", noun: Noun("protocol"),
        limit: ReportLimits.protocols, bar: .init(columns: ["frames"], names: []), nothing: "There are no frames.")
    ])

  private static let talkers = SectionPlan(
    id: Fragment("talkers"), heading: "Top talkers",
    lead: "The addresses that sent and received most. Bytes are those of IP packets, headers included.",
    tables: [
      TablePlan(
        query: "top_talkers", caption: "Addresses by bytes", noun: Noun("address", "addresses"),
        leaving: ["sent_packets", "received_packets", "first_time", "last_time"], isTop: true,
        bar: .init(columns: ["sent_bytes", "received_bytes"], names: ["sent", "received"]),
        nothing: "No address took part in a conversation.")
    ])

  private static let unknown = SectionPlan(
    id: Fragment("unknown"), heading: "Unknown addresses",
    lead: """
      Addresses outside the local networks that no rule of the allow list explains, with what the captures say of each: \
      its names with the source of each (SNI, HTTP Host, DNS, certificate), its ports, the first frame, and the reason \
      why it is not explained. Without an allow list every such address is unknown.
      """,
    tables: [
      TablePlan(
        query: "unknown_ips", caption: "Unknown addresses by bytes", noun: Noun("address", "addresses"),
        leaving: ["packets"], figure: "Unknown addresses",
        nothing: "Every address outside the local networks is explained by the allow list, or there is none."),
      TablePlan(
        query: "explained_ips", caption: "Addresses that the allow list explains",
        noun: Noun("address", "addresses"), figure: "Explained addresses"),
    ])

  /// A table that is left out where it has no rows, or where there is no such query.
  private static func finding(
    _ query: String, _ noun: Noun, leaving: Set<String> = [], bytes: Set<String> = [], figure: String? = nil
  ) -> TablePlan {
    TablePlan(
      query: query, noun: noun, leaving: leaving.union(["flow", "first_time", "last_time", "last_frame"]),
      byteColumns: bytes, figure: figure)
  }

  private static let conspicuous = SectionPlan(
    id: Fragment("conspicuous"), heading: "Conspicuous traffic",
    lead: "What stands out by its shape. Each has innocent explanations too: these are places to look, not verdicts.",
    tables: [
      finding(
        "uploads", Noun("upload"),
        leaving: ["largest", "seconds", "missing_bytes", "one_sided", "transport", "bytes_per_s"],
        bytes: ["sent", "received"], figure: "Large uploads"),
      finding("beacons", Noun("beacon"), leaving: ["skew", "share", "transport"], figure: "Beacons"),
      finding("port_scans", Noun("scan"), leaving: ["tried", "tries_per_s"], figure: "Scans"),
      TablePlan(
        query: "long_flows", caption: "Conversations of ten minutes and more", noun: Noun("conversation"),
        arguments: [("seconds", "600")],
        leaving: ["flow", "first_time", "last_time", "last_frame", "client_port", "began", "turns"], isTop: true),
      finding("domain_fronting", Noun("finding"), leaving: ["dns_names"]),
      finding("sni_dns_mismatch", Noun("finding")),
      finding("doh_and_vpn_endpoints", Noun("endpoint")),
      finding("rare_ports", Noun("port"), leaving: ["client", "captures", "known_by"]),
      finding("unusual_ports", Noun("finding"), leaving: ["usual_ports", "server_names"]),
    ])

  private static let logins = SectionPlan(
    id: Fragment("logins"), heading: "Logins in the clear",
    lead: """
      Secrets that anybody on the way could read, or guess at, and whether the server accepted them. An accepted \
      password has to be changed.
      """,
    tables: [
      TablePlan(
        query: "cleartext_passwords", caption: "Passwords", noun: Noun("password"),
        selection: .equal(column: "kind", value: "password"), selecting: [("kind", "password")],
        leaving: ["kind", "flow", "answer_frame", "server_names"], figure: "Passwords in the clear",
        tally: .init(selection: .equal(column: "accepted", value: "yes"), label: "accepted"),
        nothing: "No password was seen in the clear."),
      TablePlan(
        query: "cleartext_passwords", caption: "Hashes: responses that passwords can be tried against",
        noun: Noun("hash", "hashes"), selection: .equal(column: "kind", value: "hash"), selecting: [("kind", "hash")],
        leaving: ["kind", "flow", "answer_frame", "server_names"], figure: "Hashes",
        tally: .init(selection: .equal(column: "accepted", value: "yes"), label: "accepted")),
      TablePlan(
        query: "brute_force", caption: "Guessed passwords", noun: Noun("client"), leaving: ["last_time"],
        figure: "Clients that guess passwords",
        tally: .init(selection: .equal(column: "succeeded", value: "yes"), label: "succeeded")),
      TablePlan(query: "password_reuse", caption: "Passwords used more than once", noun: Noun("password")),
      TablePlan(
        query: "weak_authentication", caption: "Ways to log in that should be retired", noun: Noun("way", "ways"),
        leaving: ["server_names"]),
      TablePlan(
        query: "cleartext_services", caption: "Services in the clear, and what should replace them",
        noun: Noun("service"),
        leaving: ["server_names"]),
    ])

  private static let tokens = SectionPlan(
    id: Fragment("tokens"), heading: "Tokens",
    lead: "Tokens, API keys and session cookies that could be taken off the wire and used until they end.",
    tables: [
      TablePlan(
        query: "tokens", caption: "Tokens", noun: Noun("token"), leaving: ["flow", "answer_frame"],
        figure: "Tokens in the clear",
        tally: .init(selection: .equal(column: "accepted", value: "yes"), label: "accepted"),
        nothing: "No token was seen in the clear.")
    ])

  private static let files = SectionPlan(
    id: Fragment("files"), heading: "Files",
    lead:
      "Programs, scripts, documents with macros and archives that were carried over plain HTTP, and FTP's transfers.",
    tables: [
      TablePlan(
        query: "file_downloads", caption: "Programs and archives over HTTP", noun: Noun("file"),
        leaving: ["server_names", "flow", "source", "declared_type"], figure: "Programs and archives",
        nothing: "No program or archive was seen over HTTP."),
      TablePlan(
        query: "ftp_passive_ports", caption: "FTP's data connections", noun: Noun("data connection"),
        arguments: [("mode", "all")],
        leaving: ["reply", "calculation", "reply_frame", "control_flow", "data_flow"], figure: "FTP transfers"),
    ])

  private static let dns = SectionPlan(
    id: Fragment("dns"), heading: "DNS",
    lead: "Names that were looked up; those that do not exist, and those that got no answer.",
    tables: [
      TablePlan(
        query: "dns_names", caption: "Names asked for most", noun: Noun("name"), leaving: ["first_time"],
        figure: "Names looked up", nothing: "No name was looked up."),
      TablePlan(
        query: "dns_names", caption: "Names that do not exist (NXDOMAIN)", noun: Noun("name"),
        selection: .positive(column: "nxdomain"), selecting: [("rcode", "NXDOMAIN")],
        leaving: ["first_time", "addresses", "answered", "errors", "unanswered"], figure: "Names that do not exist"),
      TablePlan(
        query: "dns_names", caption: "Lookups without an answer", noun: Noun("name"),
        selection: .positive(column: "unanswered"), selecting: [("rcode", "none")],
        leaving: ["first_time", "addresses", "nxdomain", "errors"], figure: "Names without an answer"),
    ])

  private static let tls = SectionPlan(
    id: Fragment("tls"), heading: "TLS",
    lead: "Which servers were asked for by name, and what was agreed with them.",
    tables: [
      TablePlan(
        query: "sni_hosts", caption: "Server names (SNI)", noun: Noun("name"), leaving: ["first_time"],
        figure: "TLS server names", nothing: "No server name was sent in TLS."),
      TablePlan(
        query: "tls_handshakes", caption: "Handshakes", noun: Noun("handshake"),
        leaving: [
          "client_port", "offered_version", "offered_suites", "not_after", "ja3", "ja3s", "server_frame", "flow",
          "issuer",
          "transport",
        ]),
    ])

  private static let lacks = SectionPlan(
    id: Fragment("diagnostics"), heading: "What could not be seen",
    lead: """
      What the other sections do not cover, because it was cut off, damaged, lost or not understood. Nothing is \
      decrypted. No row in a table is no proof that there was nothing.
      """,
    tables: [
      TablePlan(
        query: "diagnostics", caption: "Diagnostics", noun: Noun("kind of diagnostic", "kinds of diagnostics"),
        leaving: ["example_flow", "flows", "last_frame"], figure: "Kinds of diagnostics",
        nothing: "Everything that was captured could be decoded as far as pcapindex decodes.")
    ])
}

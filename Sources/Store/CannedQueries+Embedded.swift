extension QueryCatalog {
  /// The files of `queries/` that the program carries, by their names without `.sql`; a test holds this list against
  /// the folder.
  static let embedded: [(name: String, text: [UInt8])] = [
    ("arp_table", PackageResources.arp_table_sql),
    ("cleartext_passwords", PackageResources.cleartext_passwords_sql),
    ("conversations", PackageResources.conversations_sql),
    ("diagnostics", PackageResources.diagnostics_sql),
    ("dns_lookups", PackageResources.dns_lookups_sql),
    ("early_connections", PackageResources.early_connections_sql),
    ("explained_ips", PackageResources.explained_ips_sql),
    ("file_downloads", PackageResources.file_downloads_sql),
    ("ftp_passive_ports", PackageResources.ftp_passive_ports_sql),
    ("ftp_sessions", PackageResources.ftp_sessions_sql),
    ("host_names", PackageResources.host_names_sql),
    ("http_conversations", PackageResources.http_conversations_sql),
    ("http_images", PackageResources.http_images_sql),
    ("http_redirects", PackageResources.http_redirects_sql),
    ("http_requests", PackageResources.http_requests_sql),
    ("packet_list", PackageResources.packet_list_sql),
    ("protocol_hierarchy", PackageResources.protocol_hierarchy_sql),
    ("sni_dns_mismatch", PackageResources.sni_dns_mismatch_sql),
    ("sni_hosts", PackageResources.sni_hosts_sql),
    ("tcp_handshakes", PackageResources.tcp_handshakes_sql),
    ("tls_handshakes", PackageResources.tls_handshakes_sql),
    ("top_talkers", PackageResources.top_talkers_sql),
    ("unanswered_connections", PackageResources.unanswered_connections_sql),
    ("unknown_ips", PackageResources.unknown_ips_sql),
    ("unusual_ports", PackageResources.unusual_ports_sql),
  ]
}

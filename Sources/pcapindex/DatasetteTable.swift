/// How Datasette shows a table: what the schema's comments do not say.
struct DatasetteTable {
  /// Column to sort by.
  var sort: String?
  /// Whether the largest come first.
  var isDescending = false
  /// Columns whose values are counted beside the rows.
  var facets: [String] = []
  /// Column that stands for a row where another table refers to it.
  var label: String?
  /// Whether it is left out of the database's page.
  var isHidden = false

  /// The table or view of this name; nil: as Datasette has it.
  static func named(_ name: String) -> DatasetteTable? { all[name] }

  /// The unit of a column, as Pint writes it; nil: none. Times since 1970 have none: they would be shown as years.
  static func unit(of column: String) -> String? {
    if column == "irtt_ns" || column == "duration" { return "ns" }
    if column == "bytes" || column == "length" || column == "size" { return "byte" }
    if column.hasSuffix("_bytes") || column.hasSuffix("_payload") || column.hasSuffix("_length") { return "byte" }
    return nil
  }

  private static let all: [String: DatasetteTable] = [
    "addresses": DatasetteTable(facets: ["scope"], label: "ip"),
    "address_names": DatasetteTable(facets: ["source", "capture_id"], label: "name"),
    "address_traffic": DatasetteTable(facets: ["capture_id"]),
    "address_verdicts": DatasetteTable(facets: ["explained", "by"]),
    "allowed_hosts": DatasetteTable(facets: ["match"], label: "pattern"),
    "arp_messages": DatasetteTable(facets: ["operation", "sender_mac"]),
    "captures": DatasetteTable(sort: "id", label: "path"),
    "conversations": DatasetteTable(facets: ["transport", "service", "state"]),
    "credentials": DatasetteTable(facets: ["protocol", "mechanism", "kind", "accepted"]),
    "diagnostics": DatasetteTable(facets: ["code", "capture_id"]),
    "dns_answers": DatasetteTable(facets: ["type", "section"]),
    "dns_messages": DatasetteTable(facets: ["query_type", "rcode", "is_response"]),
    "files": DatasetteTable(sort: "size", isDescending: true, facets: ["detected_type", "media_type"]),
    "flows": DatasetteTable(sort: "id", facets: ["transport", "service", "state"]),
    "frame_positions": DatasetteTable(isHidden: true),
    "frames": DatasetteTable(sort: "id"),
    "host_names": DatasetteTable(facets: ["source"]),
    "http_requests": DatasetteTable(facets: ["method", "host"]),
    "http_responses": DatasetteTable(facets: ["status", "content_type"]),
    "icmp_messages": DatasetteTable(facets: ["type", "code"]),
    "interfaces": DatasetteTable(label: "name"),
    "logins": DatasetteTable(facets: ["protocol", "mechanism", "kind", "accepted"]),
    "networks": DatasetteTable(facets: ["list"], label: "cidr"),
    "quic_connections": DatasetteTable(facets: ["version", "user_agent"]),
    "sni_records": DatasetteTable(facets: ["server_name", "transport"]),
    "tls_alerts": DatasetteTable(facets: ["description", "from_client"]),
    "tls_certificates": DatasetteTable(facets: ["issuer"]),
    "tls_client_hellos": DatasetteTable(facets: ["server_name", "version", "ja4"]),
    "tls_server_hellos": DatasetteTable(facets: ["version", "cipher_suite"]),
    "traffic_by_address": DatasetteTable(sort: "received_bytes", isDescending: true),
    "traffic_by_protocol": DatasetteTable(sort: "bytes", isDescending: true, facets: ["transport", "service"]),
    "traffic_by_time": DatasetteTable(sort: "id"),
    "tunnels": DatasetteTable(sort: "bytes", isDescending: true),
  ]
}

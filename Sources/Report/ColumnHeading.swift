/// What stands above a column.
enum ColumnHeading {
  private static let words = [
    "ip": "address", "ips": "addresses", "sha256": "SHA-256", "rtt": "RTT", "uri": "URI", "url": "URL", "tcp": "TCP",
    "udp": "UDP", "icmp": "ICMP", "dns": "DNS", "sni": "SNI", "nxdomain": "NXDOMAIN", "ja3": "JA3", "ja4": "JA4",
    "ja3s": "JA3S", "alpn": "ALPN", "ech": "ECH", "asn": "ASN", "mac": "MAC", "id": "ID", "tls": "TLS", "s": "",
    "ms": "",
  ]

  private static let names = [
    "size_bytes": "File size", "cut_frames": "Frames cut short", "missing_bytes": "TCP payload missing",
    "snaplen": "Snapshot length", "duration_s": "Duration", "ingested_time": "Read at (UTC)",
    "first_time": "First frame at (UTC)", "last_time": "Last frame at (UTC)", "version": "Read by pcapindex",
  ]

  /// `response_frame` becomes `Response frame`, `rtt_ms` `RTT (ms)`.
  static func text(_ column: String) -> String {
    if let name = names[column] { return name }
    if column.hasSuffix("_per_s") { return text(String(column.dropLast(6))) + " a second" }
    let parts = column.split(separator: "_").map { words[String($0)] ?? String($0) }.filter { !$0.isEmpty }
    var text = parts.joined(separator: " ")
    if let first = text.first { text = first.uppercased() + text.dropFirst() }
    switch ColumnKind(column: column) {
    case .time: return text + " (UTC)"
    case .milliseconds: return text + " (ms)"
    default: return text
    }
  }
}

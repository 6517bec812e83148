import Bytes

// Transport Parameter { ID (i), Length (i), Value (..) }        RFC 9000, section 18
//
// Until draft 26 the whole list has its length in front, and ID and length have 16 bits each.

/// What a client says of itself in the extension `quic_transport_parameters` of its ClientHello.
struct QUICTransportParameters {
  /// Parameters that are read; a client sends some fifteen.
  static let limit = 64
  /// Bytes of a value that is shown in hexadecimal.
  static let shownLength = 20

  /// The names and values in the order sent, comma separated: `max_idle_timeout=30000`. Integers are decimal, other
  /// values hexadecimal; GREASE (RFC 9000, section 18.1) is `GREASE`.
  private(set) var text = ""
  /// Google's `user_agent`, by the rule of `WireText`; nil: not sent.
  private(set) var userAgent: String?

  /// The parameters in the data of the extension.
  init(_ data: RawSpan, isOld: Bool) {
    var at = isOld ? 2 : 0
    var parts: [String] = []
    while parts.count < QUICTransportParameters.limit, at < data.byteCount {
      let id: Int?
      let length: Int?
      if isOld {
        (id, length) = (data.u16(at: at).map(Int.init), data.u16(at: at + 2).map(Int.init))
        at += 4
      } else {
        id = QUICInteger.read(data, &at)
        length = QUICInteger.read(data, &at)
      }
      guard let id, let length, length <= data.byteCount - at else { break }
      parts.append(part(id, data.part(from: at, to: at + length)))
      at += length
    }
    text = parts.joined(separator: ",")
  }

  private mutating func part(_ id: Int, _ value: RawSpan) -> String {
    if id == 0x3129 {
      let name = WireText.text(value)
      userAgent = name
      return "user_agent=\(String(name.map { $0 == "," ? ";" : $0 }))"
    }
    if id % 31 == 27 { return "GREASE" }
    let name = QUICTransportParameters.names[id] ?? "0x" + String(id, radix: 16)
    if value.byteCount == 0 { return name }
    var at = 0
    if QUICTransportParameters.integers.contains(id), let number = QUICInteger.read(value, &at), at == value.byteCount {
      return "\(name)=\(number)"
    }
    if id == 0x11 { return "\(name)=\(QUICTransportParameters.versions(value))" }
    let cut = value.byteCount > QUICTransportParameters.shownLength ? "…" : ""
    return "\(name)=\(hexadecimal(value.part(from: 0, to: QUICTransportParameters.shownLength)))\(cut)"
  }

  /// `version_information` (RFC 9368, section 3): the chosen version, then those that the client has.
  private static func versions(_ value: RawSpan) -> String {
    stride(from: 0, to: min(value.byteCount - 3, 4 * limit), by: 4).compactMap { value.u32(at: $0) }
      .map { raw in
        let version = QUICVersion(rawValue: raw)
        return version.isReserved ? "GREASE" : version.description
      }.joined(separator: " ")
  }

  private static let integers: Set<Int> = [1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 0x20]

  private static let names: [Int: String] = [
    0x00: "original_destination_connection_id", 0x01: "max_idle_timeout", 0x02: "stateless_reset_token",
    0x03: "max_udp_payload_size", 0x04: "initial_max_data", 0x05: "initial_max_stream_data_bidi_local",
    0x06: "initial_max_stream_data_bidi_remote", 0x07: "initial_max_stream_data_uni",
    0x08: "initial_max_streams_bidi", 0x09: "initial_max_streams_uni", 0x0a: "ack_delay_exponent",
    0x0b: "max_ack_delay", 0x0c: "disable_active_migration", 0x0d: "preferred_address",
    0x0e: "active_connection_id_limit", 0x0f: "initial_source_connection_id", 0x10: "retry_source_connection_id",
    0x11: "version_information", 0x20: "max_datagram_frame_size", 0x2ab2: "grease_quic_bit",
    0x3127: "initial_round_trip_time", 0x3128: "google_connection_options", 0x4752: "google_version",
  ]
}

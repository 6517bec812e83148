import Bytes

/// A row of `address_names`.
struct AddressNameRecord: Record {
  static let table = Table("address_names", ["capture_id", "address_id", "name", "source", "first_frame_id"])

  let captureID: Int64
  let addressID: Int64
  /// In lower case, by `WireText`'s rule.
  let name: [UInt8]
  let source: NameSource
  /// Nil: the capture file itself says so.
  let frameID: Int64?

  func encode(into row: inout RowEncoder) {
    row.integer(captureID)
    row.integer(addressID)
    row.text(wire: name.bytes)
    row.text(source.name)
    row.integer(frameID)
  }
}

/// What says that a name belongs to an address: `address_names.source`.
public enum NameSource: UInt8, Sendable {
  /// A DNS answer: the owner of the address, or an alias that leads to it.
  case dns
  /// The name that a TLS or DTLS client asks the server for.
  case sni
  /// The name that a QUIC client asks the server for.
  case quic
  /// HTTP's Host field.
  case http
  /// The server's certificate.
  case certificate
  /// NetBIOS: the machine itself, or a name server.
  case netbios
  /// DHCP: the client's name for itself, of the address that it was leased.
  case dhcp
  /// The capture file: a name resolution block of pcapng.
  case capture

  /// As the schema spells it.
  var name: StaticString {
    switch self {
    case .dns: "dns"
    case .sni: "sni"
    case .quic: "quic"
    case .http: "http"
    case .certificate: "certificate"
    case .netbios: "netbios"
    case .dhcp: "dhcp"
    case .capture: "capture"
    }
  }
}

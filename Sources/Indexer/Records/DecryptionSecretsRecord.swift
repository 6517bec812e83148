import Records

/// A row of `decryption_secrets`.
struct DecryptionSecretsRecord: Record {
  static let table = Table("decryption_secrets", ["capture_id", "type", "secret"])

  let captureID: Int64
  let type: UInt32
  let secret: [UInt8]

  func encode(into row: inout RowEncoder) {
    row.integer(captureID)
    row.text(DecryptionSecretsRecord.name(of: type))
    row.blob(secret)
  }

  /// The types of draft-ietf-opsawg-pcapng, section 4.7; others as the number that they are, in hexadecimal.
  static func name(of type: UInt32) -> String {
    switch type {
    case 0x544c_534b: "TLS"
    case 0x5353_484b: "SSH"
    case 0x5747_4b4c: "WireGuard"
    case 0x5a4e_574b: "ZigBee NWK"
    case 0x5a41_5053: "ZigBee APS"
    case 0x5541_4b4c: "OPC UA"
    default: "0x" + String(type, radix: 16)
    }
  }
}

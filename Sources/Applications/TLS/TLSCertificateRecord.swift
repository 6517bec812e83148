import Crypto
public import Records

/// A row of `tls_certificates`.
public struct TLSCertificateRecord: Record {
  /// `tls_certificates`.
  public static let table = Table(
    "tls_certificates",
    [
      "flow_id", "frame_id", "position", "subject", "issuer", "not_before", "not_after", "dns_names", "sha256",
      "from_client",
    ])

  let flowID: Int64
  let frameID: Int64
  /// Place in its message, from 1.
  let position: Int
  /// What it says; nil: it could not be parsed.
  let facts: CertificateFacts?
  let sha256: SHA256Digest
  /// Who showed it.
  let side: Side

  /// Adds the row's values.
  public func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.integer(position)
    row.text(facts?.subject)
    row.text(facts?.issuer)
    row.integer(facts?.notBefore)
    row.integer(facts?.notAfter)
    row.text(facts?.dnsNames)
    row.text(sha256)
    row.boolean(side == .client)
  }
}

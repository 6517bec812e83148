import Bytes
import Records

/// A row of `quic_connections`.
struct QUICConnectionRecord: Record {
  static let table = Table(
    "quic_connections",
    [
      "flow_id", "frame_id", "version", "client_version", "offered_versions", "destination_cid", "client_cid",
      "server_cid", "retry_cid", "token_length", "has_early_data", "user_agent", "transport_parameters",
      "close_code", "close_reason", "closed_by_client",
    ])

  let flowID: Int64
  let frameID: Int64
  let facts: QUICConnection.Facts

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.text((facts.serverVersion ?? facts.clientVersion)?.description)
    row.text(facts.clientVersion?.description)
    row.text(facts.offeredVersions)
    text(facts.destination, into: &row)
    text(facts.client, into: &row)
    text(facts.server, into: &row)
    text(facts.retry, into: &row)
    row.integer(facts.tokenLength > 0 ? Int64(facts.tokenLength) : nil)
    row.boolean(facts.hasEarlyData)
    row.text(facts.userAgent)
    row.text(facts.transportParameters)
    row.integer(facts.closing.map { Int64($0.code) })
    row.text(facts.closing.flatMap { $0.reason.isEmpty ? nil : WireText.text($0.reason) })
    row.boolean(facts.closing.map { $0.side == .client })
  }

  private func text(_ identifier: [UInt8]?, into row: inout RowEncoder) {
    if let identifier { row.text(hexadecimal: identifier.bytes) } else { row.null() }
  }
}

/// A row of `tls_client_hellos` for a CHLO of Google's QUIC, which is no TLS: there are no fingerprints of it.
struct QUICTagHelloRecord: Record {
  static let table = TLSClientHelloRecord.table

  let flowID: Int64
  let frameID: Int64
  let version: QUICVersion
  let serverName: [UInt8]?
  let protocolName: [UInt8]?
  let ciphers: String

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frameID)
    row.text(TLSTransport.quic.rawValue)
    row.text(version.description)
    row.text(wire: serverName)
    row.text(wire: protocolName)
    row.boolean(false)
    row.null()
    row.null()
    row.text(ciphers)
    row.boolean(false)
    row.null()
    row.null()
    row.null()
  }
}

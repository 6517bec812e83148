import Bytes
import Records

/// A row of `ntp_messages`.
struct NTPRecord: Record {
  static let table = Table(
    "ntp_messages",
    ["flow_id", "frame_id", "version", "mode", "request", "is_response", "stratum", "reference", "offset_ns"])

  let flowID: Int64
  let frame: FrameStamp
  let message: NTPMessage

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(frame.id)
    row.integer(message.version)
    row.text(message.modeName)
    row.text(message.requestName)
    row.boolean(message.isResponse)
    row.integer(message.stratum.map { Int64($0) })
    row.text(wire: message.referenceText)
    row.integer(offset)
  }

  /// The sender's clock against the capture's; nil where one of the two is not known, or a client sends a random number
  /// (draft-ietf-ntp-data-minimization).
  private var offset: Int64? {
    guard message.mode != 3, let sent = message.transmitTime, let seen = frame.time else { return nil }
    let (difference, overflow) = sent.subtractingReportingOverflow(seen)
    return overflow ? nil : difference
  }
}

import Bytes
import Records

/// A row of `http_responses`.
struct HTTPResponseRecord: Record {
  static let table = Table(
    "http_responses",
    [
      "flow_id", "frame_id", "last_frame_id", "ts", "request_id", "status", "reason", "version", "content_type",
      "content_encoding", "server", "location", "head_length", "body_length", "decoded_length", "complete", "stream_id",
    ], isInOrder: false)

  let flowID: Int64
  let first: FrameStamp
  var lastFrameID: Int64
  let requestID: Int64?
  let status: Int
  let head: HTTP1Head
  let headLength: Int
  /// Of HTTP/2; nil: HTTP/1.x.
  var streamID: UInt32?
  var bodyLength = 0
  var decodedLength = 0
  var isComplete = false

  func encode(into row: inout RowEncoder) {
    let section = head.bytes
    let bytes = section.bytes
    let reason = head.startLine.third
    row.integer(flowID)
    row.integer(first.id)
    row.integer(lastFrameID)
    row.integer(first.time)
    row.integer(requestID)
    row.integer(status)
    if reason.isEmpty { row.null() } else { row.text(bytes, reason) }
    row.text(bytes, head.startLine.first)
    row.text(bytes, head.known.contentType)
    row.text(bytes, head.known.contentEncoding)
    row.text(bytes, head.known.server)
    row.text(bytes, head.known.location)
    row.integer(headLength)
    row.integer(bodyLength)
    row.integer(decodedLength)
    row.boolean(isComplete)
    row.integer(streamID.map(Int64.init))
  }
}

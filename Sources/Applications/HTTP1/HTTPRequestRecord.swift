import Bytes
import Records

/// A row of `http_requests`.
struct HTTPRequestRecord: Record {
  static let table = Table(
    "http_requests",
    [
      "flow_id", "frame_id", "last_frame_id", "ts", "method", "uri", "version", "host", "user_agent", "referer",
      "content_type", "head_length", "body_length", "decoded_length", "complete", "response_id", "stream_id",
    ], isInOrder: false)

  let flowID: Int64
  let first: FrameStamp
  var lastFrameID: Int64
  let head: HTTP1Head
  let headLength: Int
  /// Of HTTP/2; nil: HTTP/1.x.
  var streamID: UInt32?
  var bodyLength = 0
  var decodedLength = 0
  var isComplete = false
  var responseID: Int64?

  func encode(into row: inout RowEncoder) {
    let section = head.bytes
    let bytes = section.bytes
    row.integer(flowID)
    row.integer(first.id)
    row.integer(lastFrameID)
    row.integer(first.time)
    row.text(bytes, head.startLine.first)
    row.text(bytes, head.startLine.second)
    row.text(bytes, head.startLine.third)
    row.text(bytes, head.known.host)
    row.text(bytes, head.known.userAgent)
    row.text(bytes, head.known.referer)
    row.text(bytes, head.known.contentType)
    row.integer(headLength)
    row.integer(bodyLength)
    row.integer(decodedLength)
    row.boolean(isComplete)
    row.integer(responseID)
    row.integer(streamID.map(Int64.init))
  }
}

extension RowEncoder {
  /// The text in `range` of a message's head.
  mutating func text(_ head: RawSpan, _ range: Range<Int>) {
    text(wire: head.part(range))
  }

  /// The text at `place` of a message's head, or NULL.
  mutating func text(_ head: RawSpan, _ place: HTTP1Place?) {
    if let place { text(wire: head.part(place.range)) } else { null() }
  }
}

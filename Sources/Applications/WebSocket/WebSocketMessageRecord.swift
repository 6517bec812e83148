import Bytes
import Records

/// A row of `websocket_messages`.
struct WebSocketMessageRecord: Record {
  static let table = Table(
    "websocket_messages",
    [
      "flow_id", "frame_id", "last_frame_id", "ts", "request_id", "from_client", "opcode", "length", "decoded_length",
      "close_code", "text", "complete",
    ])

  /// The row of `flows`.
  let flowID: Int64
  /// The row of `http_requests` that asked for the connection; nil: not seen.
  let requestID: Int64?
  /// Whether the client sent it.
  let isFromClient: Bool
  /// The frame with its first byte.
  let first: FrameStamp
  /// What it is.
  let opcode: WebSocketOpcode
  /// Whether it is compressed.
  let isCompressed: Bool
  /// The row of `frames` with its last byte that was seen.
  var lastFrameID: Int64
  /// Bytes of all its payloads that were seen, as sent.
  var length = 0
  /// Bytes after compression was undone, as far as that went.
  var decodedLength = 0
  /// Its beginning, of a close the status code first.
  var beginning: [UInt8] = []
  /// Whether all of it was seen.
  var isComplete = false

  /// A message that begins in the frame `first`.
  init(
    flowID: Int64, requestID: Int64?, isFromClient: Bool, first: FrameStamp, opcode: WebSocketOpcode, isCompressed: Bool
  ) {
    self.flowID = flowID
    self.requestID = requestID
    self.isFromClient = isFromClient
    self.first = first
    self.opcode = opcode
    self.isCompressed = isCompressed
    lastFrameID = first.id
  }

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(first.id)
    row.integer(lastFrameID)
    row.integer(first.time)
    row.integer(requestID)
    row.boolean(isFromClient)
    row.text(opcode.name)
    row.integer(length)
    row.integer(decodedLength)
    switch opcode {
    case .close:
      row.integer(beginning.bytes.u16(at: 0).map(Int64.init))
      row.text(wire: beginning.count > 2 ? Array(beginning.dropFirst(2)) : nil)
    case .text:
      row.null()
      row.text(wire: beginning)
    case .continuation, .binary, .ping, .pong:
      row.null()
      row.null()
    }
    row.boolean(isComplete)
  }
}

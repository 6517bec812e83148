import Bytes
import Records

/// A row of `http_headers`.
struct HTTPHeaderRecord: Record {
  static let table = Table("http_headers", ["request_id", "response_id", "position", "name", "value"])

  /// The message that a field belongs to.
  enum Message: Sendable {
    /// A row of `http_requests`.
    case request(Int64)
    /// A row of `http_responses`.
    case response(Int64)
  }

  let message: Message
  let position: Int
  /// The section that `field` lies in.
  let section: [UInt8]
  let field: HTTP1Field

  func encode(into row: inout RowEncoder) {
    switch message {
    case .request(let id):
      row.integer(id)
      row.null()
    case .response(let id):
      row.null()
      row.integer(id)
    }
    row.integer(position)
    row.text(section.bytes, field.name)
    row.text(section.bytes, field.value)
  }
}

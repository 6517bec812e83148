import Bytes
import Records

/// A row of `http_headers`.
struct HTTPHeaderRecord: Record, ~Escapable {
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
  let name: RawSpan
  let value: RawSpan

  /// The row of `field` in `section`, the `position`th of its message.
  @_lifetime(copy section)
  init(_ field: HTTP1Field, in section: RawSpan, of message: Message, position: Int) {
    self.message = message
    self.position = position
    name = section.part(field.name)
    value = section.part(field.value)
  }

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
    row.text(wire: name)
    row.text(wire: value)
  }
}

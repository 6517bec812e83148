import Flows
import Records

/// A row of `tcp_notes`.
struct TCPNoteRecord: Record {
  static let table = Table("tcp_notes", ["frame_id", "note", "number", "other_frame_id"])

  let frameID: Int64
  let note: TCPNote

  func encode(into row: inout RowEncoder) {
    row.integer(frameID)
    row.text(note.name)
    if case .duplicateACK(let number, let other) = note {
      row.integer(number)
      row.integer(other)
    } else {
      row.null()
      row.null()
    }
  }
}

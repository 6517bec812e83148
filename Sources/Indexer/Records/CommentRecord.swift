import Bytes
import CaptureFiles
import Records

/// A row of `comments`.
struct CommentRecord: Record {
  static let table = Table("comments", ["capture_id", "subject", "interface_id", "frame_id", "text"])

  let captureID: Int64
  let subject: StaticString
  let interfaceID: Int64?
  let frameID: Int64?
  let text: [UInt8]

  /// A comment on a frame.
  init(captureID: Int64, frameID: Int64, text: [UInt8]) {
    self.captureID = captureID
    subject = "frame"
    interfaceID = nil
    self.frameID = frameID
    self.text = text
  }

  /// A comment on something else; `interfaceIDs` are the rows of the capture's interfaces.
  init(captureID: Int64, subject: CommentSubject, interfaceIDs: [Int64], text: [UInt8]) {
    self.captureID = captureID
    self.text = text
    frameID = nil
    var number: Int?
    switch subject {
    case .section: self.subject = "file"
    case .interface(let index): (self.subject, number) = ("interface", index)
    case .statistics(let index): (self.subject, number) = ("statistics", index)
    case .names: self.subject = "names"
    case .secrets: self.subject = "secrets"
    }
    interfaceID = number.flatMap { interfaceIDs.indices.contains($0) ? interfaceIDs[$0] : nil }
  }

  func encode(into row: inout RowEncoder) {
    row.integer(captureID)
    row.text(subject)
    row.integer(interfaceID)
    row.integer(frameID)
    row.text(wire: text.bytes)
  }
}

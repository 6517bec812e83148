import Bytes
import Records

/// A row of `mail_messages`.
struct MailMessageRecord: Record {
  static let table = Table(
    "mail_messages",
    [
      "flow_id", "frame_id", "source", "helo", "mail_from", "recipients", "refused_recipients", "message_frame_id",
      "last_frame_id", "header_from", "header_to", "header_cc", "subject", "date", "message_id", "user_agent",
      "received_count", "size", "attachments", "reply_code", "reply_text", "reply_frame_id", "complete",
    ])

  let flowID: Int64
  let source: String
  /// Of a message over SMTP; nil: there is none.
  let envelope: MailEnvelope?
  /// Nil: none was sent.
  let message: MailMessage.Facts?
  /// Whether all of it was seen.
  let isComplete: Bool

  func encode(into row: inout RowEncoder) {
    row.integer(flowID)
    row.integer(envelope?.frameID ?? message?.firstFrame.id)
    row.text(source)
    row.text(wire: envelope?.helo)
    row.text(wire: envelope?.sender)
    row.text(wire: MailMessageRecord.list(envelope?.recipients))
    row.text(wire: MailMessageRecord.list(envelope?.refused))
    row.integer(message?.firstFrame.id)
    row.integer(message?.lastFrame.id)
    for field in ["from", "to", "cc", "subject"] {
      row.text(wire: message?.header?[field].map(MIMEEncodedWords.decode))
    }
    row.text(wire: message?.header?["date"])
    row.text(wire: message?.header?["message-id"])
    row.text(wire: message?.header?["user-agent"] ?? message?.header?["x-mailer"])
    row.integer(message?.header.map { Int64($0.receivedCount) })
    row.integer(message.map { Int64($0.size) })
    row.integer(message.map { Int64($0.attachmentCount) })
    let reply = envelope?.reply ?? (message == nil ? envelope?.refusal : nil)
    row.integer(reply.map { Int64($0.code) })
    row.text(wire: reply?.text)
    row.integer(reply?.frameID)
    row.boolean(isComplete)
  }

  private static func list(_ addresses: [[UInt8]]?) -> [UInt8]? {
    guard let addresses, !addresses.isEmpty else { return nil }
    return Array(addresses.joined(separator: Array(", ".utf8)))
  }
}

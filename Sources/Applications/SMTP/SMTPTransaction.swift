import Records

/// A mail transaction (RFC 5321, section 3.3): an envelope, and the message if it comes to that. Its row is there once it
/// is over and all of its commands have been answered.
final class SMTPTransaction {
  /// What MAIL, RCPT and the replies say.
  var envelope: MailEnvelope
  /// Nil: not begun.
  var message: MailMessage?
  /// Commands of it that wait for their replies.
  var waiting = 0
  /// Replies to the message that are still to come: of LMTP one for each recipient (RFC 2033, section 4.2).
  var replies = 1

  private var isOver = false
  private var isWhole = false
  private var isEmitted = false

  init(_ envelope: MailEnvelope) {
    self.envelope = envelope
  }

  /// Bytes that it keeps.
  var heldBytes: Int { envelope.heldBytes + (message?.heldBytes ?? 0) }

  /// Nothing more of it comes from the client. `isWhole` says whether its message has ended.
  func end(isWhole: Bool, flow: FlowIdentity, context: ApplicationContext) {
    guard !isOver else { return }
    isOver = true
    message?.end(isWhole: isWhole, context: context)
    self.isWhole = isWhole && message.map { !$0.facts.hasGap } ?? false
    emit(flow: flow, context: context)
  }

  /// Emits its row if all of it is known.
  func emit(flow: FlowIdentity, context: ApplicationContext) {
    guard isOver, waiting == 0, !isEmitted else { return }
    isEmitted = true
    context.sink.emit(
      MailMessageRecord(
        flowID: flow.id, source: SMTPParser.service, envelope: envelope, message: message?.facts, isComplete: isWhole))
  }
}

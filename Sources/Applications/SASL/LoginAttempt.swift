import Records

/// What a client sent to log in, for a row of `credentials` once the server has answered.
struct LoginAttempt: Equatable, Sendable {
  /// `USER/PASS`, `PLAIN`, `NTLMv2`, ...
  let mechanism: String
  /// Domain or realm; nil: none sent.
  var domain: String?
  /// Nil: none sent.
  let username: String?
  /// Nil: none sent.
  let secret: String?
  /// What kind of secret it is.
  let kind: CredentialRecord.Kind
  /// The frame of the first byte of the message with the secret.
  var frameID: Int64

  /// Bytes of its texts.
  var heldBytes: Int {
    (domain?.utf8.count ?? 0) + (username?.utf8.count ?? 0) + (secret?.utf8.count ?? 0)
  }

  /// Emits the row. `accepted` and `answer` are what the server said and in which frame; nil: nothing.
  func emit(
    _ protocolName: String, accepted: Bool?, answer: FrameStamp?, flow: FlowIdentity, context: ApplicationContext
  ) {
    context.sink.emit(
      CredentialRecord(
        flowID: flow.id, frameID: frameID, protocolName: protocolName, mechanism: mechanism, domain: domain,
        username: username, secret: secret, kind: kind, accepted: accepted, answerFrameID: answer?.id))
  }
}

import Records

/// The secrets of a connection that its requests say again and again: each gives one row.
///
/// The row is emitted when the server accepts the secret, else at the connection's end, so that it says whether any request
/// succeeded with it. A response to a challenge that is refused gives its row at once: the next one is another attempt.
struct HTTP1RepeatedSecrets {
  private struct Entry {
    let identity: String
    /// Nil: emitted.
    var pending: LoginAttempt?
    var accepted: Bool?
    var answerFrameID: Int64?

    var heldBytes: Int { identity.utf8.count + (pending?.heldBytes ?? 0) }
  }

  private var entries: [Entry] = []
  /// Bytes that are kept.
  private(set) var heldBytes = 0

  /// Takes a secret with its frame, what the server said to it, and where; calls `emit` with what is known now.
  mutating func take(
    _ attempt: LoginAttempt, identity: String, accepted: Bool?, answerFrameID: Int64?,
    emit: (LoginAttempt, Bool?, Int64?) -> Void
  ) {
    if attempt.kind == .hash, accepted == false { return emit(attempt, false, answerFrameID) }
    guard let index = entries.firstIndex(where: { $0.identity == identity }) else {
      if entries.count == HTTP1Limits.repeatedSecrets { close(entries.removeFirst(), emit: emit) }
      var entry = Entry(identity: identity, pending: attempt, accepted: accepted, answerFrameID: answerFrameID)
      if accepted == true {
        emit(attempt, true, answerFrameID)
        entry.pending = nil
      }
      heldBytes += entry.heldBytes
      entries.append(entry)
      return
    }
    guard let pending = entries[index].pending else { return }
    if accepted == true {
      // A token is the same as before; of a response the server judged this one.
      emit(attempt.kind == .hash ? attempt : pending, true, answerFrameID)
      heldBytes -= pending.heldBytes
      entries[index].pending = nil
    } else if entries[index].accepted == nil, accepted != nil || entries[index].answerFrameID == nil {
      (entries[index].accepted, entries[index].answerFrameID) = (accepted, answerFrameID)
    }
  }

  /// The connection is over: calls `emit` with what is left.
  mutating func removeAll(emit: (LoginAttempt, Bool?, Int64?) -> Void) {
    for entry in entries { close(entry, emit: emit) }
    entries = []
  }

  private mutating func close(_ entry: Entry, emit: (LoginAttempt, Bool?, Int64?) -> Void) {
    heldBytes -= entry.heldBytes
    if let attempt = entry.pending { emit(attempt, entry.accepted, entry.answerFrameID) }
  }
}

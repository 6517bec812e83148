/// Why a list, a database of owners or an answer from the network could not be used: one line that names the subject and
/// the reason.
public struct EnrichmentError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file, the address or the server that it is about.
  public let subject: String
  /// What was wrong, for a person, without the subject and on one line.
  public let detail: String

  /// An error about `subject`. Line breaks in `detail` become blanks.
  public init(_ subject: String, _ detail: String) {
    self.subject = subject
    self.detail = String(detail.map { $0.isNewline ? " " : $0 })
  }

  /// `goog.json: is no JSON`
  public var description: String { "\(subject): \(detail)" }
}

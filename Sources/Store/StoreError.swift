/// Why a database, a query or a file beside it could not be used: one line that names the subject and the reason.
public struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of failure it is.
  public enum Reason: String, Sendable {
    /// No such file.
    case missing
    /// A file or something else stands where a new file is to be.
    case exists
    /// Not an SQLite database at all, or not one of pcapindex's.
    case foreign
    /// A pcapindex database of another version of the schema.
    case version
    /// No space is left.
    case full
    /// Another program holds the database.
    case locked
    /// The file or its file system can't be written to.
    case readOnly
    /// The user may not read or write it.
    case permission
    /// SQLite found the file damaged.
    case damaged
    /// A row broke a rule of the schema.
    case constraint
    /// A value is not of the type that its place wants.
    case mismatch
    /// What the user asked for makes no sense: an unknown query, a wrong parameter.
    case usage
    /// Anything else.
    case other
  }

  /// The file, or the query, that it is about.
  public let subject: String
  /// What kind of failure it is.
  public let reason: Reason
  /// What was wrong, for a person, without the subject and on one line.
  public let detail: String

  /// An error about `subject`. Line breaks in `detail` become blanks.
  public init(_ subject: String, _ reason: Reason, _ detail: String) {
    self.subject = subject
    self.reason = reason
    self.detail = String(detail.map { $0.isNewline ? " " : $0 })
  }

  /// `case.sqlite: the disk is full`
  public var description: String { "\(subject): \(detail)" }
}

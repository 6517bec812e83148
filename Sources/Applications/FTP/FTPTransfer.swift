import Bytes

/// What a control connection knows of the file that a data connection carries, of which the data connection knows the
/// bytes. Either may end first: the row of `files` is there when both have.
///
/// A file that one server sends another (RFC 959, section 5.2) has two control connections, and so two of these.
public final class FTPTransfer {
  /// What came of the command that used the data connection.
  struct Outcome {
    /// `RETR`, `LIST`, ...
    let command: String
    /// The file's name without its folders; nil: none.
    let name: [UInt8]?
    /// The frame of the command's first byte.
    let frameID: Int64
    /// Whether the server says that all of the file was transferred.
    let isWhole: Bool

    /// Whether what is carried is a file, and not a listing.
    var isFile: Bool { !["LIST", "NLST", "MLSD"].contains(command) }
  }

  /// Nil: no command is known that used the connection, or none yet.
  private(set) var outcome: Outcome?
  /// Whether the control connection says nothing more of it.
  private(set) var isSettled = false
  /// The data connection, from its first packet until its file has its row.
  var data: FTPDataParser?

  /// The control connection has come to the end of it.
  func settle(_ outcome: Outcome?, context: ApplicationContext) {
    self.outcome = outcome
    isSettled = true
    data?.emit(context)
  }
}

extension FTPTransfer.Outcome {
  /// What came of `command` with its final `reply`, nil where none was seen; nil where there is no command. `offset` is
  /// where in the file the transfer began.
  init?(_ command: FTPCommand?, _ reply: FTPReply?, offset: Int64?) {
    guard let command, let name = command.name else { return nil }
    self.command = name
    let path = command.uniqueName ?? command.argumentBytes
    let last = path[path.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 }.map { $0... } ?? path.startIndex...]
    self.name = last.isEmpty ? nil : Array(last)
    frameID = command.frameID
    isWhole = reply.map { (200..<300).contains($0.code) } ?? false && !command.isAborted && offset == nil
  }
}

import Glibc

/// Asks a person: a single key on a terminal, a line elsewhere.
struct Prompt {
  /// Longest line that is read.
  private static let lineLimit = 4096
  /// Milliseconds between looks whether Ctrl-C was pressed.
  private static let moment: Int32 = 200

  private let isTerminal = isatty(STDIN_FILENO) == 1
  private var pending: [UInt8] = []
  private var isAtEnd = false

  /// Shows `question` and waits for a key; of a line its first character, and what else it holds is dropped. Nil: the
  /// input ended, or Ctrl-C or Ctrl-D was pressed.
  mutating func key(_ question: String) -> Character? {
    guard isTerminal else {
      Terminal.result(question)
      guard let line = line() else {
        Terminal.result("\n")
        return nil
      }
      Terminal.result("\(line.visible)\n")
      return line.first { !$0.isWhitespace } ?? "\n"
    }
    let byte = rawByte(question)
    switch byte {
    case nil, 4?:
      Terminal.result("\n")
      return nil
    case 0x1b?:
      // An arrow or the like: what else belongs to it is dropped too.
      Terminal.result("\n")
      return "\u{1b}"
    case .some(let byte):
      let shown = (0x21...0x7e).contains(byte) ? String(Unicode.Scalar(byte)) : ""
      Terminal.result("\(shown)\n")
      return Character(Unicode.Scalar(byte))
    }
  }

  /// Shows `question` and reads a line, without blanks at its ends; `proposal` where it is empty. Nil as in `key`.
  mutating func text(_ question: String, proposal: String = "") -> String? {
    Terminal.result(proposal.isEmpty ? "\(question): " : "\(question) [\(proposal.visible)]: ")
    guard let line = line() else {
      Terminal.result("\n")
      return nil
    }
    if !isTerminal { Terminal.result("\(line.visible)\n") }
    var words = line[...]
    while words.first?.isWhitespace == true { words.removeFirst() }
    while words.last?.isWhitespace == true { words.removeLast() }
    return words.isEmpty ? proposal : String(words)
  }

  /// The next line; nil at the end of the input or after Ctrl-C.
  private mutating func line() -> String? {
    while true {
      if let end = pending.firstIndex(of: 10) {
        let line = String(decoding: pending[..<end], as: UTF8.self)
        pending.removeSubrange(...end)
        return line
      }
      if isAtEnd || pending.count > Prompt.lineLimit {
        guard !pending.isEmpty else { return nil }
        defer { pending.removeAll() }
        return String(decoding: pending, as: UTF8.self)
      }
      guard let bytes = wait(most: 1024) else { return nil }
      if bytes.isEmpty { isAtEnd = true }
      pending += bytes
    }
  }

  /// Shows `question`; then one byte as soon as its key is pressed, without the terminal showing it. Nil at the end or after
  /// Ctrl-C.
  private func rawByte(_ question: String) -> UInt8? {
    // C calls with a structure that lives for the calls. Signals stay on: Ctrl-C is one.
    var before = termios()
    guard unsafe tcgetattr(STDIN_FILENO, &before) == 0 else { return nil }
    var raw = before
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &raw)
    defer { unsafe tcsetattr(STDIN_FILENO, TCSADRAIN, &before) }
    Terminal.result(question)
    guard let byte = wait(most: 1)?.first else { return nil }
    if byte == 0x1b {
      var ready = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      while unsafe poll(&ready, 1, 10) == 1, let rest = wait(most: 16), !rest.isEmpty {}
    }
    return byte
  }

  /// Waits for input and reads it: nothing at its end, nil after Ctrl-C.
  private func wait(most: Int) -> [UInt8]? {
    while !Interruption.isRequested {
      // C calls with a structure and a buffer of stated size that live for the calls. Waiting is what a signal ends,
      // reading would go on; one that came before is seen after a moment.
      var ready = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      let found = unsafe poll(&ready, 1, Prompt.moment)
      if found == 0 || (found < 0 && errno == EINTR) { continue }
      var bytes = [UInt8](repeating: 0, count: most)
      let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(STDIN_FILENO, $0.baseAddress, most) }
      if count < 0, errno == EINTR { continue }
      return Array(bytes.prefix(max(0, count)))
    }
    return nil
  }
}

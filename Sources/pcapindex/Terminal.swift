import Glibc

/// What is known of the terminal.
enum Terminal {
  /// Whether results go to a person's screen.
  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }
  /// Whether messages go to a person's screen.
  static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether to use colours and weights (https://no-color.org).
  static var usesStyle: Bool {
    outputIsTerminal && (environment("NO_COLOR") ?? "").isEmpty && environment("TERM") != "dumb"
  }

  /// Columns of the screen behind standard error; 80 where it does not say.
  static var width: Int {
    var size = winsize()
    guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// The value of an environment variable; nil where it is not set.
  static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }

  /// Writes text to standard error.
  static func message(_ text: String) {
    write(text, to: STDERR_FILENO)
  }

  /// Writes all of `text` to a file descriptor. A closed pipe ends the program quietly, as it does `cat`.
  static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { bytes in
      var done = 0
      while done < bytes.count {
        let count = unsafe Glibc.write(descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
        if count < 0 {
          if errno == EINTR { continue }
          exit(errno == EPIPE ? 0 : 1)
        }
        done += count
      }
    }
  }
}

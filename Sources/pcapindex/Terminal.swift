import ArgumentParser
import Glibc
import Store

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

  /// Whether a line on the screen of messages can be written over.
  static var errorCanRewrite: Bool { errorIsTerminal && environment("TERM") != "dumb" }

  /// Columns of the screen behind a descriptor; 80 where it does not say, nil where it is no screen.
  static func width(of descriptor: Int32) -> Int? {
    guard isatty(descriptor) == 1 else { return nil }
    var size = winsize()
    guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// The value of an environment variable; nil where it is not set.
  static func environment(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    return unsafe String(cString: value)
  }

  /// Writes text to standard error. Where nobody can read it the work goes on.
  static func message(_ text: String) {
    _ = OutputFile.write(all: text, to: STDERR_FILENO)
  }

  /// Writes text to standard output. A closed pipe ends the program quietly, as it does `cat`; any other failure ends it
  /// with a message.
  static func result(_ text: String) {
    let number = OutputFile.write(all: text, to: STDOUT_FILENO)
    if number == 0 { return }
    if number == EPIPE { exit(0) }
    let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    message("pcapindex: standard output: \(reason)\n")
    exit(ExitStatus.badInput.rawValue)
  }
}

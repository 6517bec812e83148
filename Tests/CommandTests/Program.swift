import Foundation
import Glibc

/// The built program and others, run as a user runs them.
enum Program {
  /// What is said where the tests cannot begin.
  struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  /// What a run left behind.
  struct Outcome {
    /// The exit status; 128 and more where a signal ended it.
    let status: Int32
    /// Standard output.
    let output: Data
    /// Standard error.
    let error: Data

    var out: String { String(decoding: output, as: UTF8.self) }
    var err: String { String(decoding: error, as: UTF8.self) }
    /// The lines of standard error.
    var complaints: [String] {
      err.split(separator: "\n", omittingEmptySubsequences: false).map(String.init).dropLast()
    }
  }

  /// The program beside the tests' own bundle.
  static func path() throws -> String {
    let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let path = URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("pcapindex").path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Missing(description: "the program is not beside the tests: \(path)")
    }
    return path
  }

  /// Runs pcapindex to its end.
  static func run(
    _ arguments: String..., input: String = "/dev/null", folder: String? = nil, environment: [String: String] = [:]
  ) throws -> Outcome {
    try run(try path(), arguments, input: input, folder: folder, environment: environment)
  }

  /// Runs pcapindex to its end.
  static func run(
    _ arguments: [String], input: String = "/dev/null", folder: String? = nil, environment: [String: String] = [:]
  ) throws -> Outcome {
    try run(try path(), arguments, input: input, folder: folder, environment: environment)
  }

  /// Runs `script` with sh; `$PROGRAM` is pcapindex.
  static func shell(
    _ script: String, folder: String? = nil, environment: [String: String] = [:]
  ) throws -> Outcome {
    var environment = environment
    environment["PROGRAM"] = try path()
    return try run("/bin/sh", ["-c", script], folder: folder, environment: environment)
  }

  /// Runs any program to its end.
  static func run(
    _ program: String, _ arguments: [String], input: String = "/dev/null", folder: String? = nil,
    environment: [String: String] = [:]
  ) throws -> Outcome {
    let scratch = try Folder()
    let (out, err) = (scratch.file("out"), scratch.file("err"))
    let child = try Child(program, arguments, input: input, output: out, error: err, folder: folder, environment)
    let status = child.wait()
    return Outcome(
      status: status, output: try Data(contentsOf: URL(fileURLWithPath: out)),
      error: try Data(contentsOf: URL(fileURLWithPath: err)))
  }

  /// Runs pcapindex with a terminal of `columns` as standard output and error; its lines end as on any terminal.
  static func onTerminal(
    columns: Int = 80, _ arguments: [String], input: String = "/dev/null", folder: String? = nil,
    environment: [String: String] = [:]
  ) throws -> (status: Int32, screen: String) {
    let terminal = try PseudoTerminal(columns: columns)
    var all = ["TERM": "xterm", "NO_COLOR": ""]
    all.merge(environment) { $1 }
    let child = try Child(
      try path(), arguments, input: input, output: terminal.name, error: terminal.name, folder: folder, all)
    let screen = terminal.everything()
    return (child.wait(), screen)
  }
}

/// A program that runs.
final class Child {
  let id: pid_t
  private var status: Int32?

  init(
    _ program: String, _ arguments: [String], input: String, output: String, error: String, folder: String?,
    _ environment: [String: String]
  ) throws {
    var variables = ProcessInfo.processInfo.environment
    variables["PCAPINDEX_DATABASE"] = nil
    variables.merge(environment) { $1 }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_NOCTTY, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, error, O_WRONLY | O_CREAT | O_NOCTTY, 0o600)
    // Whoever runs the tests may have these ignored, and threads of Dispatch have all signals blocked: both would be
    // inherited.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    for number in [SIGINT, SIGTERM, SIGPIPE] { sigaddset(&defaults, number) }
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    var unblocked = sigset_t()
    sigemptyset(&unblocked)
    posix_spawnattr_setsigmask(&attributes, &unblocked)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    var command = [program] + arguments
    if let folder { command = ["/usr/bin/env", "-C", folder] + command }
    let words = command.map { strdup($0) } + [nil]
    let settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + settings { free(text) } }
    var id: pid_t = 0
    let number = posix_spawn(&id, command[0], &actions, &attributes, words, settings)
    guard number == 0 else {
      throw Program.Missing(description: "\(program) does not start: \(String(cString: strerror(number)))")
    }
    self.id = id
  }

  /// The exit status; 128 and more where a signal ended it. After `seconds` it is killed, which gives 137.
  func wait(seconds: Double = 120) -> Int32 {
    if let status { return status }
    let end = Date().addingTimeInterval(seconds)
    var raw: Int32 = 0
    while waitpid(id, &raw, WNOHANG) == 0 {
      if Date() > end { kill(id, SIGKILL) }
      usleep(2000)
    }
    let signal = raw & 0x7f
    let result = signal == 0 ? (raw >> 8) & 0xff : 128 + signal
    status = result
    return result
  }
}

/// A terminal without a screen.
struct PseudoTerminal {
  private let master: Int32
  /// TIOCGPTN and TIOCSPTLCK of ioctl_tty(2), which Swift does not import.
  private static let (getNumber, setLock): (UInt, UInt) = (0x8004_5430, 0x4004_5431)
  /// Kept open until the program has it open as well, so that nothing is lost.
  private let slave: Int32
  let name: String

  init(columns: Int) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var number: UInt32 = 0
    var isLocked: Int32 = 0
    var size = winsize(ws_row: 50, ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    guard ioctl(master, PseudoTerminal.getNumber, &number) == 0, ioctl(master, PseudoTerminal.setLock, &isLocked) == 0,
      ioctl(master, UInt(TIOCSWINSZ), &size) == 0
    else { throw Program.Missing(description: "there are no pseudo terminals here") }
    name = "/dev/pts/\(number)"
    slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC)
  }

  /// Types a text, as a person at the keyboard.
  func type(_ text: String) {
    let bytes = Array(text.utf8)
    _ = write(master, bytes, bytes.count)
  }

  /// What is written to it until `text` is there, or ten seconds have gone by.
  func read(until text: String) -> String {
    var all: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4096)
    let end = Date().addingTimeInterval(10)
    while Date() < end {
      var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, 100) == 1 else { continue }
      let count = Glibc.read(master, &block, block.count)
      if count <= 0 { break }
      all += block[..<count]
      if String(decoding: all, as: UTF8.self).contains(text) { break }
    }
    return String(decoding: all, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
  }

  /// What was written to it until the last program that had it open left.
  func everything() -> String {
    close(slave)
    defer { close(master) }
    var all: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Glibc.read(master, &block, block.count)
      // When the other end is closed the kernel says so with an error.
      if count <= 0 { break }
      all += block[..<count]
    }
    return String(decoding: all, as: UTF8.self).replacingOccurrences(of: "\r\n", with: "\n")
  }
}

/// A temporary folder that goes with its owner.
final class Folder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "pcapindex-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  /// Writes a file and returns its path.
  @discardableResult
  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  /// Writes a text and returns its path.
  @discardableResult
  func write(_ name: String, text: String) throws -> String { try write(name, text.utf8) }

  /// The names in it, hidden ones too.
  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
}

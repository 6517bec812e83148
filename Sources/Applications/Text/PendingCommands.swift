/// Commands of one connection that wait for their replies, which come in the same order.
struct PendingCommands<Command> {
  /// Commands that may wait; beyond it the oldest is given up. A client may send any number.
  static var limit: Int { 100 }

  private var commands: [Command] = []
  /// How many of the first ones a gap in the server's bytes may have answered.
  private var doubtful = 0

  /// The command that the next reply is for.
  var first: Command? {
    get { commands.first }
    set { if let newValue, !commands.isEmpty { commands[0] = newValue } }
  }
  /// The command that was sent last.
  var last: Command? {
    get { commands.last }
    set { if let newValue, !commands.isEmpty { commands[commands.count - 1] = newValue } }
  }
  /// How many wait.
  var count: Int { commands.count }

  /// The sum of what `bytes` says of each.
  func sum(_ bytes: (Command) -> Int) -> Int {
    commands.reduce(0) { $0 + bytes($1) }
  }

  /// Adds a command; those that get no reply any more because of it: a client waits for replies before it goes on, so
  /// that what a gap may have answered has been answered.
  mutating func append(_ command: Command) -> [Command] {
    let surplus = max(doubtful, commands.count - PendingCommands.limit + 1)
    let givenUp = Array(commands.prefix(surplus))
    commands.removeFirst(givenUp.count)
    doubtful = 0
    commands.append(command)
    return givenUp
  }

  /// Removes the command that a final reply has come for.
  mutating func removeFirst() {
    guard !commands.isEmpty else { return }
    commands.removeFirst()
    doubtful = max(0, doubtful - 1)
  }

  /// Bytes from the server are missing.
  mutating func gap() {
    doubtful = commands.count
  }

  /// Takes all that are left.
  mutating func removeAll() -> [Command] {
    defer { self = PendingCommands() }
    return commands
  }
}

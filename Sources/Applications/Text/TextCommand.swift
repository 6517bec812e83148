import Bytes

/// A line of a client, taken apart: a command's name and its argument.
struct TextCommand {
  /// Letters of the longest name that is looked at.
  static let nameLimit = 16

  /// In capitals; empty where the line begins with a blank or with a longer word.
  let name: String
  /// What stands behind the one blank that follows the name, as sent; empty: nothing.
  let argument: ArraySlice<UInt8>

  /// The command in `line`.
  init(_ line: ArraySlice<UInt8>) {
    let end = line.firstIndex(of: 0x20) ?? line.endIndex
    let word = line[..<end]
    name = word.count <= TextCommand.nameLimit ? WireText.text(word.map { $0 &- 0x61 < 26 ? $0 & 0xdf : $0 }) : ""
    argument = line[end...].dropFirst()
  }

  /// The command that its argument is itself: `AUTHINFO USER name`.
  var subcommand: TextCommand { TextCommand(argument) }
}

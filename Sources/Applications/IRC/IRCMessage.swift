/// A message of IRC (RFC 1459, section 2.3.1; RFC 2812; IRCv3, 'Message Tags').
///
/// ```
/// message = [ "@" tags SP ] [ ":" prefix SP ] command *( SP parameter ) [ SP ":" trailing ]
/// ```
struct IRCMessage {
  /// Parameters of a message (RFC 1459).
  static let parameterLimit = 15

  /// `irc.example.com`, `NickServ!services@services.example.com`; nil: none.
  let prefix: [UInt8]?
  /// In capitals, or three digits.
  let command: String
  /// The trailing one is the last.
  let parameters: [[UInt8]]

  /// The message in `line`; nil where that is none.
  init?(_ line: [UInt8]) {
    var rest = line[...]
    func word() -> ArraySlice<UInt8> {
      let word = rest.prefix { $0 != 0x20 }
      rest = rest[word.endIndex...].drop { $0 == 0x20 }
      return word
    }
    if rest.first == UInt8(ascii: "@") { _ = word() }
    prefix = rest.first == UInt8(ascii: ":") ? Array(word().dropFirst()) : nil
    let name = word()
    let isNumeric = name.count == 3 && name.allSatisfy { (0x30...0x39).contains($0) }
    guard isNumeric || (1...20).contains(name.count) && name.allSatisfy({ (0x41...0x5a).contains($0 & 0xdf) }) else {
      return nil
    }
    command = String(decoding: name, as: UTF8.self).uppercased()
    var parameters: [[UInt8]] = []
    while !rest.isEmpty, parameters.count < IRCMessage.parameterLimit {
      if rest.first == UInt8(ascii: ":") || parameters.count == IRCMessage.parameterLimit - 1 {
        parameters.append(Array(rest.first == UInt8(ascii: ":") ? rest.dropFirst() : rest))
        rest = []
      } else {
        parameters.append(Array(word()))
      }
    }
    self.parameters = parameters
  }

  /// The name in the prefix, before `!`, in small letters.
  var sender: String {
    String(decoding: (prefix ?? []).prefix { $0 != UInt8(ascii: "!") }, as: UTF8.self).lowercased()
  }

  /// The last parameter in small letters.
  var text: String { String(decoding: parameters.last ?? [], as: UTF8.self).lowercased() }
}

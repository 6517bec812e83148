/// Takes the commands out of one direction of a Telnet connection (RFC 854, 855).
///
/// ```
/// stream     = *( data / IAC IAC / IAC command / IAC (WILL / WONT / DO / DONT) option / IAC SB bytes IAC SE )
/// ```
struct TelnetReader {
  /// Bytes kept of one subnegotiation, its option included; what is behind them is dropped.
  static let subnegotiationLimit = 1024

  enum Event {
    /// A byte of text.
    case data(UInt8)
    /// A command without an option: interrupt, erase character, ...
    case command(UInt8)
    /// WILL, WONT, DO or DONT, and the option.
    case negotiation(UInt8, option: UInt8)
    /// The option and its parameters, IAC IAC undone.
    case subnegotiation([UInt8])
  }

  private enum State {
    case text
    case command
    case option(verb: UInt8)
    case subnegotiation
    case subnegotiationCommand
  }

  private var state = State.text
  private var parameters: [UInt8] = []

  /// Bytes kept of an unfinished subnegotiation.
  var heldBytes: Int { parameters.count }

  /// What the next byte completes; nil: nothing.
  mutating func append(_ byte: UInt8) -> Event? {
    switch state {
    case .text:
      guard byte == TelnetCode.iac else { return .data(byte) }
      state = .command
    case .command:
      state = .text
      switch byte {
      case TelnetCode.iac: return .data(byte)
      case TelnetCode.subnegotiation: state = .subnegotiation
      case TelnetCode.will...TelnetCode.dont: state = .option(verb: byte)
      default: return .command(byte)
      }
    case .option(let verb):
      state = .text
      return .negotiation(verb, option: byte)
    case .subnegotiation:
      if byte == TelnetCode.iac { state = .subnegotiationCommand } else { keep(byte) }
    case .subnegotiationCommand:
      state = .subnegotiation
      if byte == TelnetCode.iac {
        keep(byte)
      } else if byte == TelnetCode.endOfSubnegotiation {
        state = .text
        defer { parameters = [] }
        return .subnegotiation(parameters)
      }
    }
    return nil
  }

  /// Bytes are missing: what is unfinished is dropped.
  mutating func skip() {
    state = .text
    parameters = []
  }

  private mutating func keep(_ byte: UInt8) {
    if parameters.count < TelnetReader.subnegotiationLimit { parameters.append(byte) }
  }
}

/// Telnet's commands (RFC 854) and the options (IANA's registry) that matter here.
enum TelnetCode {
  static let interrupt: UInt8 = 244
  static let eraseCharacter: UInt8 = 247
  static let eraseLine: UInt8 = 248
  static let endOfSubnegotiation: UInt8 = 240
  static let subnegotiation: UInt8 = 250
  static let will: UInt8 = 251
  static let wont: UInt8 = 252
  static let dont: UInt8 = 254
  static let iac: UInt8 = 255

  /// ECHO (RFC 857): the host shows what is typed.
  static let echo: UInt8 = 1
  /// ENVIRON (RFC 1408) and NEW-ENVIRON (RFC 1572): among others the user's name.
  static let environ: UInt8 = 36
  static let newEnviron: UInt8 = 39
  /// ENCRYPT (RFC 2946).
  static let encrypt: UInt8 = 38
  /// START_TLS (draft-altman-telnet-starttls).
  static let startTLS: UInt8 = 46

  /// Whether IANA has assigned the option.
  static func isAssigned(option: UInt8) -> Bool {
    option <= 49 || (138...140).contains(option) || option == 255
  }
}

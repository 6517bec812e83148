import Bytes

/// Commands that are known by name (RFC 959, 775, 1639, 2228, 2389, 2428, 2640, 3659, 7151), for telling FTP from other
/// protocols that speak in lines.
enum FTPCommandName {
  /// Letters of the longest command that is looked up.
  static let lengthLimit = 4

  /// Commands with which a client may begin.
  static let opening: Set<String> = [
    "USER", "AUTH", "FEAT", "SYST", "HOST", "OPTS", "CLNT", "ACCT", "QUIT", "PASS", "HELP", "NOOP", "ADAT", "PBSZ",
    "LANG", "SITE", "STAT", "PROT", "CSID", "REIN",
  ]

  /// Commands that neither SMTP nor POP3, IRC or NNTP has.
  static let distinctive: Set<String> = [
    "SYST", "PASV", "EPSV", "PORT", "EPRT", "LPSV", "LPRT", "TYPE", "CWD", "CDUP", "PWD", "XPWD", "XCWD", "NLST",
    "MLSD", "MLST", "STOR", "STOU", "APPE", "RNFR", "RNTO", "MKD", "XMKD", "RMD", "XRMD", "SIZE", "MDTM", "FEAT",
    "OPTS", "REIN", "ALLO", "STRU", "ABOR", "PBSZ", "PROT", "CLNT", "MFMT", "ACCT", "SITE", "SMNT",
  ]

  /// Commands that others have too.
  static let shared: Set<String> = [
    "USER", "PASS", "LIST", "RETR", "DELE", "REST", "MODE", "STAT", "HELP", "NOOP", "QUIT", "AUTH", "HOST", "LANG",
    "ADAT", "CCC", "MIC", "CONF", "ENC",
  ]

  /// Commands that move data over the data connection.
  static let transfers: Set<String> = ["RETR", "STOR", "STOU", "APPE", "LIST", "NLST", "MLSD"]

  static func isKnown(_ name: String) -> Bool {
    distinctive.contains(name) || shared.contains(name)
  }

  /// Whether some command of `names` begins with `start`.
  static func isStart(_ start: String, of names: Set<String>) -> Bool {
    names.contains { $0.hasPrefix(start) }
  }

  /// The word of at most four letters at `offset`, in capitals, and whether a blank or the line's end follows it; nil
  /// where something else stands there.
  static func word(_ line: RawSpan, at offset: Int = 0) -> (name: String, isWhole: Bool)? {
    var name = ""
    var index = offset
    while let byte = line.u8(at: index) {
      if byte == 0x20 || byte == 0x0d || byte == 0x0a { return name.isEmpty ? nil : (name, true) }
      let letter = byte & 0xdf
      guard (0x41...0x5a).contains(letter), name.utf8.count < lengthLimit else { return nil }
      name.unicodeScalars.append(Unicode.Scalar(letter))
      index += 1
    }
    return (name, false)
  }
}

/// Numbers of the NetBIOS name service (RFC 1002, section 4.2) and their names.
enum NBNSCodes {
  /// `NB`: addresses of a name.
  static let nameType: UInt16 = 32
  /// `NBSTAT`: names of a node.
  static let statusType: UInt16 = 33
  /// A name is given up.
  static let release = 6
  /// Wait for an answer.
  static let wait = 7

  /// The opcode's name; nil: none.
  static func mnemonic(opcode: Int) -> StaticString? {
    switch opcode {
    case 0: "QUERY"
    case 5: "REGISTRATION"
    case 6: "RELEASE"
    case 7: "WACK"
    // RFC 1002 gives two numbers for it.
    case 8, 9: "REFRESH"
    case 15: "MULTIHOMED-REGISTRATION"
    default: nil
    }
  }

  /// The response code's name; nil: none. Those that mean the same as in DNS have DNS's names.
  static func mnemonic(rcode: Int) -> StaticString? {
    switch rcode {
    case 0: "NOERROR"
    case 1: "FORMERR"
    case 2: "SERVFAIL"
    case 3: "NXDOMAIN"
    case 4: "NOTIMP"
    case 5: "REFUSED"
    case 6: "ACT_ERR"
    case 7: "CFT_ERR"
    default: nil
    }
  }
}

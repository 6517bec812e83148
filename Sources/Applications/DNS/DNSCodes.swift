/// Names of opcodes and response codes (IANA, Domain Name System Parameters), in capitals as resolvers print them.
enum DNSCodes {
  /// `DSO` (RFC 8490): its message is a list of TLVs behind a header that counts nothing.
  static let statefulOperations = 6

  /// `UPDATE` (RFC 2136).
  static let update = 5

  static func isAssigned(opcode: Int) -> Bool {
    opcode <= 6 && opcode != 3
  }

  /// The opcode's name; nil: none.
  static func mnemonic(opcode: Int) -> StaticString? {
    switch opcode {
    case 0: "QUERY"
    case 1: "IQUERY"
    case 2: "STATUS"
    case 4: "NOTIFY"
    case 5: "UPDATE"
    case 6: "DSO"
    default: nil
    }
  }

  /// The name of a response code with its EDNS extension (RFC 6891, section 6.1.3); nil: none. 16 is BADVERS here: BADSIG
  /// has the same number but stands in TSIG records only.
  static func mnemonic(rcode: Int) -> StaticString? {
    switch rcode {
    case 0: "NOERROR"
    case 1: "FORMERR"
    case 2: "SERVFAIL"
    case 3: "NXDOMAIN"
    case 4: "NOTIMP"
    case 5: "REFUSED"
    case 6: "YXDOMAIN"
    case 7: "YXRRSET"
    case 8: "NXRRSET"
    case 9: "NOTAUTH"
    case 10: "NOTZONE"
    case 11: "DSOTYPENI"
    case 16: "BADVERS"
    case 17: "BADKEY"
    case 18: "BADTIME"
    case 19: "BADMODE"
    case 20: "BADNAME"
    case 21: "BADALG"
    case 22: "BADTRUNC"
    case 23: "BADCOOKIE"
    default: nil
    }
  }

  /// The name of a response code, or its number.
  static func name(rcode: Int) -> String {
    mnemonic(rcode: rcode)?.description ?? String(rcode)
  }

  /// Whether a question or record may have this class (RFC 6895, section 3.2): IN, CH, HS, NONE or ANY. The highest bit
  /// is mDNS's (RFC 6762, sections 5.4 and 10.2).
  static func isKnown(recordClass: UInt16) -> Bool {
    switch recordClass & 0x7fff {
    case 1, 3, 4, 254, 255: true
    default: false
    }
  }
}

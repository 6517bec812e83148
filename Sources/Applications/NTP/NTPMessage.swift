import Bytes

//  0                   1                   2                   3    RFC 5905, section 7.3
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |LI | VN  |Mode |    Stratum     |     Poll      |  Precision   |
// | root delay, root dispersion, reference ID (4 bytes each)      |
// | reference, origin, receive, transmit timestamp (8 bytes each) |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// Mode 6 (RFC 9327): the operation in the low 5 bits of byte 1, the response bit above them. Mode 7 (ntpd's own): the
// response bit on top of byte 0, implementation in byte 2, request in byte 3.

/// A message of the Network Time Protocol.
struct NTPMessage: BitwiseCopyable {
  /// Bytes of a message with times.
  static let length = 48
  /// Seconds from NTP's era 0 (1900) to 1970.
  private static let epoch: Int64 = 2_208_988_800

  /// 1 to 4.
  let version: UInt8
  /// 1 to 7.
  let mode: UInt8
  /// 0: unspecified, or a kiss of death; nil: modes 6 and 7.
  let stratum: UInt8?
  /// Bytes of the reference ID; nil: modes 6 and 7.
  let reference: UInt32?
  /// When the sender sent it by its own clock, nanoseconds since 1970; nil: it does not say.
  let transmitTime: Int64?
  /// Operation of mode 6, request of mode 7; nil: other modes.
  let request: UInt8?
  /// Of modes 6 and 7, whether it is a response; nil: other modes.
  let isResponse: Bool?

  /// The message that `payload` begins with; nil: it is none.
  init?(_ payload: RawSpan) {
    guard let first = payload.u8(at: 0), let second = payload.u8(at: 1) else { return nil }
    version = first >> 3 & 7
    mode = first & 7
    guard (1...4).contains(version), mode > 0 else { return nil }
    switch mode {
    case 6:
      guard payload.byteCount >= 12 else { return nil }
      (stratum, reference, transmitTime) = (nil, nil, nil)
      request = second & 31
      isResponse = second & 0x80 != 0
    case 7:
      guard payload.byteCount >= 8, let number = payload.u8(at: 3) else { return nil }
      (stratum, reference, transmitTime) = (nil, nil, nil)
      request = number
      isResponse = first & 0x80 != 0
    default:
      guard payload.byteCount >= NTPMessage.length, let seconds = payload.u32(at: 40),
        let fraction = payload.u32(at: 44)
      else { return nil }
      stratum = second
      reference = payload.u32(at: 12)
      // Without the highest bit it is of era 1, which begins in 2036 (RFC 4330, section 3).
      let era = seconds & 0x8000_0000 == 0 ? Int64(seconds) + (1 << 32) : Int64(seconds)
      let nanoseconds = Int64((UInt64(fraction) * 1_000_000_000) >> 32)
      transmitTime = seconds | fraction == 0 ? nil : (era - NTPMessage.epoch) * 1_000_000_000 + nanoseconds
      (request, isResponse) = (nil, nil)
    }
  }

  /// The mode's name.
  var modeName: StaticString {
    switch mode {
    case 1: "symmetric-active"
    case 2: "symmetric-passive"
    case 3: "client"
    case 4: "server"
    case 5: "broadcast"
    case 6: "control"
    default: "private"
    }
  }

  /// The name of the operation or request, or its number; nil: a mode without.
  var requestName: String? {
    guard let request else { return nil }
    switch (mode, request) {
    case (6, 1): return "readstat"
    case (6, 2): return "readvar"
    case (6, 3): return "writevar"
    case (6, 4): return "readclock"
    case (6, 5): return "writeclock"
    case (6, 6): return "settrap"
    case (6, 7): return "asyncmsg"
    case (6, 8): return "configure"
    case (6, 9): return "saveconfig"
    case (6, 10): return "read-mru"
    case (6, 11): return "read-ordlist"
    case (6, 12): return "request-nonce"
    case (7, 0): return "peer-list"
    case (7, 1): return "peer-list-sum"
    case (7, 4): return "sys-info"
    case (7, 20), (7, 42): return "monlist"
    default: return String(request)
    }
  }

  /// What the sender takes its time from: its clock's name (stratum 1), why it refuses (stratum 0), or a server's IPv4
  /// address, which of an IPv6 server is a hash (RFC 5905, section 7.3); nil: it does not say.
  var referenceText: [UInt8]? {
    guard let reference, let stratum, reference != 0 else { return nil }
    guard stratum <= 1 else { return Array(IPAddress(v4: reference).description.utf8) }
    var text = (0..<4).map { UInt8(truncatingIfNeeded: reference >> UInt32(24 - 8 * $0)) }
    while let last = text.last, last == 0 || last == 0x20 { text.removeLast() }
    return text
  }
}

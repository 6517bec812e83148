/// Names of IEEE 802.11 frames (9.2.4.1.3) that carry no packet that can be read, as Wireshark spells them.
enum WLANFrameName {
  static let protectedData: UInt8 = 0xf0
  static let fragment: UInt8 = 0xf1
  static let unknown: UInt8 = 0xff

  /// The name of a frame by `kind`: its type in the high 4 bits, its subtype in the low ones, or one of the above.
  static func name(of kind: UInt8) -> StaticString {
    switch kind {
    case 0x00: "802.11 Association Request"
    case 0x01: "802.11 Association Response"
    case 0x02: "802.11 Reassociation Request"
    case 0x03: "802.11 Reassociation Response"
    case 0x04: "802.11 Probe Request"
    case 0x05: "802.11 Probe Response"
    case 0x06: "802.11 Measurement Pilot"
    case 0x08: "802.11 Beacon"
    case 0x09: "802.11 ATIM"
    case 0x0a: "802.11 Disassociate"
    case 0x0b: "802.11 Authentication"
    case 0x0c: "802.11 Deauthentication"
    case 0x0d: "802.11 Action"
    case 0x0e: "802.11 Action No Ack"
    case 0x00...0x0f: "802.11 Management"
    case 0x12: "802.11 Trigger"
    case 0x14: "802.11 Beamforming Report Poll"
    case 0x15: "802.11 VHT/HE NDP Announcement"
    case 0x17: "802.11 Control Wrapper"
    case 0x18: "802.11 Block Ack Request"
    case 0x19: "802.11 Block Ack"
    case 0x1a: "802.11 Power-Save Poll"
    case 0x1b: "802.11 Request-to-send"
    case 0x1c: "802.11 Clear-to-send"
    case 0x1d: "802.11 Acknowledgement"
    case 0x1e, 0x1f: "802.11 CF-End"
    case 0x10...0x1f: "802.11 Control"
    case 0x24...0x27: "802.11 Null function"
    case 0x2c...0x2f: "802.11 QoS Null function"
    case 0x20...0x2f: "802.11 Data"
    case 0x30...0x3f: "802.11 Extension"
    case protectedData: "802.11 Protected Data"
    case fragment: "802.11 Data fragment"
    default: "802.11"
    }
  }
}

import Bytes

/// The packet with which a client begins (MQTT 3.1; 3.1.1 and 5.0, section 3.1).
///
/// ```
/// body    = name(2+n) level(1) flags(1) keep-alive(2) [ properties ]          properties: since 5.0
///           client-id(2+n) [ [ properties ] will-topic(2+n) will-message(2+n) ] [ user-name(2+n) ] [ password(2+n) ]
/// flags   = user-name(0x80) password(0x40) will-retain(0x20) will-qos(0x18) will(0x04) clean(0x02) reserved(0x01)
/// ```
struct MQTTConnect {
  /// 3: MQTT 3.1, 4: 3.1.1, 5: 5.0.
  let level: UInt8
  /// Nil: none sent.
  let username: [UInt8]?
  /// Nil: none sent.
  let password: [UInt8]?

  /// Reads what follows the fixed header.
  ///
  /// - Throws: `truncated` or `malformed` where the fields do not fit into the packet.
  init(_ body: RawSpan) throws(Fault) {
    var reader = ByteReader(body, layer: "MQTT")
    try reader.skip(Int(reader.u16()))
    // The highest bit marks a bridge of Mosquitto's.
    level = try reader.u8() & 0x7f
    let flags = try reader.u8()
    try reader.skip(2)
    if level >= 5 { try MQTTConnect.skipProperties(&reader) }
    try reader.skip(Int(reader.u16()))
    if flags & 0x04 != 0 {
      if level >= 5 { try MQTTConnect.skipProperties(&reader) }
      try reader.skip(Int(reader.u16()))
      try reader.skip(Int(reader.u16()))
    }
    // MQTT 3.1 takes a field whose flag is set, but that is not there, for none.
    username = flags & 0x80 != 0 && !(level < 4 && reader.remaining == 0) ? try MQTTConnect.field(&reader) : nil
    password = flags & 0x40 != 0 && !(level < 4 && reader.remaining == 0) ? try MQTTConnect.field(&reader) : nil
  }

  private static func field(_ reader: inout ByteReader) throws(Fault) -> [UInt8] {
    try reader.bytes(Int(reader.u16())).copied()
  }

  private static func skipProperties(_ reader: inout ByteReader) throws(Fault) {
    var length = 0
    for shift in [0, 7, 14, 21] {
      let byte = try reader.u8()
      length |= Int(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return try reader.skip(length) }
    }
    throw reader.fault(.malformed, "a length of more than four bytes")
  }
}

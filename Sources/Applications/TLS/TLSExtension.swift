import Bytes

/// Forms that several extensions share.
enum TLSExtension {
  /// A list of 16-bit values with its length in front: `supported_groups`, `signature_algorithms`.
  static func list16(_ data: RawSpan, layer: StaticString) throws(Fault) -> [UInt16] {
    var reader = ByteReader(data, layer: layer)
    let length = Int(try reader.u16())
    guard length % 2 == 0 else { throw reader.fault(.malformed, "a list of \(length) bytes") }
    try reader.require(length)
    var values: [UInt16] = []
    values.reserveCapacity(length / 2)
    for _ in 0..<(length / 2) { values.append(try reader.u16()) }
    return values
  }

  // opaque ProtocolName<1..2^8-1>;                                   RFC 7301, section 3.1
  // struct { ProtocolName protocol_name_list<2..2^16-1> } ProtocolNameList;

  /// The names of `application_layer_protocol_negotiation`.
  static func protocols(_ data: RawSpan) throws(Fault) -> [[UInt8]] {
    var reader = ByteReader(data, layer: "TLS ALPN")
    let length = Int(try reader.u16())
    var list = ByteReader(try reader.bytes(length), layer: "TLS ALPN")
    var names: [[UInt8]] = []
    while list.remaining > 0 {
      let size = Int(try list.u8())
      names.append(try list.bytes(size).copied())
    }
    return names
  }
}

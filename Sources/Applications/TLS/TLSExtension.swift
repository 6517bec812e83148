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

  // struct { ExtensionType extension_type; opaque extension_data<0..2^16-1>; } Extension;      RFC 8446, section 4.2

  /// Calls `body` with the type and data of each extension of a list with its length in front.
  ///
  /// - Returns: how many bytes lie behind the list; none should.
  static func forEach(_ reader: inout ByteReader, _ body: (UInt16, RawSpan) -> Void) throws(Fault) -> Int {
    let length = Int(try reader.u16())
    let behind = reader.remaining - length
    let end = min(length, reader.remaining) + reader.offset
    while reader.offset < end {
      let type = try reader.u16()
      let size = Int(try reader.u16())
      guard size <= end - reader.offset else {
        throw reader.fault(behind < 0 ? .truncated : .malformed, "extension \(type) goes on behind the end")
      }
      body(type, try reader.bytes(size))
    }
    if behind < 0 { throw reader.fault(.truncated, "\(-behind) bytes of extensions are missing") }
    return behind
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

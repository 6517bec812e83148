import Bytes

/// Forms that several extensions share.
enum TLSExtension {
  /// Where in `data` the 16-bit values of a list with its length in front lie: `supported_groups`,
  /// `signature_algorithms`.
  static func list16(_ data: RawSpan, layer: StaticString) throws(Fault) -> Range<Int> {
    var reader = ByteReader(data, layer: layer)
    let length = Int(try reader.u16())
    guard length % 2 == 0 else { throw reader.fault(.malformed, "a list of \(length) bytes") }
    try reader.require(length)
    return 2..<(2 + length)
  }

  // struct { ExtensionType extension_type; opaque extension_data<0..2^16-1>; } Extension;      RFC 8446, section 4.2

  /// Calls `body` with the type and data of each extension of a list with its length in front, and where the data begins.
  ///
  /// - Returns: how many bytes lie behind the list; none should.
  static func forEach(_ reader: inout ByteReader, _ body: (UInt16, RawSpan, Int) -> Void) throws(Fault) -> Int {
    let length = Int(try reader.u16())
    let behind = reader.remaining - length
    let end = min(length, reader.remaining) + reader.offset
    while reader.offset < end {
      let type = try reader.u16()
      let size = Int(try reader.u16())
      guard size <= end - reader.offset else {
        throw reader.fault(behind < 0 ? .truncated : .malformed, "extension \(type) goes on behind the end")
      }
      let start = reader.offset
      body(type, try reader.bytes(size), start)
    }
    if behind < 0 { throw reader.fault(.truncated, "\(-behind) bytes of extensions are missing") }
    return behind
  }

  // opaque ProtocolName<1..2^8-1>;                                   RFC 7301, section 3.1
  // struct { ProtocolName protocol_name_list<2..2^16-1> } ProtocolNameList;

  /// Where in the data of `application_layer_protocol_negotiation` its names lie, each with its length before it.
  static func protocols(_ data: RawSpan) throws(Fault) -> Range<Int> {
    var reader = ByteReader(data, layer: "TLS ALPN")
    let length = Int(try reader.u16())
    var list = ByteReader(try reader.bytes(length), layer: "TLS ALPN")
    while list.remaining > 0 {
      let size = Int(try list.u8())
      try list.skip(size)
    }
    return 2..<(2 + length)
  }

  /// Calls `body` with each name in `list`, which `protocols` found.
  static func forEachProtocol(_ list: RawSpan, _ body: (RawSpan) -> Void) {
    var index = 0
    while let size = list.u8(at: index) {
      body(list.part(from: index + 1, to: index + 1 + Int(size)))
      index += 1 + Int(size)
    }
  }
}

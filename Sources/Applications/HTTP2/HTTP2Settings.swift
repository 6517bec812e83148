import Bytes

/// What the parser needs of a SETTINGS frame (RFC 9113, section 6.5): `1*( Identifier (16), Value (32) )`.
struct HTTP2Settings: Equatable, Sendable {
  /// SETTINGS_HEADER_TABLE_SIZE: bytes of the dynamic table that the other side may use; nil: not said.
  private(set) var tableSize: Int?
  /// SETTINGS_MAX_FRAME_SIZE: bytes that a frame of the other side may carry; nil: not said.
  private(set) var frameSize: Int?

  /// The settings in a frame's payload.
  init(_ payload: RawSpan) {
    var offset = 0
    while let identifier = payload.u16(at: offset), let value = payload.u32(at: offset + 2) {
      if identifier == 1 { tableSize = Int(value) }
      // Any other size is an error (section 6.5.2).
      if identifier == 5, (0x4000...0xff_ffff).contains(value) { frameSize = Int(value) }
      offset += 6
    }
  }

  /// The settings in the field `HTTP2-Settings` of a request that asks for an upgrade, as base64url without padding
  /// (RFC 7540, section 3.2.1); nil where there is none.
  init?(inUpgrade head: HTTP1Head) {
    var (section, fields) = (head.bytes, [HTTP1Field]())
    guard let newline = section.bytes.firstIndex(of: 0x0a) else { return nil }
    _ = HTTP1Head.readFields(in: &section, from: newline + 1, into: &fields)
    let bytes = section.bytes
    guard let field = fields.first(where: { HTTP1Bytes.equals(bytes, $0.name, "http2-settings") }) else { return nil }
    let text = bytes.part(field.value).copied().map { byte in
      byte == UInt8(ascii: "-") ? UInt8(ascii: "+") : byte == UInt8(ascii: "_") ? UInt8(ascii: "/") : byte
    }
    guard let payload = HTTP1Bytes.base64(text.bytes, 0..<text.count) else { return nil }
    self.init(payload.bytes)
  }
}

import Bytes

// struct {                                                    RFC 6347, section 4.1
//   ContentType type;
//   ProtocolVersion version;                                  0xfeff 1.0, 0xfefd 1.2 (and 1.3's plaintext), 0x0100 of
//                                                             old OpenSSL
//   uint16 epoch;                                             0 until a side encrypts
//   uint48 sequence_number;
//   uint16 length;
//   opaque fragment[length];
// } DTLSPlaintext;

/// The thirteen bytes in front of a DTLS record.
struct DTLSRecordHeader {
  /// Bytes of a header.
  static let size = 13

  /// `ContentType`.
  let type: UInt8
  /// Zero until the side encrypts.
  let epoch: UInt16
  /// Bytes behind the header.
  let length: Int

  /// The header at `offset` of `bytes`; nil: no record begins there.
  init?(_ bytes: RawSpan, at offset: Int = 0) {
    guard let type = bytes.u8(at: offset), (20...26).contains(type), let version = bytes.u16(at: offset + 1),
      version == 0xfeff || version == 0xfefd || version == 0xfefc || version == 0x0100,
      let epoch = bytes.u16(at: offset + 3), let length = bytes.u16(at: offset + 11), length > 0,
      length <= TLSRecordHeader.lengthLimit
    else { return nil }
    self.type = type
    self.epoch = epoch
    self.length = Int(length)
  }
}

/// Reads the handshakes of DTLS over UDP (RFC 6347, RFC 9147). Each hello that is sent is a row, also when it was sent
/// again.
public final class DTLSParser: DatagramParser {
  /// `dtls`.
  public static let service = "dtls"

  private var rows: TLSHandshakeRows
  private var client = DTLSMessageAssembler()
  private var server = DTLSMessageAssembler()

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    rows = TLSHandshakeRows(flow: flow, transport: .udp)
  }

  /// Whether the datagram is DTLS's.
  public static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe {
    TLSProbe.datagram(payload, from: side)
  }

  /// The next datagram.
  public func consume(
    _ payload: RawSpan, length: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    rows.side = side
    var offset = 0
    // Other protocols may share the port (RFC 7983), and DTLS 1.3 shortens its headers: neither is worth a diagnostic.
    while let record = DTLSRecordHeader(payload, at: offset) {
      let start = offset + DTLSRecordHeader.size
      offset = start + record.length
      guard record.epoch == 0 else { continue }
      if record.type == 21, record.length == 2, let level = payload.u8(at: start) {
        rows.alert(level, payload.u8(at: start + 1) ?? 0, in: frame, context: context)
      }
      guard record.type == 22 else { continue }
      let fragments = payload.part(from: start, to: offset)
      if side == .client {
        client.consume(fragments, in: frame, rows: &rows, context: context)
      } else {
        server.consume(fragments, in: frame, rows: &rows, context: context)
      }
    }
  }

  /// Nothing follows.
  public func finish(context: ApplicationContext) {
    rows.side = .client
    client.finish(rows: &rows, context: context)
    rows.side = .server
    server.finish(rows: &rows, context: context)
    rows.finish(context: context)
  }
}

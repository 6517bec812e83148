import Bytes
import Crypto

/// What one end offers for the key exchange (RFC 4253, section 7.1).
///
/// ```
/// byte SSH_MSG_KEXINIT (20)   byte[16] cookie
/// name-list kex_algorithms, server_host_key_algorithms, encryption_algorithms_client_to_server, ..._server_to_client,
///           mac_algorithms_client_to_server, ..._server_to_client, compression_algorithms_client_to_server, ...,
///           languages_client_to_server, languages_server_to_client
/// boolean first_kex_packet_follows   uint32 0
/// ```
struct SSHKeyExchangeInit {
  /// The lists of algorithms, in the message's order.
  enum List: Int {
    case keyExchange, hostKey, clientCipher, serverCipher, clientMAC, serverMAC, clientCompression, serverCompression
  }

  /// SSH_MSG_KEXINIT.
  static let number: UInt8 = 20

  private static let cookieSize = 16
  private static let listCount = 10

  /// As sent: names with commas between them.
  private let lists: [[UInt8]]
  /// The frame of the packet's first byte.
  let frame: FrameStamp

  /// The offer in `payload`, an SSH packet without its length and padding.
  ///
  /// - Throws: `malformed` or `truncated` where it is no such message.
  init(_ payload: RawSpan, frame: FrameStamp) throws(Fault) {
    var reader = ByteReader(payload, layer: "SSH")
    guard try reader.u8() == SSHKeyExchangeInit.number else { throw reader.fault(.malformed, "no KEXINIT") }
    try reader.skip(SSHKeyExchangeInit.cookieSize)
    var lists: [[UInt8]] = []
    for _ in 0..<SSHKeyExchangeInit.listCount {
      let list = try reader.bytes(Int(try reader.u32()))
      // Names are printable US-ASCII (RFC 4250, section 4.6.1).
      for index in 0..<list.byteCount {
        guard let byte = list.u8(at: index), (0x21...0x7e).contains(byte) else {
          throw reader.fault(.malformed, "a name of an algorithm with other than printable characters")
        }
      }
      lists.append(list.copied())
    }
    self.lists = lists
    self.frame = frame
  }

  /// A list as sent.
  func text(_ list: List) -> [UInt8] { lists[list.rawValue] }

  /// What both ends settle on of `list`: the first of the client's that the server has too (RFC 4253, section 7.1); nil:
  /// none.
  static func chosen(_ list: List, client: SSHKeyExchangeInit, server: SSHKeyExchangeInit) -> [UInt8]? {
    let comma = UInt8(ascii: ",")
    let known = Set(server.text(list).split(separator: comma))
    return client.text(list).split(separator: comma).first { known.contains($0) }.map(Array.init)
  }

  /// What HASSH (of a client) or HASSHServer is the MD5 of, as https://github.com/salesforce/hassh defines them: key
  /// exchanges, and ciphers, MACs and compressions of what this end sends, with semicolons between them.
  func fingerprintText(of side: Side) -> [UInt8] {
    let directed: [List] =
      side == .client
      ? [.clientCipher, .clientMAC, .clientCompression] : [.serverCipher, .serverMAC, .serverCompression]
    return Array(([.keyExchange] + directed).map { text($0)[...] }.joined(separator: [UInt8(ascii: ";")]))
  }
}

public import Bytes

/// A network: an address and how many of its leading bits count.
public struct CIDR: Hashable, Sendable {
  /// The first address, all bits behind the prefix zero.
  public let first: IPAddress
  /// The last address, all bits behind the prefix one.
  public let last: IPAddress
  /// How many leading bits of the 128 count: of IPv4 in its `::ffff:0:0/96`, 96 more than written.
  public let prefix: Int

  /// Why a text is no network.
  public enum Problem: Error, Equatable, Sendable, CustomStringConvertible {
    /// The part before the slash is no address.
    case address(String)
    /// The part behind the slash is no number from 0 to 32 or 128.
    case prefix(String, most: Int)
    /// Bits behind the prefix are set; the network that may have been meant.
    case hostBits(String, meant: String)
    /// An IPv6 network so wide that it holds `::ffff:0:0/96`, under which IPv4 is kept.
    case coversIPv4(String)

    /// For a person, on one line.
    public var description: String {
      switch self {
      case .address(let text): "'\(text)' is no IP address"
      case .prefix(let text, let most): "'\(text)' has no prefix length from 0 to \(most)"
      case .hostBits(let text, let meant): "'\(text)' has host bits set; did you mean \(meant)?"
      case .coversIPv4(let text): "'\(text)' would hold all of IPv4 too; 2000::/3 is all of global IPv6"
      }
    }
  }

  /// The network that `text` spells: `192.0.2.0/24`, `2001:db8::/32`, or a bare address for a network of one.
  public init(_ text: String) throws(Problem) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let head = parts.first, let address = IPAddress(head) else { throw .address(text) }
    let isMapped = address.isIPv4 && head.utf8.contains(UInt8(ascii: ":"))
    let most = address.isIPv4 && !isMapped ? 32 : 128
    var length = most
    if parts.count == 2 {
      guard !parts[1].isEmpty, parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
        let number = Int(parts[1]), number <= most
      else { throw .prefix(text, most: most) }
      length = number
    }
    let prefix = most == 32 ? length + 96 : length
    let (high, low) = CIDR.hostMask(prefix)
    let first = IPAddress(high: address.high & ~high, low: address.low & ~low)
    let last = IPAddress(high: address.high | high, low: address.low | low)
    self.first = first
    self.last = last
    self.prefix = prefix
    guard first == address else {
      let shown = first.isIPv4 && prefix >= 96 ? "\(first)/\(prefix - 96)" : "\(first)/\(length)"
      throw .hostBits(text, meant: shown)
    }
    if prefix < 96, first <= IPAddress(v4: 0), IPAddress(v4: .max) <= last { throw .coversIPv4(text) }
  }

  /// Ones where the bits behind the prefix are.
  private static func hostMask(_ prefix: Int) -> (high: UInt64, low: UInt64) {
    // A shift by 64 or more gives 0 in Swift.
    (UInt64.max >> UInt64(min(64, prefix)), UInt64.max >> UInt64(max(0, prefix - 64)))
  }

  /// Whether `address` lies in it.
  public func contains(_ address: IPAddress) -> Bool {
    first <= address && address <= last
  }
}

extension CIDR: CustomStringConvertible {
  /// `192.0.2.0/24`, `2001:db8::/32`; a network of one as `192.0.2.1/32`.
  public var description: String {
    first.isIPv4 && prefix >= 96 ? "\(first)/\(prefix - 96)" : "\(first)/\(prefix)"
  }
}

extension CIDR {
  /// The /24 around an IPv4 address, the /64 around an IPv6 address; nil where `text` is no address.
  public static func network(around text: String) -> String? {
    guard let address = IPAddress(text) else { return nil }
    if address.isIPv4 { return "\(IPAddress(high: address.high, low: address.low & ~0xff))/24" }
    return "\(IPAddress(high: address.high, low: 0))/64"
  }

  /// Whether it holds the address that `text` spells.
  public func holds(_ text: String) -> Bool {
    IPAddress(text).map(contains) ?? false
  }
}

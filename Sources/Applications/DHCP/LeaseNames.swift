import Bytes

/// Names that DHCP clients gave themselves in messages to a server, by transaction, until the server leases an address: the
/// two lie in different flows, for servers answer to an address that the client did not send from.
final class LeaseNames {
  /// Transactions remembered at once. A sender can begin as many as it likes; when they are more, all are forgotten.
  static let limit = 4096
  /// Bytes of a name that are kept (RFC 1035, section 3.1).
  static let nameLimit = 255

  /// What tells one transaction from another.
  struct Transaction: Hashable {
    /// 32 bits in DHCP, 24 in DHCPv6.
    let id: UInt32
    /// The client's MAC address in DHCP; of DHCPv6, whose clients change it with every exchange, 0.
    let client: UInt64
    let isVersion6: Bool
  }

  private var names: [Transaction: [UInt8]] = [:]

  /// Takes note of what a client calls itself.
  func note(_ name: [UInt8]?, in transaction: Transaction) {
    guard let name, !name.isEmpty, name.count <= LeaseNames.nameLimit else { return }
    if names.count >= LeaseNames.limit, names[transaction] == nil { names.removeAll(keepingCapacity: true) }
    names[transaction] = name
  }

  /// The name that the client of a transaction gave, without dots or NULs at its end; nil: none.
  func name(in transaction: Transaction, or other: [UInt8]?) -> [UInt8]? {
    guard var name = names.isEmpty ? other : names.removeValue(forKey: transaction) ?? other else { return nil }
    while let last = name.last, last == 0 || last == UInt8(ascii: ".") { name.removeLast() }
    return name.isEmpty || name.count > LeaseNames.nameLimit ? nil : name
  }
}

import Bytes

/// Queries of one flow that wait for their response.
struct DNSPendingQueries: Sendable {
  /// Queries remembered at once; a sender may leave any number unanswered. The oldest are forgotten first.
  static let limit = 256

  private struct Query {
    let messageID: Int64
    let nameHash: UInt64
    let transaction: UInt16
    let side: Side
    /// A zone transfer's response is any number of messages.
    let isTransfer: Bool

    func isAnswered(by header: DNSHeader, _ nameHash: UInt64?, from side: Side) -> Bool {
      transaction == header.id && self.side != side && (nameHash ?? self.nameHash) == self.nameHash
    }
  }

  private var later: [Query] = []
  /// Most flows never have more than one.
  private var oldest: Query?

  /// Remembers a query from `side`.
  mutating func add(_ header: DNSHeader, type: DNSRecordType?, name: RawSpan?, from side: Side, messageID: Int64) {
    let query = Query(
      messageID: messageID, nameHash: DNSPendingQueries.hash(name), transaction: header.id, side: side,
      isTransfer: type == .axfr || type == .ixfr)
    guard oldest != nil else {
      oldest = query
      return
    }
    if later.count + 1 >= DNSPendingQueries.limit {
      later.removeFirst(DNSPendingQueries.limit / 4 - 1)
      oldest = later.removeFirst()
    }
    later.append(query)
  }

  /// The oldest query from the other side with the response's identifier and name, which is then forgotten. A response
  /// without a question is matched by its identifier alone.
  mutating func take(_ header: DNSHeader, name: RawSpan?, from side: Side) -> Int64? {
    guard let oldest else { return nil }
    let nameHash = name == nil ? nil : DNSPendingQueries.hash(name)
    if oldest.isAnswered(by: header, nameHash, from: side) {
      if !oldest.isTransfer { self.oldest = removeFirst() }
      return oldest.messageID
    }
    for (index, query) in later.enumerated() where query.isAnswered(by: header, nameHash, from: side) {
      if !query.isTransfer { later.remove(at: index) }
      return query.messageID
    }
    return nil
  }

  private mutating func removeFirst() -> Query? {
    guard !later.isEmpty else { return nil }
    let first = later.removeFirst()
    if later.isEmpty { later = [] }
    return first
  }

  private static let seed = KeyedHash()

  /// Servers may answer in another case than they were asked in.
  private static func hash(_ name: RawSpan?) -> UInt64 {
    var hash = seed
    if let name { hash.combine(lowercased: name) }
    return hash.value
  }
}

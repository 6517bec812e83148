import Bytes

/// Queries of one flow that wait for their response.
struct DNSPendingQueries: Sendable {
  /// Queries remembered at once; a sender may leave any number unanswered. The oldest are forgotten first.
  static let limit = 256

  private struct Query {
    let transaction: UInt16
    let side: Side
    /// A zone transfer's response is any number of messages.
    let isTransfer: Bool
    let nameHash: UInt64
    let messageID: Int64
  }

  private var queries: [Query] = []

  /// Remembers a query from `side`.
  mutating func add(_ header: DNSHeader, type: DNSRecordType?, name: RawSpan, from side: Side, messageID: Int64) {
    if queries.count >= DNSPendingQueries.limit { queries.removeFirst(DNSPendingQueries.limit / 4) }
    queries.append(
      Query(
        transaction: header.id, side: side, isTransfer: type == .axfr || type == .ixfr,
        nameHash: DNSPendingQueries.hash(name), messageID: messageID))
  }

  /// The oldest query from the other side with the response's identifier and name, which is then forgotten. A response
  /// without a question is matched by its identifier alone.
  mutating func take(_ header: DNSHeader, name: RawSpan?, from side: Side) -> Int64? {
    let nameHash: UInt64? = if let name { DNSPendingQueries.hash(name) } else { nil }
    for (index, query) in queries.enumerated()
    where query.transaction == header.id && query.side != side && (nameHash ?? query.nameHash) == query.nameHash {
      if !query.isTransfer { queries.remove(at: index) }
      return query.messageID
    }
    return nil
  }

  /// FNV-1a of the name in lower case: servers may answer in another case than they were asked in.
  private static func hash(_ name: RawSpan) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    var index = 0
    while let byte = name.u8(at: index) {
      let lower = byte &- 65 < 26 ? byte | 0x20 : byte
      hash = (hash ^ UInt64(lower)) &* 0x100_0000_01b3
      index &+= 1
    }
    return hash
  }
}

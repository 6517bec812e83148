/// A connection that control connections have announced.
public struct ExpectedFlow {
  /// For `flows.service`.
  public let service: String
  /// The transfers that it carries: one, or two of a file that one server sends another.
  let transfers: [FTPTransfer]
}

/// Connections that one flow has announced and another flow will be (RFC 959: the data connection), until they are seen.
public final class ExpectedFlows {
  /// Announcements kept at once. A sender can announce as many as it likes; the oldest are forgotten first.
  public static let limit = 4096

  /// Stands for one announcement.
  public struct Token: Hashable, Sendable {
    fileprivate let number: Int
  }

  /// Where a connection is expected, and whether the server that said so listens there. A file that one server sends
  /// another is announced to both: the one listens, the other is told where.
  private struct Place: Hashable {
    let endpoint: Endpoint
    let isPassive: Bool
  }

  private struct Announcement {
    let places: [Place]
    let service: String
    let transfer: FTPTransfer
    var flowID: Int64?
  }

  private var announcements: [Int: Announcement] = [:]
  private var waiting: [Place: Int] = [:]
  private var next = 0
  private var oldest = 0

  /// Whether any announced connection has not been seen yet.
  public var isWaiting: Bool { !waiting.isEmpty }

  /// Announces a connection to any one of `endpoints`, which will carry `transfer` in `service` (for `flows.service`).
  /// `isPassive` says whether the announcing connection's server listens there.
  func announce(_ endpoints: [Endpoint], isPassive: Bool, service: String, transfer: FTPTransfer) -> Token {
    while announcements.count >= ExpectedFlows.limit { forgetOldest() }
    let number = next
    next += 1
    let places = endpoints.map { Place(endpoint: $0, isPassive: isPassive) }
    announcements[number] = Announcement(places: places, service: service, transfer: transfer, flowID: nil)
    for place in places { waiting[place] = number }
    return Token(number: number)
  }

  /// The flow that was seen for an announcement (`flows.id`); nil while there is none, or when it has been forgotten.
  public func flowID(of token: Token) -> Int64? {
    announcements[token.number]?.flowID
  }

  /// Drops an announcement whose flow, if any, has been asked for.
  public func withdraw(_ token: Token) {
    remove(token.number)
  }

  /// A new flow to `server`: what was announced of it, or nil where nobody announced it.
  public func claim(server: Endpoint, flowID: Int64) -> ExpectedFlow? {
    var claimed: ExpectedFlow?
    for isPassive in [true, false] {
      guard let number = waiting[Place(endpoint: server, isPassive: isPassive)],
        let announcement = announcements[number]
      else { continue }
      for place in announcement.places where waiting[place] == number { waiting[place] = nil }
      announcements[number]?.flowID = flowID
      claimed = ExpectedFlow(
        service: announcement.service, transfers: (claimed?.transfers ?? []) + [announcement.transfer])
    }
    return claimed
  }

  private func forgetOldest() {
    while oldest < next, announcements[oldest] == nil { oldest += 1 }
    remove(oldest)
  }

  private func remove(_ number: Int) {
    guard let announcement = announcements.removeValue(forKey: number) else { return }
    for place in announcement.places where waiting[place] == number { waiting[place] = nil }
  }
}

/// Connections that one flow has announced and another flow will be (RFC 959: the data connection), until they are seen.
public final class ExpectedFlows {
  /// Announcements kept at once. A sender can announce as many as it likes; the oldest are forgotten first.
  public static let limit = 4096

  /// Stands for one announcement.
  public struct Token: Hashable, Sendable {
    fileprivate let number: Int
  }

  private struct Announcement {
    let endpoints: [Endpoint]
    let service: String
    var flowID: Int64?
  }

  private var announcements: [Int: Announcement] = [:]
  private var waiting: [Endpoint: Int] = [:]
  private var next = 0
  private var oldest = 0

  /// Whether any announced connection has not been seen yet.
  public var isWaiting: Bool { !waiting.isEmpty }

  /// Announces a connection to any one of `endpoints`, which will carry `service` (for `flows.service`).
  public func announce(_ endpoints: [Endpoint], service: String) -> Token {
    while announcements.count >= ExpectedFlows.limit { forgetOldest() }
    let number = next
    next += 1
    announcements[number] = Announcement(endpoints: endpoints, service: service, flowID: nil)
    for endpoint in endpoints { waiting[endpoint] = number }
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

  /// A new flow to `server`: its announced service, or nil where nobody announced it.
  public func claim(server: Endpoint, flowID: Int64) -> String? {
    guard let number = waiting[server], let announcement = announcements[number] else { return nil }
    for endpoint in announcement.endpoints where waiting[endpoint] == number { waiting[endpoint] = nil }
    announcements[number]?.flowID = flowID
    return announcement.service
  }

  private func forgetOldest() {
    while oldest < next, announcements[oldest] == nil { oldest += 1 }
    remove(oldest)
  }

  private func remove(_ number: Int) {
    guard let announcement = announcements.removeValue(forKey: number) else { return }
    for endpoint in announcement.endpoints where waiting[endpoint] == number { waiting[endpoint] = nil }
  }
}

import Bytes
import Store

/// A WHOIS server's answer about an address. The registries differ in their words: RIPE, APNIC and AFRINIC write
/// `inetnum`, ARIN `NetRange`, LACNIC `inetnum` with an `owner`.
struct WhoisAnswer {
  /// As it came.
  let text: String
  /// The server that knows more; nil: none is named.
  private(set) var referral: ServerAddress?
  private var netname, organisation, country, network, abuse: String?

  /// Characters kept of a field.
  private static let fieldLimit = 200

  /// Whether it says whose network it is.
  var isUseful: Bool { netname != nil || organisation != nil }

  /// The bytes of an answer as text: UTF-8, else ISO 8859-1, in which the registries' older records are.
  static func text(_ bytes: [UInt8]) -> String {
    if let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) { return text }
    return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0 == 0 ? 0x20 : $0) }))
  }

  init(_ text: String, about address: IPAddress) {
    self.text = text
    let fields = WhoisAnswer.fields(of: text)
    referral = WhoisAnswer.referral(fields)
    // A registry may give the networks around the one asked for too: the smallest counts, with what follows it.
    var groups: [[Field]] = [[]]
    var (smallest, size): (Int?, UInt128) = (nil, .max)
    for field in fields {
      if ["inetnum", "inet6num", "netrange"].contains(field.name), let range = WhoisAnswer.range(field.value),
        range.contains(address)
      {
        groups.append([])
        let count = WhoisAnswer.size(of: range)
        if smallest == nil || count < size { (smallest, size) = (groups.count - 1, count) }
      }
      groups[groups.count - 1].append(field)
    }
    // IANA only says which registry has the block.
    guard let smallest else { return }
    let group = groups[smallest]
    func first(_ names: String...) -> String? {
      for name in names {
        if let value = group.first(where: { $0.name == name })?.value ?? fields.first(where: { $0.name == name })?.value
        {
          return value
        }
      }
      return nil
    }
    netname = first("netname")
    organisation = first("org-name", "orgname", "custname", "owner", "organization", "organisation", "descr")
    country = first("country").flatMap { OwnerFile.country($0) }
    network = group.first?.value
    abuse = first("abuse-mailbox", "orgabuseemail", "abuse contact") ?? WhoisAnswer.abuse(in: text)
  }

  /// The answer as a row.
  func lookup(from server: ServerAddress) -> Lookup {
    var lookup = Lookup(.whois, isUseful ? .answered : .none, server: "\(server)")
    (lookup.netname, lookup.organisation, lookup.country) = (netname, organisation, country)
    (lookup.network, lookup.abuse) = (network, abuse)
    lookup.text = text
    return lookup
  }

  private struct Field {
    let name: String
    let value: String
  }

  /// The lines `name: value`, names in lower case; comments begin with `%` or `#`.
  private static func fields(of text: String) -> [Field] {
    var fields: [Field] = []
    for line in text.split(whereSeparator: \.isNewline) {
      guard let first = line.first, first != "%", first != "#", let colon = line.firstIndex(of: ":") else { continue }
      let name = trimmed(line[..<colon]).lowercased()
      let value = trimmed(line[line.index(after: colon)...])
      if !name.isEmpty, !value.isEmpty { fields.append(Field(name: name, value: String(value.prefix(fieldLimit)))) }
    }
    return fields
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  /// IANA's `refer: whois.ripe.net`, ARIN's `ReferralServer: whois://whois.ripe.net:43`.
  private static func referral(_ fields: [Field]) -> ServerAddress? {
    for field in fields where ["refer", "referralserver"].contains(field.name) {
      var text = field.value[...]
      if let scheme = text.firstRange(of: "://") {
        guard text[..<scheme.lowerBound] == "whois" else { continue }
        text = text[scheme.upperBound...]
      }
      if let end = text.firstIndex(of: "/") { text = text[..<end] }
      if let server = ServerAddress(text, port: WhoisClient.port) { return server }
    }
    return nil
  }

  /// `192.0.2.0 - 192.0.2.255`, `192.0.2.0/24` and, from LACNIC, `192.0.2/24`.
  private static func range(_ text: String) -> ClosedRange<IPAddress>? {
    let ends = text.split(separator: "-").map { trimmed($0) }
    if ends.count == 2, let first = IPAddress(ends[0]), let last = IPAddress(ends[1]), first <= last {
      return first...last
    }
    let parts = text.split(separator: "/")
    guard parts.count == 2, let length = Int(parts[1]) else { return nil }
    var head = String(parts[0])
    if !head.contains(":") {
      let missing = 3 - head.count { $0 == "." }
      if (1...3).contains(missing) { head += String(repeating: ".0", count: missing) }
    }
    guard let address = IPAddress(head), let network = CIDR(address, prefix: address.isIPv4 ? length + 96 : length)
    else {
      return nil
    }
    return network.first...network.last
  }

  private static func size(of range: ClosedRange<IPAddress>) -> UInt128 {
    func number(_ address: IPAddress) -> UInt128 { UInt128(address.high) << 64 | UInt128(address.low) }
    return number(range.upperBound) - number(range.lowerBound)
  }

  /// RIPE's `% Abuse contact for '192.0.2.0 - 192.0.2.255' is 'abuse@example.org'`.
  private static func abuse(in text: String) -> String? {
    for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("% Abuse contact for ") {
      let parts = line.split(separator: "'")
      if let last = parts.last, last.contains("@") { return String(last.prefix(fieldLimit)) }
    }
    return nil
  }
}

import Bytes

/// Which rules of a database would clear an address or a name, and which would not although they are near.
public struct RuleCheck {
  /// One rule, or one name without a rule, and what it does.
  public struct Finding: Equatable, Sendable {
    /// The section it stands in; empty: no rule.
    public var section: String
    /// The network, name, ending or domain; empty: no rule.
    public var rule: String
    /// What it is; nil: not said.
    public var label: String?
    /// File and line; nil: no rule.
    public var source: String?
    /// Whether it clears.
    public var clears: Bool
    /// Why, or why not.
    public var why: String
  }

  /// What was found, what clears first.
  public private(set) var findings: [Finding] = []
  /// Whether it is explained.
  public private(set) var isExplained: Bool
  /// Why it is, or is not, for a person.
  public private(set) var reason: String

  /// Most rules that are near a name and do not allow it.
  private static let nearLimit = 10
  /// Most names of an address.
  private static let nameLimit = 100

  /// Checks an address, or else a host name, against the rules of `database`.
  public init(_ text: String, in database: Database) throws(StoreError) {
    isExplained = false
    reason = ""
    if let address = IPAddress(text) {
      try check(address, database)
    } else {
      let name = text.lowercased().hasSuffix(".") ? String(text.lowercased().dropLast()) : text.lowercased()
      guard !name.isEmpty, !name.contains(where: \.isWhitespace), !name.contains("/") else {
        throw StoreError(text, .usage, "is neither an IP address nor a host name")
      }
      try check(name, database)
    }
    findings = findings.filter(\.clears) + findings.filter { !$0.clears }
  }

  private mutating func check(_ name: String, _ database: Database) throws(StoreError) {
    let rules = try RuleCheck.rules(for: name, in: database)
    findings = rules.map { rule in
      Finding(
        section: rule.match.section, rule: rule.pattern, label: rule.label, source: rule.source, clears: true,
        why: rule.match == .exact
          ? "is the name" : rule.match == .suffix ? "the name ends with it" : "the name is in it")
    }
    isExplained = !rules.isEmpty
    reason = isExplained ? "allowed" : "no rule allows it"
    // Near: the last two labels are the same.
    let tail = name.split(separator: ".").suffix(2).joined(separator: ".")
    let near = try database.prepare(
      """
      SELECT match, pattern, label, source FROM allowed_hosts
      WHERE pattern = ?1 OR pattern LIKE '%.' || ?1 ESCAPE '\\' ORDER BY length(pattern), id
      """)
    near.bind(RuleCheck.literal(tail), at: 1)
    while findings.count < rules.count + RuleCheck.nearLimit, try near.step() {
      guard let match = AllowList.Match(rawValue: near.text(0)) else { continue }
      let host = AllowList.Host(
        pattern: near.text(1), match: match, label: near.isNull(2) ? nil : near.text(2), source: near.text(3))
      if host.allows(name) { continue }
      findings.append(
        Finding(
          section: match.section, rule: host.pattern, label: host.label, source: host.source, clears: false,
          why: match == .exact
            ? "is another name"
            : match == .domain
              ? "the name is not in it"
              : host.pattern == "." + name ? "holds the names below it, not itself" : "the name does not end with it"))
    }
  }

  private mutating func check(_ address: IPAddress, _ database: Database) throws(StoreError) {
    let networks = try database.prepare(
      "SELECT list, cidr, label, source FROM networks WHERE ? BETWEEN first AND last ORDER BY first DESC, last")
    networks.bind(blob: address.key, at: 1)
    while try networks.step() {
      guard let list = AllowList.List(rawValue: networks.text(0)) else { continue }
      findings.append(
        Finding(
          section: list.section, rule: networks.text(1), label: networks.text(2), source: networks.text(3),
          clears: list != .note, why: list == .note ? "only notes it" : "holds it"))
    }
    isExplained = findings.contains(where: \.clears)
    let names = try database.prepare(
      """
      SELECT DISTINCT n.name, n.source, f.number, f.capture_id
      FROM addresses a CROSS JOIN address_names n ON n.address_id = a.id CROSS JOIN frames f ON f.id = n.first_frame_id
      WHERE a.key = ? ORDER BY n.source = 'certificate', n.name, n.source LIMIT \(RuleCheck.nameLimit)
      """)
    names.bind(blob: address.key, at: 1)
    while try names.step() {
      let (name, source) = (names.text(0), names.text(1))
      let evidence = "\(name) (\(source), frame \(names.integer(2)) of capture \(names.integer(3)))"
      let rule = try RuleCheck.rules(for: name, in: database).first
      let isCounted = source != "certificate"
      findings.append(
        Finding(
          section: rule?.match.section ?? "", rule: rule?.pattern ?? "", label: rule?.label, source: rule?.source,
          clears: rule != nil && isCounted,
          why: !isCounted
            ? "\(evidence): a certificate's names do not count"
            : rule == nil ? "\(evidence): no rule allows it" : "\(evidence) is allowed"))
    }
    let verdicts = try database.prepare(
      """
      SELECT v.explained, coalesce(v.reason, 'allowed'), v.capture_id
      FROM addresses a JOIN address_verdicts v ON v.address_id = a.id WHERE a.key = ? ORDER BY v.explained, v.capture_id
      """)
    verdicts.bind(blob: address.key, at: 1)
    var isKnown = false
    while try verdicts.step() {
      let allows = verdicts.integer(0) != 0
      // The worst of several captures counts, and it comes first.
      if !isKnown { (isExplained, reason) = (allows, verdicts.text(1)) }
      isKnown = true
    }
    if !isKnown { reason = (isExplained ? "allowed" : "no network holds it") + "; no capture here has traffic of it" }
  }

  /// The rules that allow a name, an exact one first, then the longest.
  public static func rules(for name: String, in database: Database) throws(StoreError) -> [AllowList.Host] {
    let statement = try database.prepare(
      """
      SELECT match, pattern, label, source FROM allowed_hosts
      WHERE match = 'exact' AND pattern = ?1
        OR match = 'suffix' AND length(pattern) <= length(?1) AND substr(?1, -length(pattern)) = pattern
        OR match = 'domain' AND (pattern = ?1 OR substr(?1, -1 - length(pattern)) = '.' || pattern)
      ORDER BY match <> 'exact', length(pattern) DESC, id
      """)
    statement.bind(name as String?, at: 1)
    var rules: [AllowList.Host] = []
    while try statement.step() {
      guard let match = AllowList.Match(rawValue: statement.text(0)) else { continue }
      rules.append(
        .init(
          pattern: statement.text(1), match: match, label: statement.isNull(2) ? nil : statement.text(2),
          source: statement.text(3)))
    }
    return rules
  }

  /// Text as a pattern of LIKE that stands for itself.
  private static func literal(_ text: String) -> String {
    text.reduce(into: "") { $0 += "\\%_".contains($1) ? "\\\($1)" : "\($1)" }
  }
}

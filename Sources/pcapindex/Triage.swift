import Store

/// The walk through the unknown addresses: what is shown, what is asked, what comes of it.
struct Triage {
  /// A decision that can be taken back.
  private enum Decision {
    case rule
    case skip(Int64)
  }

  /// What a question led to.
  private enum Outcome {
    /// To the next address, or the same one again.
    case done
    /// The input ended.
    case end
  }

  private let book: RuleBook
  private let addresses: UnknownAddresses
  private let file: String?
  private var prompt = Prompt()
  private var queue: [UnknownAddresses.Entry] = []
  private var skipped: Set<Int64> = []
  private var decisions: [Decision] = []
  private var ruleCount = 0

  /// - Parameters:
  ///   - book: takes the rules.
  ///   - addresses: what is walked through.
  ///   - file: the allow list's name, for messages; nil: rules go into the database only.
  init(book: RuleBook, addresses: UnknownAddresses, file: String?) {
    self.book = book
    self.addresses = addresses
    self.file = file
  }

  /// Walks until nothing is left, or the person ends it.
  mutating func run() throws(StoreError) {
    queue = try addresses.list()
    say("\(count(queue.count, "unknown address", "unknown addresses")); \(place); ? explains the keys")
    while let entry = queue.first(where: { !skipped.contains($0.id) }) {
      try show(entry)
      guard try ask(entry) == .done else { break }
    }
    let left = queue.count
    let rules = count(ruleCount, "rule", "rules")
    say(
      left == 0
        ? "\(rules) written; no unknown address is left"
        : "\(rules) written; \(count(left, "unknown address", "unknown addresses")) left, \(skipped.count) of them skipped"
    )
  }

  private var place: String {
    if let file {
      "decisions are written to \(file.visible)"
    } else {
      "decisions go into the database only (--rules FILE)"
    }
  }

  private func say(_ text: String) { Terminal.result(text + "\n") }

  private func count(_ number: Int, _ one: String, _ many: String) -> String { "\(number) \(number == 1 ? one : many)" }

  // MARK: What is known of an address

  private func show(_ entry: UnknownAddresses.Entry) throws(StoreError) {
    let waiting = queue.count { !skipped.contains($0.id) }
    let (bold, plain) = Terminal.usesStyle ? ("\u{1b}[1m", "\u{1b}[0m") : ("", "")
    let packets = "\(entry.packets) packet\(entry.packets == 1 ? "" : "s")"
    let flows = "\(entry.flows) flow\(entry.flows == 1 ? "" : "s")"
    say(
      "\n\(bold)\(entry.ip)\(plain)  \(ProgressBar.size(entry.bytes)), \(packets), \(flows), \(entry.scope)  (\(waiting) left)"
    )
    for name in try addresses.names(of: entry) {
      let rule = name.rule.map { "allowed by \($0.match.section) \($0.pattern), \($0.source)" } ?? "no rule"
      line(
        "name", "\(name.name)  (\(name.sources), frame \(name.frame); \(name.isCertificate ? "does not count" : rule))")
    }
    let further = try addresses.nameCount(of: entry) - Int64(UnknownAddresses.shown)
    if further > 0 { line("name", "and \(further) more") }
    line("ports", try addresses.ports(of: entry).joined(separator: ", "))
    line("peers", try addresses.peers(of: entry).joined(separator: ", "))
    line("seen", try seen(entry))
    line("owner", try addresses.owner(of: entry) ?? "")
    line("note", entry.note ?? "")
    line("reason", entry.reason)
    for conflict in try addresses.conflicts(of: entry) { line("conflict", conflict) }
  }

  /// A line of the dossier, without control characters; none where there is nothing to say.
  private func line(_ title: String, _ text: String) {
    guard !text.isEmpty else { return }
    let gap = String(repeating: " ", count: max(1, 10 - title.count))
    // What one address can be given by others has no end.
    say("  \(title)\(gap)\(text.visible.cut(to: 1000))")
  }

  private func seen(_ entry: UnknownAddresses.Entry) throws(StoreError) -> String {
    guard let id = entry.firstFrame, let first = try addresses.frame(id) else { return "only in DNS answers" }
    let begin = first.time ?? "no time"
    guard let id = entry.lastFrame, id != entry.firstFrame, let last = try addresses.frame(id) else {
      return "\(begin), frame \(first.number) of capture \(first.capture)"
    }
    let end = last.time ?? "no time"
    guard first.capture == last.capture else {
      return
        "\(begin) to \(end), frame \(first.number) of capture \(first.capture) to \(last.number) of \(last.capture)"
    }
    // The day is said once.
    let isSameDay = begin.prefix(11) == end.prefix(11)
    return "\(begin) to \(isSameDay ? String(end.dropFirst(11)) : end), frames \(first.number) to \(last.number)"
      + (first.capture == 1 ? "" : " of capture \(first.capture)")
  }

  // MARK: What is done about it

  private mutating func ask(_ entry: UnknownAddresses.Entry) throws(StoreError) -> Outcome {
    while true {
      switch prompt.key("a allow  n note  s skip  u undo  ? help  q quit > ") {
      case nil, "q": return .end
      case "a": if let outcome = try allow(entry) { return outcome }
      case "n": if let outcome = try note(entry) { return outcome }
      case "s":
        skipped.insert(entry.id)
        decisions.append(.skip(entry.id))
        return .done
      case "u": if try undo() { return .done }
      case "?": say(Triage.help)
      case "\n", "\r", "\u{1b}": break
      default: say("no such key; ? explains them")
      }
    }
  }

  private static let help = """
      a  allow: then  i  this address alone
                      n  the network around it: /24, of IPv6 /64
                      c  another network, as you type it
                      h  a name of it: www.example.com
                      x  an ending of names: .example.com
                      d  a registered domain with every name in it: example.com
                      any other key: back
      n  note: then i, n or c; the network is not allowed, but no longer unknown
      s  skip: not asked again in this walk
      u  undo the last decision, in the database and in the file
      q  quit; so do Ctrl-C and the end of the input
    An address with names is explained when all its names are allowed (with --any-name: one of them).
    """

  /// Asks what is to be allowed. Nil: nothing was.
  private mutating func allow(_ entry: UnknownAddresses.Entry) throws(StoreError) -> Outcome? {
    let names = try addresses.names(of: entry).filter { !$0.isCertificate }
    let domains = PublicSuffixList.shared == nil ? "" : "  d domain"
    let around = Triage.network(around: entry.ip)
    let question =
      "allow: i \(entry.ip)  n \(around)  c other network" + (names.isEmpty ? "" : "  h host  x ending\(domains)")
      + " > "
    switch prompt.key(question) {
    case nil: return .end
    case "i": return try add(network: entry.ip, .allow, entry, names)
    case "n": return try add(network: around, .allow, entry, names)
    case "c":
      guard let typed = prompt.text("network", proposal: around) else { return .end }
      return try add(network: typed, .allow, entry, names)
    case "h" where !names.isEmpty:
      guard let name = choose(names) else { return nil }
      return try add(host: name, .exact, entry)
    case "x" where !names.isEmpty:
      guard let name = choose(names) else { return nil }
      guard let typed = prompt.text("ending", proposal: Triage.ending(of: name) ?? "") else { return .end }
      return try add(host: typed.lowercased(), .suffix, entry, of: name)
    case "d" where !names.isEmpty && !domains.isEmpty:
      guard let name = choose(names) else { return nil }
      let proposal = PublicSuffixList.shared?.registrableDomain(of: name) ?? ""
      guard let typed = prompt.text("domain", proposal: proposal) else { return .end }
      return try add(host: typed.lowercased(), .domain, entry, of: name)
    default: return nil
    }
  }

  /// Asks which network is to be noted. Nil: none was.
  private mutating func note(_ entry: UnknownAddresses.Entry) throws(StoreError) -> Outcome? {
    let around = Triage.network(around: entry.ip)
    switch prompt.key("note: i \(entry.ip)  n \(around)  c other network > ") {
    case nil: return .end
    case "i": return try add(network: entry.ip, .note, entry, [])
    case "n": return try add(network: around, .note, entry, [])
    case "c":
      guard let typed = prompt.text("network", proposal: around) else { return .end }
      return try add(network: typed, .note, entry, [])
    default: return nil
    }
  }

  /// The name that is meant: of several the person chooses, those without a rule first. Nil: none.
  private mutating func choose(_ names: [UnknownAddresses.Name]) -> String? {
    let open = names.filter { $0.rule == nil }
    let choices = Array((open.isEmpty ? names : open).prefix(9))
    if choices.count < 2 { return choices.first?.name }
    for (index, name) in choices.enumerated() { say("  \(index + 1)  \(name.name.visible)") }
    guard let key = prompt.key("which? 1 to \(choices.count) > "), let number = key.wholeNumberValue,
      choices.indices.contains(number - 1)
    else { return nil }
    return choices[number - 1].name
  }

  private mutating func add(
    network text: String, _ list: AllowList.List, _ entry: UnknownAddresses.Entry, _ names: [UnknownAddresses.Name]
  ) throws(StoreError) -> Outcome? {
    let network: CIDR
    do throws(CIDR.Problem) {
      network = try CIDR(text)
    } catch {
      say(error.description.visible)
      return nil
    }
    guard network.holds(entry.ip) else {
      say("\(network) does not hold \(entry.ip)")
      return nil
    }
    let named = names.first.map { PublicSuffixList.shared?.registrableDomain(of: $0.name) ?? $0.name }
    let proposal = try addresses.owner(of: entry) ?? named ?? (list == .note ? "noted" : "allowed")
    guard let label = prompt.text("label", proposal: proposal.visible) else { return .end }
    return try add(.network(list, network, label: label.visible), entry)
  }

  private mutating func add(
    host pattern: String, _ match: AllowList.Match, _ entry: UnknownAddresses.Entry, of name: String? = nil
  ) throws(StoreError) -> Outcome? {
    let host = AllowList.Host(pattern: pattern, match: match, source: "")
    if pattern.isEmpty { return nil }
    if pattern.visible != pattern || pattern.contains(where: \.isWhitespace) {
      say("'\(pattern.visible)' is no host name")
      return nil
    }
    if let name, !host.allows(name) {
      say("\(match == .suffix ? "'\(pattern)' is no ending of" : "'\(pattern)' does not hold") \(name.visible)")
      return nil
    }
    let bare = pattern.hasPrefix(".") ? String(pattern.dropFirst()) : pattern
    if match != .exact, PublicSuffixList.shared?.isPublicSuffix(bare) == true {
      say("'\(bare)' is a public suffix: anybody can register a name under it")
      return nil
    }
    guard let label = prompt.text("label, or nothing") else { return .end }
    return try add(.host(pattern, match, label: label.isEmpty ? nil : label.visible), entry)
  }

  /// Adds a rule and says what it cleared. Nil: it could not be added.
  private mutating func add(_ rule: AllowRule, _ entry: UnknownAddresses.Entry) throws(StoreError) -> Outcome? {
    do throws(StoreError) {
      try book.add(rule)
    } catch {
      say("not written: \(error.description.visible)")
      return nil
    }
    decisions.append(.rule)
    ruleCount += 1
    let before = queue.count
    queue = try addresses.list()
    let verb = rule.section == "su" ? "noted" : "cleared"
    say(
      "\(rule.section) \(rule.pattern): \(count(before - queue.count, "address", "addresses")) \(verb), \(queue.count) left"
    )
    if let left = queue.first(where: { $0.id == entry.id }) {
      say("\(entry.ip) is not among them: \(left.reason.visible)")
    }
    return .done
  }

  /// Takes the last decision back; false: there is none, or it could not be.
  private mutating func undo() throws(StoreError) -> Bool {
    switch decisions.last {
    case nil:
      say("nothing to undo")
      return false
    case .skip(let id):
      skipped.remove(id)
      say("asked again")
    case .rule:
      do throws(StoreError) {
        guard let rule = try book.undo() else { return false }
        say("taken back: \(rule.section) \(rule.pattern)")
      } catch {
        say("not taken back: \(error.description.visible)")
        return false
      }
      ruleCount -= 1
      queue = try addresses.list()
    }
    decisions.removeLast()
    return true
  }

  // MARK: Proposals

  /// The /24 around an IPv4 address, the /64 around an IPv6 address.
  private static func network(around ip: String) -> String { CIDR.network(around: ip) ?? ip }

  /// The ending that is proposed for a name: a dot and its registrable domain, or what stands behind its first dot. Nil
  /// for a name that is itself the domain.
  private static func ending(of name: String) -> String? {
    if let domain = PublicSuffixList.shared?.registrableDomain(of: name) {
      return name == domain ? nil : "." + domain
    }
    let labels = name.split(separator: ".")
    return labels.count < 3 ? nil : "." + labels.dropFirst().joined(separator: ".")
  }
}

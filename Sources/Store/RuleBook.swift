/// The allow list of a database, with the file that it is kept in: rules are added to both at once and taken back, asked
/// for and removed.
public final class RuleBook {
  /// The source of rules that are in no file.
  static let unfiled = "triage"

  private let database: Database
  private var file: RuleFile?
  private var steps: [Step] = []

  /// What is needed to take a rule back.
  private struct Step {
    let rule: AllowRule
    /// The database's row of the same network or name: label and source; nil: there was none.
    let earlier: (label: String?, source: String)?
    /// The file before.
    let bytes: [UInt8]?
  }

  /// The rules of `database`, opened for writing, and of the file at `path`, which are loaded first; nil: rules go into the
  /// database only. A wrong entry in the file is an error.
  public init(_ database: Database, file path: String?) throws(StoreError) {
    self.database = database
    guard let path else { return }
    do throws(AllowListError) { file = try RuleFile(path: path) } catch { throw StoreError(error) }
    try file?.list.store(into: database)
  }

  /// Adds a rule: first to the database, within a transaction, then to the file, which is replaced as a whole; where either
  /// fails neither is changed. Where the program is ended between the two, the file has the rule, and the database gets
  /// it when the file is loaded next.
  public func add(_ rule: AllowRule) throws(StoreError) {
    let earlier = try row(of: rule)
    var bytes: [UInt8]?
    var isFiled = false
    do throws(StoreError) {
      try transaction { () throws(StoreError) in
        guard file != nil else { return try AllowList(rule, source: RuleBook.unfiled).store(into: database) }
        do throws(AllowListError) { bytes = try file?.add(rule) } catch { throw StoreError(error) }
        isFiled = true
        try file?.list.store(into: database)
      }
    } catch {
      if isFiled { try? file?.restore(bytes) }
      throw error
    }
    steps.append(Step(rule: rule, earlier: earlier, bytes: bytes))
  }

  /// Takes the last added rule back, out of the file and the database; nil: there is none. Where the file was changed
  /// meanwhile that is an error, and both stay.
  public func undo() throws(StoreError) -> AllowRule? {
    guard let step = steps.last else { return nil }
    try transaction { () throws(StoreError) in
      try delete(step.rule)
      if let earlier = step.earlier {
        try AllowList(step.rule.labelled(earlier.label), source: earlier.source).store(into: database)
      }
      if file != nil {
        do throws(AllowListError) { try file?.restore(step.bytes) } catch { throw StoreError(error) }
        try file?.list.store(into: database)
      }
    }
    steps.removeLast()
    return step.rule
  }

  /// Removes the rules of a pattern from the database, in whatever list: a network or an address, a host name, an ending
  /// or a domain. Returns them with where they came from; none is no error. The file stays as it is.
  public func remove(_ pattern: String) throws(StoreError) -> [(rule: AllowRule, source: String)] {
    var removed: [(rule: AllowRule, source: String)] = []
    try transaction { () throws(StoreError) in
      if let network = try? CIDR(pattern) {
        for list in AllowList.List.allCases {
          let rule = AllowRule.network(list, network, label: "")
          guard let row = try row(of: rule) else { continue }
          try delete(rule)
          removed.append((rule.labelled(row.label), row.source))
        }
      }
      for match in AllowList.Match.allCases {
        let rule = AllowRule.host(pattern.lowercased(), match, label: nil)
        guard let row = try row(of: rule) else { continue }
        try delete(rule)
        removed.append((rule.labelled(row.label), row.source))
      }
    }
    return removed
  }

  private func transaction(_ body: () throws(StoreError) -> Void) throws(StoreError) {
    try database.execute("BEGIN IMMEDIATE")
    do throws(StoreError) {
      try body()
      try database.execute("COMMIT")
    } catch {
      if database.isInTransaction { try? database.execute("ROLLBACK") }
      throw error
    }
  }

  private func row(of rule: AllowRule) throws(StoreError) -> (label: String?, source: String)? {
    let statement = try prepare(
      rule, network: "SELECT label, source FROM networks WHERE list = ? AND cidr = ? AND range_list_id IS NULL",
      host: "SELECT label, source FROM allowed_hosts WHERE match = ? AND pattern = ? AND range_list_id IS NULL")
    guard try statement.step() else { return nil }
    return (statement.isNull(0) ? nil : statement.text(0), statement.text(1))
  }

  private func delete(_ rule: AllowRule) throws(StoreError) {
    try prepare(
      rule, network: "DELETE FROM networks WHERE list = ? AND cidr = ? AND range_list_id IS NULL",
      host: "DELETE FROM allowed_hosts WHERE match = ? AND pattern = ? AND range_list_id IS NULL"
    ).run()
  }

  private func prepare(_ rule: AllowRule, network: String, host: String) throws(StoreError) -> Statement {
    let statement: Statement
    switch rule {
    case .network(let list, let cidr, _):
      statement = try database.prepare(network)
      statement.bind(list.rawValue, at: 1)
      statement.bind(cidr.description, at: 2)
    case .host(let pattern, let match, _):
      statement = try database.prepare(host)
      statement.bind(match.rawValue, at: 1)
      statement.bind(pattern, at: 2)
    }
    return statement
  }
}

extension AllowList {
  /// A list of one rule.
  init(_ rule: AllowRule, source: String) {
    self.init()
    switch rule {
    case .network(let list, let network, let label):
      networks = [.init(list: list, network: network, label: label, source: source)]
    case .host(let pattern, let match, let label):
      hosts = [.init(pattern: pattern, match: match, label: label, source: source)]
    }
  }
}

extension AllowRule {
  /// The rule with another label.
  func labelled(_ label: String?) -> AllowRule {
    switch self {
    case .network(let list, let network, _): .network(list, network, label: label ?? "")
    case .host(let pattern, let match, _): .host(pattern, match, label: label)
    }
  }
}

extension StoreError {
  /// An error of an allow list, with its file and line as the subject.
  init(_ error: AllowListError) {
    self.init(error.line.map { "\(error.file):\($0)" } ?? error.file, .usage, error.detail)
  }
}

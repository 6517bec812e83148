import ArgumentParser
import Bytes
import Enrichment
import Store

/// `pcapindex owners [FILE...] DATABASE`
struct OwnersCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "owners",
    abstract: "Find out who owns the addresses: from files, and on request from WHOIS and reverse DNS.",
    usage: """
      pcapindex owners FILE... DATABASE
      pcapindex owners [--whois] [--rdns] [--address IP]... DATABASE
      """,
    discussion: """
      FILE is an MMDB file (MaxMind's GeoLite2 and GeoIP2, DB-IP's, IPinfo's) or iptoasn.com's table of ranges, also \
      compressed with gzip. Autonomous system, organisation and country of every address on the Internet go into \
      address_owners; a file takes the place of the earlier one of its kind. Files do not leave your machine.

      --whois and --rdns ask others, about the addresses that no rule explains (most traffic first) or those given with \
      --address. Whoever runs the servers, and whoever reads along, learns which addresses you are interested in, and \
      reverse DNS may tell it to those who own them: an attacker too. Nothing is asked without these options, and never \
      about addresses that are not on the Internet. Answers are kept in the database with their date, and are not asked \
      for again until they are older than --max-age.

      Examples:
        pcapindex owners GeoLite2-ASN.mmdb GeoLite2-Country.mmdb case.sqlite
        pcapindex owners ip2asn-combined.tsv.gz case.sqlite
        pcapindex owners --whois --rdns --limit 50 case.sqlite
        pcapindex owners --whois --address 45.77.12.34 case.sqlite
        pcapindex query owners case.sqlite
      """)

  @Argument(help: ArgumentHelp("Files with owners, and last the database.", valueName: "FILE... DATABASE"))
  var files: [String] = []

  @Flag(help: "Ask WHOIS servers, beginning with IANA's.")
  var whois = false

  @Flag(help: "Ask a resolver for the names of addresses.")
  var rdns = false

  @Option(help: ArgumentHelp("Ask about this address only.", valueName: "IP"))
  var address: [String] = []

  @Option(help: ArgumentHelp("Ask about so many addresses at most.", valueName: "N"))
  var limit: Int = LookupLimits().addresses

  @Option(help: ArgumentHelp("WHOIS queries a second, for each server.", valueName: "N"))
  var rate: Double = LookupLimits().whoisRate

  @Option(help: ArgumentHelp("DNS queries a second.", valueName: "N"))
  var dnsRate: Double = LookupLimits().dnsRate

  @Option(help: ArgumentHelp("Days after which an answer is asked for again.", valueName: "DAYS"))
  var maxAge: Int = 30

  @Option(help: ArgumentHelp("WHOIS server to ask first.", valueName: "HOST[:PORT]"))
  var whoisServer: String = WhoisClient.root.description

  @Option(help: ArgumentHelp("Resolver to ask; default: those of /etc/resolv.conf.", valueName: "HOST[:PORT]"))
  var resolver: String?

  @Option(help: ArgumentHelp("Seconds that one server's answer may take.", valueName: "SECONDS"))
  var timeout: Int = 10

  func validate() throws {
    guard !files.isEmpty else {
      throw ValidationError("name the database last: pcapindex owners GeoLite2-ASN.mmdb case.sqlite")
    }
    guard files.count > 1 || whois || rdns else {
      throw ValidationError("name a file with owners, or ask for --whois or --rdns")
    }
    guard address.isEmpty || whois || rdns else { throw ValidationError("--address goes with --whois or --rdns") }
    guard limit > 0, maxAge >= 0, (1...3600).contains(timeout) else {
      throw ValidationError("--limit must be above 0, --max-age 0 or more, --timeout from 1 to 3600")
    }
    guard rate > 0, rate <= 1000, dnsRate > 0, dnsRate <= 1000 else {
      throw ValidationError("--rate and --dns-rate must be above 0 and at most 1000")
    }
    for text in address {
      guard let address = IPAddress(text) else { throw ValidationError("'\(text)' is no IP address") }
      guard address.scope == .global else {
        throw ValidationError("\(address) is \(address.scope.rawValue): others are not asked about such addresses")
      }
    }
    guard ServerAddress(whoisServer, port: 43) != nil else { throw ValidationError("--whois-server takes HOST[:PORT]") }
    guard resolver.map({ ServerAddress($0, port: 53) != nil }) ?? true else {
      throw ValidationError("--resolver takes HOST[:PORT]")
    }
  }

  func run() throws {
    guard let path = files.last else { return }
    do {
      let database = try Database(path: path, mode: .readWrite)
      if files.count > 1 { try load(Array(files.dropLast()), into: database) }
      if whois || rdns { try ask(database) }
    } catch let error as StoreError {
      throw Failure.input(error)
    } catch let error as EnrichmentError {
      throw Failure.input(error)
    }
  }

  /// Reads files with owners and stores what they say of the database's addresses.
  private func load(_ names: [String], into database: Database) throws {
    let addresses = try database.globalAddresses()
    var lists: [(list: OwnerList, owners: [(addressID: Int64, owner: AddressOwner)])] = []
    for name in names {
      let file = try OwnerFile(path: name)
      if let earlier = lists.first(where: { $0.list.kind == file.list.kind }) {
        throw EnrichmentError(name, "is of the kind \(file.list.kind), and so is \(earlier.list.source)")
      }
      var owners: [(addressID: Int64, owner: AddressOwner)] = []
      for entry in addresses {
        if let owner = try file.owner(of: entry.address) { owners.append((entry.id, owner)) }
      }
      lists.append((file.list, owners))
    }
    try database.store(lists, loadedAt: WallClock.now())
    for (list, owners) in lists {
      Terminal.message(
        "\(database.path.visible): \(list.kind.visible): \(owners.count) of \(addresses.count) addresses known\n")
    }
  }

  /// Asks others about addresses, and stores each answer as it comes.
  private func ask(_ database: Database) throws {
    let addresses = try asked(in: database)
    var limits = LookupLimits()
    (limits.whoisRate, limits.dnsRate, limits.timeout) = (rate, dnsRate, .seconds(timeout))
    limits.datagramTimeout = min(limits.datagramTimeout, limits.timeout)
    Interruption.watch()
    let isCancelled: @Sendable () -> Bool = { Interruption.isRequested }
    let root = ServerAddress(whoisServer, port: 43) ?? WhoisClient.root
    var client = WhoisClient(first: root, limits: limits, isCancelled: isCancelled)
    var servers: [ServerAddress] = []
    if rdns {
      if let resolver, let server = ServerAddress(resolver, port: 53) {
        servers = [server]
      } else {
        servers = try ReverseResolver.systemServers()
      }
    }
    var reverse = ReverseResolver(servers: servers, limits: limits, isCancelled: isCancelled)
    var counts: [Lookup.Status: Int] = [:]
    var (kept, failure): (Int, Lookup?) = (0, nil)
    let oldest = WallClock.now() - Int64(maxAge) * 86_400_000_000_000
    for entry in addresses.prefix(limit) {
      for kind in [Lookup.Kind.reverseDNS, .whois] where kind == .whois ? whois : rdns {
        if Interruption.isRequested { break }
        if let time = try database.timeOfLookup(kind, addressID: entry.id), time > oldest {
          kept += 1
          continue
        }
        let lookup = kind == .whois ? client.ask(entry.address) : reverse.ask(entry.address)
        // What the user's own Ctrl-C made fail is no result.
        if Interruption.isRequested, lookup.status == .failed { break }
        try database.store(lookup, addressID: entry.id, askedAt: WallClock.now())
        counts[lookup.status, default: 0] += 1
        if lookup.status == .failed { failure = failure ?? lookup }
      }
    }
    report(database.path, counts, kept: kept, left: max(0, addresses.count - limit), failure)
    if Interruption.isRequested {
      throw Failure(
        message: "interrupted; the answers until then are in \(database.path)", status: ExitStatus.interrupted)
    }
    // No answer at all, as without a network.
    if let failure, counts[.answered, default: 0] + counts[.none, default: 0] + kept == 0 {
      throw Failure.input("\(failure.server): \(failure.detail ?? "no answer")")
    }
  }

  private func asked(in database: Database) throws -> [StoredAddress] {
    guard !address.isEmpty else { return try database.unexplainedAddresses() }
    return try address.compactMap { text in
      guard let address = IPAddress(text) else { return nil }
      guard let stored = try database.address(address) else {
        throw StoreError(database.path, .usage, "does not have the address \(address)")
      }
      return stored
    }
  }

  private func report(_ path: String, _ counts: [Lookup.Status: Int], kept: Int, left: Int, _ failure: Lookup?) {
    let answered = counts[.answered, default: 0]
    var parts = ["\(answered) answer\(answered == 1 ? "" : "s")"]
    if let none = counts[.none] { parts.append("\(none) unknown to the server") }
    if let failed = counts[.failed], let failure {
      parts.append("\(failed) failed (\(failure.server): \(failure.detail ?? "no answer"))")
    }
    if kept > 0 { parts.append("\(kept) known from before") }
    if left > 0 { parts.append("\(left) address\(left == 1 ? "" : "es") not asked about (--limit)") }
    Terminal.message("\(path.visible): \(parts.joined(separator: ", ").visible)\n")
  }
}

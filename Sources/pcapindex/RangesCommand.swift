import ArgumentParser
import Bytes
import Enrichment
import Store

/// `pcapindex ranges [FILE...] DATABASE`
struct RangesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ranges",
    abstract: "Load the network ranges that companies publish as theirs.",
    usage: """
      pcapindex ranges [NAME=]FILE... DATABASE
      pcapindex ranges --fetch NAME... DATABASE
      pcapindex ranges DATABASE
      """,
    discussion: """
      Which list a file is shows in its content, Cloudflare's in its name; where neither says so, name it: tor=FILE. \
      Files may be compressed with gzip. Without files, --fetch and --remove it says which lists are loaded.

      A list takes the place of the earlier one of its name, all lists of a run or none. Its networks explain an address \
      (allow) or are noted beside it (note):

        google               goog.json                  allow
        google-cloud         cloud.json                 note
        aws                  ip-ranges.json             note
        azure                ServiceTags_Public_*.json  note
        cloudflare-v4, -v6   ips-v4, ips-v6             note
        fastly               public-ip-list             note
        github               meta                       allow, note
        microsoft-365        endpoints/worldwide        allow
        apple                comes with the program     allow
        apple-private-relay  egress-ip-ranges.csv       note
        tor                  torbulkexitlist            note

      Of google's networks those of google-cloud are left out where both are loaded. What GitHub's actions, codespaces \
      and pages use is noted. Microsoft's host names of the categories Optimize and Allow are allowed too.

      'google' fetches both of Google's, 'cloudflare' both of Cloudflare's, 'all' everything. Nothing goes out without \
      --fetch; who is asked learns your address and that you fetch the list, and nothing about the capture.

      Examples:
        pcapindex ranges goog.json cloud.json ip-ranges.json case.sqlite
        pcapindex ranges tor=exits.txt --as note case.sqlite
        pcapindex ranges --fetch google --fetch aws case.sqlite
        pcapindex query unknown_ips case.sqlite
      """)

  @Argument(help: ArgumentHelp("Published lists, and last the database.", valueName: "FILE... DATABASE"))
  var files: [String] = []

  @Option(help: ArgumentHelp("Fetch this list from its publisher.", valueName: "NAME"))
  var fetch: [String] = []

  @Option(help: ArgumentHelp("Fetch a list from this address instead.", valueName: "NAME=URL"))
  var url: [String] = []

  @Option(name: .customLong("as"), help: ArgumentHelp("What the networks of this run are listed for: allow or note."))
  var list: String?

  @Option(help: ArgumentHelp("Remove a list that was loaded.", valueName: "NAME"))
  var remove: [String] = []

  @Option(help: ArgumentHelp("Seconds that fetching one file may take.", valueName: "SECONDS"))
  var timeout: Int = 60

  func validate() throws {
    guard !files.isEmpty else {
      throw ValidationError("name the database last: pcapindex ranges goog.json case.sqlite")
    }
    guard list == nil || list == "allow" || list == "note" else { throw ValidationError("--as takes allow or note") }
    guard (1...3600).contains(timeout) else { throw ValidationError("--timeout takes 1 to 3600 seconds") }
    for name in fetch where RangeFeed.named(name).isEmpty {
      throw ValidationError("'\(name)' is no published list; known are \(RangeFeed.names), all")
    }
    _ = try addresses()
  }

  private func addresses() throws -> [RangeFeed: String] {
    var addresses: [RangeFeed: String] = [:]
    for entry in url {
      let parts = entry.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let feed = RangeFeed(rawValue: String(parts[0])) else {
        throw ValidationError("--url takes NAME=URL with one of \(RangeFeed.names)")
      }
      addresses[feed] = String(parts[1])
    }
    return addresses
  }

  func run() throws {
    guard let path = files.last else { return }
    let database: Database
    // A wrong database is found out before anything is fetched.
    do throws(StoreError) { database = try Database(path: path, mode: .readWrite) } catch { throw Failure.input(error) }
    for name in remove {
      let isRemoved: Bool
      do throws(StoreError) { isRemoved = try database.removeRangeList(name) } catch { throw Failure.input(error) }
      guard isRemoved else {
        throw Failure.input("\(path): has no list '\(name)'; pcapindex ranges \(path) shows them")
      }
      Terminal.message("\(path.visible): list \(name.visible) removed\n")
    }
    guard files.count > 1 || !fetch.isEmpty else {
      if remove.isEmpty { try show(database) }
      return
    }
    let lists = try read()
    do throws(StoreError) { try database.store(lists, loadedAt: WallClock.now()) } catch { throw Failure.input(error) }
    report(lists, path)
  }

  /// Reads and fetches the lists, each name once.
  private func read() throws -> [RangeList] {
    let list = list.flatMap { AllowList.List(rawValue: $0) }
    let addresses = try addresses()
    Interruption.watch()
    var limits = HTTPFetcher.Limits()
    limits.whole = .seconds(timeout)
    let fetcher = HTTPFetcher(
      agent: "pcapindex/\(Pcapindex.version)", authorities: Terminal.environment("SSL_CERT_FILE"), limits: limits
    ) { Interruption.isRequested }
    let fetch = RangeFetch(fetcher, addresses: addresses)
    var lists: [RangeList] = []
    func add(_ ranges: RangeList) throws {
      if let earlier = lists.first(where: { $0.name == ranges.name }) {
        throw Failure.input("\(ranges.source): is the list \(ranges.name), and so is \(earlier.source)")
      }
      lists.append(ranges)
    }
    do {
      for name in files.dropLast() { try add(try RangesCommand.open(name).ranges(as: list)) }
      var feeds: [RangeFeed] = []
      for feed in self.fetch.flatMap(RangeFeed.named) where !feeds.contains(feed) { feeds.append(feed) }
      for feed in feeds { try add(try fetch.fetch(feed).ranges(as: list)) }
    } catch let error as EnrichmentError {
      throw Interruption.isRequested
        ? Failure(message: error.description, status: ExitStatus.interrupted) : Failure.input(error)
    }
    return lists
  }

  /// Opens a file given as `FILE` or `NAME=FILE`.
  private static func open(_ argument: String) throws(EnrichmentError) -> RangeFile {
    let parts = argument.split(separator: "=", maxSplits: 1)
    let isNamed =
      parts.count == 2
      && parts[0].utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
    let file = try InputFile(path: isNamed ? String(parts[1]) : argument, limit: RangeFile.sizeLimit)
    return try RangeFile(file, name: isNamed ? String(parts[0]) : nil)
  }

  private func report(_ lists: [RangeList], _ path: String) {
    for list in lists {
      let allowed = list.networks.count { $0.list == .allow }
      let noted = list.networks.count - allowed
      var parts: [String] = []
      if allowed > 0 { parts.append("\(allowed) network\(allowed == 1 ? "" : "s") allowed") }
      if noted > 0 { parts.append("\(noted) network\(noted == 1 ? "" : "s") noted") }
      if !list.hosts.isEmpty {
        parts.append("\(list.hosts.count) host name\(list.hosts.count == 1 ? "" : "s") allowed")
      }
      let date = list.published.map { ", published \($0.visible)" } ?? ""
      Terminal.message("\(path.visible): \(list.name): \(parts.joined(separator: ", "))\(date)\n")
    }
    if lists.contains(where: { $0.name == RangeFeed.google.rawValue }),
      !lists.contains(where: { $0.name == RangeFeed.googleCloud.rawValue })
    {
      Terminal.message("note: goog.json holds what Google rents out too, unless cloud.json is loaded beside it\n")
    }
  }

  /// Says which lists are loaded.
  private func show(_ database: Database) throws {
    do throws(StoreError) {
      let rows = try database.prepare(
        """
        SELECT name, coalesce(published, ''), strftime('%Y-%m-%d %H:%M', loaded_at / 1000000000, 'unixepoch'), source,
          (SELECT count(*) FROM networks WHERE range_list_id = l.id),
          (SELECT count(*) FROM allowed_hosts WHERE range_list_id = l.id)
        FROM range_lists l ORDER BY name
        """)
      var lines = ["name\tpublished\tloaded\tnetworks\thosts\tsource"]
      while try rows.step() {
        lines.append([0, 1, 2, 4, 5, 3].map { rows.text($0).visible }.joined(separator: "\t"))
      }
      if lines.count == 1 {
        Terminal.message("\(database.path.visible): no published list is loaded\n")
      } else {
        Terminal.result(lines.joined(separator: "\n") + "\n")
      }
    } catch {
      throw Failure.input(error)
    }
  }
}

import ArgumentParser
import Store

/// `pcapindex allow FILE... DATABASE`
struct AllowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "allow",
    abstract: "Load allow lists: what the analyst can explain.",
    usage: "pcapindex allow FILE... DATABASE",
    discussion: """
      Reads pcapan's YAML format: 'dns', 'allow' and 'su' map addresses or networks (IPv4 or IPv6) to labels, \
      'okhosts' and 'oksuffixes' list host names and endings of host names. A wrong entry is an error with its file \
      and line, and loads nothing. An entry that the database has already gets the new label.

          dns:
            8.8.8.8: main
          allow:
            125.209.192.0/18: line
          okhosts:
            - twitter.com
          oksuffixes:
            - .amazon.com
          su:
            3.0.0.0/9: amazon

      Examples:
        pcapindex allow whitelist.yaml case.sqlite
        pcapindex query explained_ips case.sqlite
        pcapindex query unknown_ips case.sqlite
      """)

  @Argument(help: ArgumentHelp("Allow lists, and last the database.", valueName: "FILE... DATABASE"))
  var files: [String] = []

  func validate() throws {
    guard files.count >= 2 else {
      throw ValidationError(
        "name at least one allow list and, last, the database: pcapindex allow list.yaml case.sqlite")
    }
  }

  /// Reads allow lists; a wrong entry ends the program.
  static func load(_ files: [String]) throws -> AllowList {
    do throws(AllowListError) { return try AllowList.load(files) } catch { throw Failure.input(error) }
  }

  func run() throws {
    guard let path = files.last else { return }
    let list = try AllowCommand.load(Array(files.dropLast()))
    do throws(StoreError) {
      try list.store(into: Database(path: path, mode: .readWrite))
    } catch {
      throw Failure.input(error)
    }
    let networks = list.networks.count
    let hosts = list.hosts.count
    Terminal.message(
      """
      \(path.visible): \(networks) network\(networks == 1 ? "" : "s") and \(hosts) host name\(hosts == 1 ? "" : "s") loaded

      """)
  }
}

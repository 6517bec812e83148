/// What an analyst knows about networks and host names, read from pcapan's YAML files, which may have the further section
/// `okdomains`.
///
/// ```
/// dns:            # resolvers: address or network -> label
///   192.0.2.53: main
/// allow:          # networks that are explained
///   198.51.100.0/24: updates
/// okhosts:        # host names that are explained
///   - example.org
/// oksuffixes:     # endings of host names that are explained
///   - .example.org
/// okdomains:      # domains that are explained with every name in them
///   - example.co.uk  # a comment behind a name is its label
/// su:             # networks worth a note
///   203.0.113.0/24: hosting
/// ```
/// Every section may be missing or empty.
public struct AllowList: Sendable, Equatable {
  /// What a network is listed for: `networks.list`.
  public enum List: String, Sendable, CaseIterable {
    /// Explained: pcapan's `allow`.
    case allow
    /// A trusted resolver: pcapan's `dns`.
    case dns
    /// Worth knowing: pcapan's `su`.
    case note
  }

  /// A labelled network.
  public struct Network: Sendable, Equatable {
    /// What it is listed for.
    public var list: List
    /// The network.
    public var network: CIDR
    /// What it is.
    public var label: String
    /// File and line it came from.
    public var source: String
  }

  /// How a pattern is compared with a name.
  public enum Match: String, Sendable, CaseIterable {
    /// The name is the pattern.
    case exact
    /// The name ends with the pattern, as text: `oo.example` is an ending of `foo.example`.
    case suffix
    /// The name is the pattern or ends with it behind a dot: `example.co.uk` is no ending of `an-example.co.uk`.
    case domain
  }

  /// An allowed host name, ending of names or domain.
  public struct Host: Sendable, Equatable {
    /// In lower case.
    public var pattern: String
    /// How it is compared.
    public var match: Match
    /// What it is: the comment behind it; nil: none.
    public var label: String?
    /// File and line it came from.
    public var source: String

    /// A rule without a place is one that is only tried.
    public init(pattern: String, match: Match, label: String? = nil, source: String) {
      (self.pattern, self.match, self.label, self.source) = (pattern, match, label, source)
    }

    /// Whether a name, in any case, is allowed by it.
    public func allows(_ name: String) -> Bool {
      let name = name.lowercased()
      return switch match {
      case .exact: name == pattern
      case .suffix: name.hasSuffix(pattern)
      case .domain: name == pattern || name.hasSuffix("." + pattern)
      }
    }
  }

  /// Networks in the order of the files.
  public internal(set) var networks: [Network] = []
  /// Host names in the order of the files.
  public internal(set) var hosts: [Host] = []

  /// A list of nothing.
  public init() {}

  /// Largest file that is read: room for every published network range there is, and still read in a moment.
  static let sizeLimit = 64 << 20

  /// Reads files; a wrong entry in any of them is an error and loads nothing.
  public static func load(_ files: [String]) throws(AllowListError) -> AllowList {
    var list = AllowList()
    for file in files {
      let bytes: [UInt8]
      do throws(StoreError) {
        bytes = try DatabaseFile.contents(of: file, limit: sizeLimit)
      } catch {
        throw AllowListError(file: file, line: nil, error.detail)
      }
      try list.add(yaml: bytes, file: file)
    }
    return list
  }
}

/// Why an allow list was not read.
public struct AllowListError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file.
  public let file: String
  /// The line, from 1; nil where the whole file is meant.
  public let line: Int?
  /// What was wrong, for a person, on one line.
  public let detail: String

  init(file: String, line: Int?, _ detail: String) {
    self.file = file
    self.line = line
    self.detail = String(detail.map { $0.isNewline ? " " : $0 })
  }

  /// `whitelist.yaml:12: '10.0.0.1/8' has host bits set; did you mean 10.0.0.0/8?`
  public var description: String {
    "\(file):\(line.map { "\($0):" } ?? "") \(detail)"
  }
}

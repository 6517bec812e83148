/// The networks and host names that one publisher says are its own, as they were published: a row of `range_lists` with
/// its rows of `networks` and `allowed_hosts`.
public struct RangeList: Sendable, Equatable {
  /// A network of the list.
  public struct Network: Sendable, Equatable {
    /// Whether it explains an address or is only worth a note.
    public var list: AllowList.List
    /// The network.
    public var network: CIDR
    /// Publisher and service or region.
    public var label: String

    /// A network with its label.
    public init(list: AllowList.List, network: CIDR, label: String) {
      self.list = list
      self.network = network
      self.label = label
    }
  }

  /// A host name that the publisher calls its own.
  public struct Host: Sendable, Equatable {
    /// In lower case: `example.org`, or `.example.org` for all names below it.
    public var pattern: String
    /// Whether it is an ending of names.
    public var isSuffix: Bool

    /// A host name or an ending of host names.
    public init(pattern: String, isSuffix: Bool) {
      self.pattern = pattern
      self.isSuffix = isSuffix
    }
  }

  /// Which list it is: `google`, `aws`, ... A list takes the place of the earlier one of its name.
  public var name: String
  /// File or address that it was read from.
  public var source: String
  /// When it was published, as the list says or else its server; nil where neither does.
  public var published: String?
  /// The publisher's own number of this issue; nil where it gives none.
  public var serial: String?
  /// The server's ETag; nil for a file.
  public var etag: String?
  /// SHA-256 of what was read, lower-case hexadecimal.
  public var sha256: String
  /// The networks.
  public var networks: [Network]
  /// The host names.
  public var hosts: [Host]
  /// Of a publisher whose list holds another list's networks too: the name of that list, whose networks are left out.
  public var withoutList: String?

  /// A list as it was read.
  public init(
    name: String, source: String, published: String?, serial: String?, etag: String?, sha256: String,
    networks: [Network], hosts: [Host], withoutList: String?
  ) {
    self.name = name
    self.source = source
    self.published = published
    self.serial = serial
    self.etag = etag
    self.sha256 = sha256
    self.networks = networks
    self.hosts = hosts
    self.withoutList = withoutList
  }
}

public import Bytes

/// Who a list of owners says an address belongs to: a row of `address_owners`.
public struct AddressOwner: Sendable, Equatable {
  /// Number of the autonomous system that announces it; nil where the list does not say.
  public var asn: Int64?
  /// Who holds it; nil where the list does not say.
  public var organisation: String?
  /// ISO 3166-1's two letters, upper case; nil where the list does not say.
  public var country: String?
  /// The network of the list that it lies in; nil where the list's ranges are no networks.
  public var network: String?

  /// An owner, as far as it is known.
  public init(asn: Int64? = nil, organisation: String? = nil, country: String? = nil, network: String? = nil) {
    self.asn = asn
    self.organisation = organisation
    self.country = country
    self.network = network
  }
}

/// A file that says who owns which addresses: a row of `owner_lists`.
public struct OwnerList: Sendable, Equatable {
  /// What kind of list it is (`GeoLite2-ASN`, `ip2asn-v4`); one takes the place of the earlier of its kind.
  public var kind: String
  /// The file.
  public var source: String
  /// When it was built, nanoseconds since 1970; nil where it does not say.
  public var builtAt: Int64?
  /// SHA-256 of the file, lower-case hexadecimal.
  public var sha256: String

  /// A list of owners.
  public init(kind: String, source: String, builtAt: Int64?, sha256: String) {
    self.kind = kind
    self.source = source
    self.builtAt = builtAt
    self.sha256 = sha256
  }
}

/// An address of the database.
public struct StoredAddress: Sendable, Equatable {
  /// `addresses.id`
  public let id: Int64
  /// The address.
  public let address: IPAddress
}

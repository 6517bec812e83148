/// A list of its own networks that a company publishes.
///
/// Who takes the addresses of a company's own services is explained by that (`allow`). Where anybody can rent servers or
/// have content delivered, the address says only whose machines they are (`note`), and so does a Tor exit.
public enum RangeFeed: String, CaseIterable, Sendable {
  /// Google's networks, those that it rents out left out where `google-cloud` is loaded too (as
  /// https://cloud.google.com/vpc/docs/access-apis-external-ip says).
  case google
  /// Google's networks for rent.
  case googleCloud = "google-cloud"
  /// Amazon's (https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html).
  case aws
  /// Azure's service tags (https://learn.microsoft.com/azure/virtual-network/service-tags-overview).
  case azure
  /// Cloudflare's IPv4 networks (https://www.cloudflare.com/ips).
  case cloudflareV4 = "cloudflare-v4"
  /// Cloudflare's IPv6 networks.
  case cloudflareV6 = "cloudflare-v6"
  /// Fastly's (https://www.fastly.com/documentation/reference/api/utils/public-ip-list).
  case fastly
  /// GitHub's (https://docs.github.com/rest/meta/meta).
  case github
  /// Microsoft 365's (https://learn.microsoft.com/microsoft-365/enterprise/microsoft-365-ip-web-service).
  case microsoft365 = "microsoft-365"
  /// Apple's own network, which it publishes as text (https://support.apple.com/102266), so it comes with the program.
  case apple
  /// Where iCloud Private Relay's users come out (https://developer.apple.com/icloud/prepare-your-network-for-icloud-private-relay).
  case applePrivateRelay = "apple-private-relay"
  /// Where Tor's users come out (https://check.torproject.org).
  case tor

  /// Where it is published; nil for a list that comes with the program.
  public var address: String? {
    switch self {
    case .google: "https://www.gstatic.com/ipranges/goog.json"
    case .googleCloud: "https://www.gstatic.com/ipranges/cloud.json"
    case .aws: "https://ip-ranges.amazonaws.com/ip-ranges.json"
    // A page with a link to the file of the week.
    case .azure: "https://www.microsoft.com/en-us/download/details.aspx?id=56519"
    case .cloudflareV4: "https://www.cloudflare.com/ips-v4"
    case .cloudflareV6: "https://www.cloudflare.com/ips-v6"
    case .fastly: "https://api.fastly.com/public-ip-list"
    case .github: "https://api.github.com/meta"
    case .microsoft365: "https://endpoints.office.com/endpoints/worldwide"
    case .apple: nil
    case .applePrivateRelay: "https://mask-api.icloud.com/egress-ip-ranges.csv"
    case .tor: "https://check.torproject.org/torbulkexitlist"
    }
  }

  /// The publisher, as labels begin.
  public var publisher: String {
    switch self {
    case .google: "Google"
    case .googleCloud: "Google Cloud"
    case .aws: "AWS"
    case .azure: "Azure"
    case .cloudflareV4, .cloudflareV6: "Cloudflare"
    case .fastly: "Fastly"
    case .github: "GitHub"
    case .microsoft365: "Microsoft 365"
    case .apple: "Apple"
    case .applePrivateRelay: "iCloud Private Relay"
    case .tor: "Tor exit"
    }
  }

  /// The feeds that a name means: one, or all of a publisher's where it has several; none for a name that is not known.
  public static func named(_ name: String) -> [RangeFeed] {
    switch name {
    case "all": allCases
    case "google": [.google, .googleCloud]
    case "cloudflare": [.cloudflareV4, .cloudflareV6]
    default: RangeFeed(rawValue: name).map { [$0] } ?? []
    }
  }

  /// The names that `named` knows, for a person.
  public static let names = (["cloudflare"] + allCases.map(\.rawValue)).joined(separator: ", ")
}

/// Apple's own network: 17.0.0.0/8 is assigned to it whole, and its push service has these networks of IPv6
/// (https://support.apple.com/102266, published as an article and not as a file).
enum AppleRanges {
  static let text = """
    17.0.0.0/8
    2403:300:a42::/48 push
    2403:300:a51::/48 push
    2620:149:a44::/48 push
    2a01:b740:a42::/48 push
    """
}

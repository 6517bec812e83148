import Packets

/// The texts of `tcp_options.kinds`. A system writes the same options into each of its SYNs, so that few texts are made.
struct TCPOptionNames {
  /// Texts that are kept.
  private static let limit = 8

  private var known: [(kinds: [UInt8], names: String)] = []

  /// The names of the kinds of `options`, comma separated.
  mutating func names(of options: TCPOptions) -> String {
    for text in known where text.kinds == options.kinds { return text.names }
    if known.count == TCPOptionNames.limit { known.removeAll(keepingCapacity: true) }
    known.append((options.kinds, options.kindNames))
    return known[known.count - 1].names
  }
}

/// A bar beside the numbers that it stands for; who can't see it misses nothing.
enum BarDrawing {
  /// Parts one behind the other, as shares of the whole width.
  static func html(_ shares: [Double]) -> HTML {
    var x = 0.0
    var parts = HTML.nothing
    for (index, share) in shares.enumerated() where share > 0 {
      // Something is never drawn as nothing.
      let width = min(max(share * 100, 0.5), 100 - x)
      parts += HTML(
        empty: .rect,
        [
          TimelinePlot.colour(index), .length(.x, x), .known(.y, "0"), .length(.width, width),
          .known(.height, "10"),
        ])
      x += width
    }
    return HTML(
      .svg,
      [
        .known(.namespace, "http://www.w3.org/2000/svg"), .style("bar"), .known(.viewBox, "0 0 100 10"),
        .known(.preserveAspectRatio, "none"), .known(.hidden, "true"),
      ], parts)
  }
}

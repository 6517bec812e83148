/// Marks of an axis at round numbers.
struct AxisScale: Equatable {
  /// From 0 to the first round number that is no smaller than the largest value.
  let marks: [Double]

  /// The end of the axis.
  var top: Double { marks.last ?? 1 }

  /// An axis for values up to `largest`, with `count` steps at most.
  init(largest: Double, count: Int = 4) {
    guard largest.isFinite, largest > 0 else {
      marks = [0, 1]
      return
    }
    var step = 1.0
    let rough = largest / Double(max(count, 1))
    while step * 10 <= rough { step *= 10 }
    if let factor = [1.0, 2, 5, 10].first(where: { step * $0 >= rough }) { step *= factor }
    var marks = [0.0]
    while let last = marks.last, last < largest { marks.append(Double(marks.count) * step) }
    self.marks = marks
  }
}

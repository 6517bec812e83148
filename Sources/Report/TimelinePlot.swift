import Store

/// Traffic over time as stacked bars, one for each interval.
struct TimelinePlot {
  /// The parts of a bar from below: what the column is called and what the legend says.
  static let series: [(column: String, name: String)] = [
    ("tcp_bytes", "TCP"), ("udp_bytes", "UDP"), ("icmp_bytes", "ICMP"), ("other_bytes", "other"),
  ]

  private struct Interval {
    let time: String
    let parts: [Int64]
    var bytes: Int64 { parts.reduce(0) { $0.addingReportingOverflow($1).partialValue } }
  }

  private let intervals: [Interval]
  private let seconds: Double
  private let caption: String
  private let id: Fragment

  // The drawing, in its own units.
  private static let (width, height) = (960.0, 250.0)
  private static let (left, right, top, bottom) = (64.0, 14.0, 10.0, 30.0)
  private static let timeMarks = 6

  /// The plot of one capture's rows; nil where they lack what it needs.
  init?(_ rows: [[QueryValue]], of answer: Answer, caption: String, id: Fragment) {
    guard let time = answer.index(of: "time") else { return nil }
    var seconds = 0.0
    var intervals: [Interval] = []
    for row in rows {
      // Frames without a time have no place on the axis.
      guard time < row.count, case .text(let text) = row[time] else { continue }
      let parts = TimelinePlot.series.compactMap { answer.integer(row, $0.column) }
      guard parts.count == TimelinePlot.series.count, parts.allSatisfy({ $0 >= 0 }) else { return nil }
      intervals.append(Interval(time: text, parts: parts))
      if let index = answer.index(of: "seconds"), case .real(let length) = row[index] { seconds = length }
    }
    guard !intervals.isEmpty else { return nil }
    self.intervals = intervals
    self.seconds = seconds
    self.caption = caption
    self.id = id
  }

  /// The legend and the drawing.
  var html: HTML {
    let scale = AxisScale(largest: Double(intervals.map(\.bytes).max() ?? 0))
    let (titleID, descriptionID) = (Fragment(id.name, "title"), Fragment(id.name, "description"))
    var drawing = HTML(.title, [.id(titleID)], caption) + HTML(.desc, [.id(descriptionID)], description)
    drawing += grid(scale) + bars(scale) + times
    let viewBox: StaticString = "0 0 960 250"
    let svg = HTML(
      .svg,
      [
        .known(.namespace, "http://www.w3.org/2000/svg"), .style("plot"), .known(.viewBox, viewBox),
        .known(.role, "img"),
        .labelledBy(titleID, descriptionID),
      ], drawing)
    let used = TimelinePlot.series.indices.filter { part in intervals.contains { $0.parts[part] > 0 } }
    return HTML(.p, [.style("legends")], TimelinePlot.legend(used.map { TimelinePlot.series[$0].name }, parts: used))
      + HTML(
        .div, [.style("scroll"), .known(.role, "region"), .known(.tabindex, "0"), .label("Plot: " + caption)], svg)
  }

  /// What the colours mean. The same words stand in the table.
  static func legend(_ names: [String], parts: [Int]) -> HTML {
    zip(names, parts).map { name, part in
      HTML(
        .span, [.style("legend")],
        HTML(.span, [key(part), .known(.hidden, "true")], HTML.nothing) + HTML(name + " "))
    }.joined()
  }

  private static func key(_ part: Int) -> HTMLAttribute {
    switch part {
    case 0: .style("key s0")
    case 1: .style("key s1")
    case 2: .style("key s2")
    default: .style("key s3")
    }
  }

  /// The colour of a part.
  static func colour(_ part: Int) -> HTMLAttribute {
    switch part {
    case 0: .style("s0")
    case 1: .style("s1")
    case 2: .style("s2")
    default: .style("s3")
    }
  }

  private var description: String {
    guard let first = intervals.first, let last = intervals.last,
      let most = intervals.max(by: { $0.bytes < $1.bytes })
    else { return "" }
    let count = Quantity.count(Int64(intervals.count), Noun("interval"))
    return """
      \(count) of \(Quantity.duration(seconds)) from \(first.time) to \(last.time) UTC. Most traffic was in the interval \
      from \(most.time): \(Quantity.bytes(most.bytes)). The table below holds the figures.
      """
  }

  private var plotWidth: Double { TimelinePlot.width - TimelinePlot.left - TimelinePlot.right }
  private var plotHeight: Double { TimelinePlot.height - TimelinePlot.top - TimelinePlot.bottom }
  private var baseline: Double { TimelinePlot.top + plotHeight }

  private func grid(_ scale: AxisScale) -> HTML {
    scale.marks.map { mark in
      let y = baseline - mark / scale.top * plotHeight
      let line = HTML(
        empty: .line,
        [
          .style("grid"), .length(.x1, TimelinePlot.left), .length(.x2, TimelinePlot.width - TimelinePlot.right),
          .length(.y1, y), .length(.y2, y),
        ])
      let label = HTML(
        .text, [.length(.x, TimelinePlot.left - 8), .length(.y, y + 4), .known(.anchor, "end")],
        Quantity.bytes(Int64(mark)))
      return line + label
    }.joined()
  }

  private func bars(_ scale: AxisScale) -> HTML {
    let step = plotWidth / Double(intervals.count)
    let gap = min(1, step / 4)
    var bars = HTML.nothing
    for (index, interval) in intervals.enumerated() where interval.bytes > 0 {
      let x = TimelinePlot.left + Double(index) * step
      var y = baseline
      for (part, bytes) in interval.parts.enumerated() where bytes > 0 {
        let height = Double(bytes) / scale.top * plotHeight
        y -= height
        let tip = "\(interval.time) \(TimelinePlot.series[part].name): \(Quantity.bytes(bytes))"
        bars += HTML(
          .rect,
          [
            TimelinePlot.colour(part), .length(.x, x), .length(.y, y), .length(.width, step - gap),
            .length(.height, height),
          ], HTML(.title, [], tip))
      }
    }
    return bars
  }

  /// Times below the axis: of day, or dates where it is long.
  private var times: HTML {
    let step = plotWidth / Double(intervals.count)
    let marks = min(TimelinePlot.timeMarks, intervals.count)
    let isLong = seconds * Double(intervals.count) > 2 * 86_400
    return (0..<marks).map { mark in
      let index = mark * intervals.count / marks
      let time = intervals[index].time
      let part = isLong ? time.dropFirst(5).prefix(11) : time.dropFirst(11).prefix(seconds < 1 ? 12 : 8)
      let x = TimelinePlot.left + Double(index) * step
      let tick = HTML(
        empty: .line,
        [.style("tick"), .length(.x1, x), .length(.x2, x), .length(.y1, baseline), .length(.y2, baseline + 5)])
      return tick + HTML(.text, [.length(.x, x), .length(.y, baseline + 20)], String(part))
    }.joined()
  }
}

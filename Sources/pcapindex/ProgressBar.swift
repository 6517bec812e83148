import Glibc
import Indexer

/// Shows on a terminal how far a long ingest has come; nothing elsewhere, and nothing for what is done at once.
final class ProgressBar {
  /// Work that is over sooner shows nothing.
  private static let quietSeconds = 0.5
  private static let secondsBetween = 0.1
  private static let barWidth = 24

  private let isShown = Terminal.errorCanRewrite
  private let start = ProgressBar.now()
  private var lastShown = 0.0
  private var isOnScreen = false
  private var path = ""
  private var pathStart = ProgressBar.now()

  private static func now() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Shows `progress` if the last one is old enough.
  func show(_ progress: IngestProgress) {
    guard isShown else { return }
    let now = ProgressBar.now()
    if progress.path != path {
      path = progress.path
      pathStart = now
    }
    guard now - start > ProgressBar.quietSeconds, now - lastShown > ProgressBar.secondsBetween else { return }
    lastShown = now
    isOnScreen = true
    let width = (Terminal.width(of: STDERR_FILENO) ?? 80) - 1
    let line = ProgressBar.line(progress, seconds: now - pathStart, width: width)
    Terminal.message("\r\u{1b}[2K" + line)
  }

  /// Wipes the bar from the screen.
  func clear() {
    if isOnScreen { Terminal.message("\r\u{1b}[2K") }
    isOnScreen = false
  }

  /// `trace.pcap [########----------------] 33% of 1.0 GB, 310 MB/s, 0:02 left`, on one line: a long path loses its
  /// beginning.
  static func line(_ progress: IngestProgress, seconds: Double, width: Int) -> String {
    let state = state(progress, seconds: seconds)
    let path = progress.path == "-" ? "standard input" : progress.path.visible
    let room = max(8, width - state.count)
    let name = path.terminalWidth <= room ? path : "…" + path.suffix(room - 1)
    return String((name + state).prefix(width))
  }

  /// What stands behind the path.
  private static func state(_ progress: IngestProgress, seconds: Double) -> String {
    let rate = seconds > 0 ? min(Double(progress.bytesRead) / seconds, 1e15) : 0
    let speed = "\(size(Int64(rate)))/s"
    guard let total = progress.totalBytes, total > 0 else {
      return ": \(size(progress.bytesRead)), \(progress.frames) frames, \(speed)"
    }
    let share = min(1, Double(progress.bytesRead) / Double(total))
    let filled = Int(share * Double(barWidth))
    let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: barWidth - filled)
    let left = rate > 0 ? Int(Double(max(0, total - progress.bytesRead)) / rate) : 0
    let percent = Int(share * 100)
    return " [\(bar)] \(percent)% of \(size(total)), \(speed), \(clock(left)) left"
  }

  /// `2:05`
  private static func clock(_ seconds: Int) -> String {
    "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
  }

  /// `310 MB`
  static func size(_ bytes: Int64) -> String {
    var value = Double(bytes)
    for unit in ["B", "kB", "MB", "GB"] {
      if value < 1000 {
        let tenths = Int((value * 10).rounded())
        return unit == "B" || value >= 100 ? "\(Int(value.rounded())) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
      }
      value /= 1000
    }
    return "\(Int(value.rounded())) TB"
  }
}

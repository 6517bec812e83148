import Store
import Testing

@testable import Report

@Suite("Numbers as a person reads them")
struct QuantityTests {
  @Test(
    "thousands are set apart",
    arguments: [
      (0, "0"), (999, "999"), (1000, "1\u{202f}000"), (1_234_567, "1\u{202f}234\u{202f}567"), (-1234, "-1\u{202f}234"),
      (Int64.min, "-9\u{202f}223\u{202f}372\u{202f}036\u{202f}854\u{202f}775\u{202f}808"),
    ])
  func grouped(number: Int64, expected: String) {
    #expect(Quantity.grouped(number) == expected)
  }

  @Test(
    "bytes have a unit and about three digits",
    arguments: [
      (0, "0 B"), (999, "999 B"), (1000, "1 kB"), (21_884, "21.9 kB"), (9_994, "9.99 kB"), (99_960, "100 kB"),
      (505_000, "505 kB"), (999_499, "999 kB"), (999_500, "1 MB"), (1_014_933_797, "1.01 GB"), (Int64.max, "9.22 EB"),
    ])
  func bytes(number: Int64, expected: String) {
    #expect(Quantity.bytes(number) == expected)
  }

  @Test(
    "durations have the two units that matter",
    arguments: [
      (0, "0 s"), (0.2504, "0.25 s"), (6.645722938, "6.65 s"), (59.999, "60 s"), (204.79, "3 min 25 s"),
      (7500, "2 h 5 min"), (86_400, "1 d"), (273_600, "3 d 4 h"), (Double.infinity, "inf s"),
    ])
  func duration(seconds: Double, expected: String) {
    #expect(Quantity.duration(seconds) == expected)
  }

  @Test(
    "decimals are cut to what was asked for",
    arguments: [
      (1.0, 2, "1"), (0.05, 2, "0.05"), (-0.004, 2, "0"), (-1.5, 1, "-1.5"), (12.3456, 3, "12.346"), (1e20, 1, "1e+20"),
    ])
  func decimal(number: Double, places: Int, expected: String) {
    #expect(Quantity.decimal(number, places: places) == expected)
  }

  @Test("an axis ends at a round number")
  func axis() {
    #expect(AxisScale(largest: 0).marks == [0, 1])
    #expect(AxisScale(largest: .nan).marks == [0, 1])
    #expect(AxisScale(largest: 1).marks == [0, 1])
    #expect(AxisScale(largest: 7).marks == [0, 2, 4, 6, 8])
    #expect(AxisScale(largest: 33_000).marks == [0, 10_000, 20_000, 30_000, 40_000])
    #expect(AxisScale(largest: 40_000).marks == [0, 10_000, 20_000, 30_000, 40_000])
  }

  private func cell(_ value: QueryValue, _ column: String) -> String {
    Cell(value, kind: ColumnKind(column: column), source: Fragment("query", "q")).content.markup
  }

  @Test("a quantity links to its query and has its exact value; what names something is left as it is")
  func cells() {
    let link = "<a class=\"n\" href=\"#query-q\" tabindex=\"-1\""
    #expect(cell(.integer(21_884), "client_bytes") == link + " title=\"21\u{202f}884 bytes\">21.9 kB</a>")
    #expect(cell(.integer(1234), "packets") == link + ">1\u{202f}234</a>")
    #expect(cell(.real(12.34), "share") == link + " title=\"12.34 %\">12.3 %</a>")
    #expect(cell(.integer(49163), "server_port") == "49163")
    #expect(cell(.integer(123456), "first_frame") == "123456")
    #expect(cell(.null, "bytes").isEmpty)
    #expect(
      cell(.text("2026-11-21 11:05:06.343700"), "first_time")
        == "<time datetime=\"2026-11-21T11:05:06.343Z\" title=\"2026-11-21 11:05:06.343700 UTC\">"
        + "2026-11-21 11:05:06.343</time>")
    #expect(
      cell(.text("2026-11-21 11:05:06"), "not_after_time")
        == "<time datetime=\"2026-11-21T11:05:06Z\">2026-11-21 11:05:06</time>")
    #expect(cell(.text("<i>"), "first_time") == "&lt;i&gt;")
    #expect(cell(.text("a.example,b.example"), "names") == "<code>a.example,<wbr />b.example</code>")
  }

  @Test("a very long text is cut, and says so")
  func long() {
    let text = String(repeating: "<", count: 100_000)
    let shown = String(repeating: "&lt;", count: ReportLimits.cellCharacters)
    #expect(cell(.text(text), "name") == "<code class=\"long\">\(shown)… (100\u{202f}000 characters)</code>")
  }

  @Test(
    "headings are words with their unit",
    arguments: [
      ("first_frame", "First frame"), ("time", "Time (UTC)"), ("rtt_ms", "RTT (ms)"), ("duration_s", "Duration"),
      ("ip", "Address"), ("sha256", "SHA-256"), ("bytes_per_s", "Bytes a second"), ("interval_s", "Interval"),
    ])
  func headings(column: String, expected: String) {
    #expect(ColumnHeading.text(column) == expected)
  }

  @Test(
    "a command line can be typed as it stands",
    arguments: [
      ("case.sqlite", "case.sqlite"), ("a b.sqlite", "'a b.sqlite'"), ("it's", "'it'\\''s'"), ("$(x)", "'$(x)'"),
      ("", "''"),
    ])
  func quoting(word: String, expected: String) {
    #expect(QueryCommandLine.quoted(word) == expected)
  }
}

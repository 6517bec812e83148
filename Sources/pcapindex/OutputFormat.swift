import ArgumentParser

/// How a query's rows are written.
enum OutputFormat: String, CaseIterable, ExpressibleByArgument {
  /// Columns under headings, for reading.
  case table
  /// A line for each column with its name, a blank line between rows: for rows that are wider than the screen.
  case line
  /// RFC 4180.
  case csv
  /// Tab-separated, tabs and line ends in values as `\t` and `\n`.
  case tsv
  /// One array of objects.
  case json
  /// One object a line.
  case jsonl
  /// A Markdown table.
  case markdown
}

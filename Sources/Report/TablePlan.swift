/// One table of the report: which query gives it, and how it is shown.
struct TablePlan {
  /// How the rows are laid out.
  enum Layout {
    /// A row each.
    case rows
    /// A table of its own each, a line for each column.
    case records
    /// Plots, one for each capture, with the rows folded away below.
    case timeline
  }

  /// Numbers that are drawn as a bar at the beginning of each row.
  struct Bar {
    /// Columns whose sum is the bar's length.
    var columns: [String]
    /// What their parts are called; one part needs no name.
    var names: [String]
  }

  /// How many of the rows are of a kind, said beside the figure in the summary.
  struct Tally {
    var selection: Selection
    /// `accepted`.
    var label: String
  }

  /// The canned query's name.
  var query: String
  /// The table's heading; nil: the query's title.
  var caption: String?
  /// What is counted.
  var noun: Noun
  /// Arguments of the query when the report runs it; those that it does not know are left out.
  var arguments: [(String, String)] = []
  /// Which of its rows are shown.
  var selection = Selection.all
  /// Arguments with which the query gives those rows alone, for the command line.
  var selecting: [(String, String)] = []
  /// Columns that are not shown.
  var leaving: Set<String> = []
  /// Columns that hold bytes without being called so.
  var byteColumns: Set<String> = []
  /// Most rows; nil: as the options say.
  var limit: Int?
  /// Whether only the first rows are asked for, so that nothing is known of how many there are.
  var isTop = false
  var layout = Layout.rows
  var bar: Bar?
  /// What the summary calls the number of rows; nil: it does not mention it.
  var figure: String?
  var tally: Tally?
  /// What is said where there are no rows; nil: the table is left out.
  var nothing: String?

  /// The place of the table's query in the page.
  var source: Fragment {
    selecting.isEmpty ? Fragment("query", query) : Fragment("query", query, selecting.map(\.1).joined(separator: "-"))
  }
}

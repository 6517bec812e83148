/// A part of the report under a heading of its own.
struct SectionPlan {
  /// Its place in the page.
  var id: Fragment
  var heading: String
  /// What it holds and how to read it.
  var lead: String
  var tables: [TablePlan]
}

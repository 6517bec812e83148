/// An index of the schema: what it is on, and where its B-tree begins.
struct IndexPlan {
  /// Its name.
  let name: String
  /// The table that it belongs to.
  let table: String
  /// The page of its root.
  let root: UInt32
  /// The columns that it is on; nil where one is an expression, descending, or of another collation than BINARY.
  let columns: [String]?
  /// Whether rows whose first column is NULL are left out.
  let skipsNull: Bool

  /// The indexes of a database with a name of their own, in the order in which they were made.
  static func all(in database: Database) throws(StoreError) -> [IndexPlan] {
    let rows = try database.prepare(
      """
      SELECT s.name, s.tbl_name, s.rootpage, s.sql, l.partial, (
        SELECT json_group_array(name) FROM (SELECT name FROM pragma_index_xinfo(s.name) WHERE "key" ORDER BY seqno)), (
        SELECT count(*) FROM pragma_index_xinfo(s.name) WHERE "key" AND (cid < 0 OR "desc" OR coll <> 'BINARY'))
      FROM sqlite_schema s JOIN pragma_index_list(s.tbl_name) l ON l.name = s.name
      WHERE s.type = 'index' AND s.sql IS NOT NULL
      ORDER BY s.rowid
      """)
    var plans: [IndexPlan] = []
    while try rows.step() {
      let isPartial = rows.integer(4) != 0
      var columns = rows.integer(6) == 0 ? try list(rows.text(5), in: database) : nil
      // Of conditions only "WHERE first column IS NOT NULL" is understood.
      if isPartial, let first = columns?.first, !rows.text(3).hasSuffix("WHERE \(first) IS NOT NULL") { columns = nil }
      plans.append(
        IndexPlan(
          name: rows.text(0), table: rows.text(1), root: UInt32(clamping: rows.integer(2)), columns: columns,
          skipsNull: isPartial))
    }
    return plans
  }

  private static func list(_ json: String, in database: Database) throws(StoreError) -> [String] {
    let rows = try database.prepare("SELECT value FROM json_each(?)")
    rows.bind(json, at: 1)
    var values: [String] = []
    while try rows.step() { values.append(rows.text(0)) }
    return values
  }
}

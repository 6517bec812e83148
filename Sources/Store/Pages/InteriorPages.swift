/// The pages above the leaves of a B-tree, built from the bottom up once all leaves are written.
enum InteriorPages {
  /// A page below, and the cell that stands between it and its right neighbour, without the pointer to the page. The
  /// last page of a level has none.
  struct Child {
    let page: UInt32
    var separator: [UInt8]
  }

  /// Writes as many levels above `children` as it takes; the topmost page becomes page `root`.
  ///
  /// A table's separators hold the greatest key of their page, and go up as copies; an index's are entries, and move.
  static func build(
    _ kind: BTreePage.Kind, above children: [Child], root: UInt32, file: PageFile
  ) throws(StoreError) {
    var page = BTreePage(kind, size: file.pageSize)
    let room = page.room + BTreePage.pointerSize
    var level = children
    while true {
      let groups = groups(level, room: room)
      var above: [Child] = []
      above.reserveCapacity(groups.count)
      var first = 0
      for count in groups {
        page.clear()
        let last = level[first + count - 1]
        for child in level[first..<first + count - 1] { add(child, to: &page) }
        let bytes = unsafe page.seal(rightChild: last.page)
        if groups.count == 1 { return try unsafe file.replace(root, with: bytes) }
        above.append(Child(page: try unsafe file.append(bytes), separator: last.separator))
        first += count
      }
      level = above
    }
  }

  private static func add(_ child: Child, to page: inout BTreePage) {
    // The cell's place has as many bytes as are written: the page's number and the separator.
    let place = unsafe page.addCell(4 + child.separator.count)
    unsafe place.storeBytes(of: child.page.bigEndian, as: UInt32.self)
    unsafe child.separator.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress { unsafe (place + 4).copyMemory(from: base, byteCount: bytes.count) }
    }
  }

  /// How many children each page of the next level gets, so that every page has at least one cell.
  private static func groups(_ children: [Child], room: Int) -> [Int] {
    var groups: [Int] = []
    var count = 0
    var used = 0
    for child in children {
      count += 1
      let size = 4 + child.separator.count + BTreePage.pointerSize
      // A child whose cell does not fit is its page's rightmost, which needs no cell.
      if used + size > room {
        groups.append(count)
        count = 0
        used = 0
      } else {
        used += size
      }
    }
    if count > 0 { groups.append(count) }
    if count == 1, groups.count > 1 {
      groups[groups.count - 2] -= 1
      groups[groups.count - 1] += 1
    }
    return groups
  }
}

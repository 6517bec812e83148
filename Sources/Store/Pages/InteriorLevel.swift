/// One level of interior pages of a B-tree (https://www.sqlite.org/fileformat2.html, section 1.6), built while the pages
/// below it are written: it keeps one page, and the level above it where there is one.
///
/// A table's separators hold the greatest key of their page; an index's are entries that part two pages.
final class InteriorLevel {
  /// A page below, and what parts it from its right neighbour: a cell without the pointer to the page. The last page of a
  /// level has none.
  struct Child {
    let page: UInt32
    let separator: [UInt8]
  }

  private static let pointerSize = 4

  private let kind: BTreePage.Kind
  private let file: PageFile
  private var page: BTreePage
  /// The page's rightmost child, to which no cell belongs.
  private var right: Child?
  /// The first child of the next page. The full one waits for the second, since a page must have a cell.
  private var next: Child?
  private var parent: InteriorLevel?

  /// A level without children.
  init(_ kind: BTreePage.Kind, file: PageFile) {
    self.kind = kind
    self.file = file
    page = BTreePage(kind, size: file.pageSize)
  }

  /// Adds the child behind those so far.
  func add(_ child: Child) throws(StoreError) {
    guard let right else {
      right = child
      return
    }
    if let first = next {
      try write(right)
      addCell(first)
      self.right = child
      next = nil
    } else if page.room >= InteriorLevel.pointerSize + right.separator.count {
      addCell(right)
      self.right = child
    } else {
      next = child
    }
  }

  private func addCell(_ child: Child) {
    // The cell's place has as many bytes as are written: the page's number and the separator.
    let place = unsafe page.addCell(InteriorLevel.pointerSize + child.separator.count)
    unsafe place.storeBytes(of: child.page.bigEndian, as: UInt32.self)
    unsafe child.separator.withUnsafeBytes { bytes in
      if let base = bytes.baseAddress {
        unsafe (place + InteriorLevel.pointerSize).copyMemory(from: base, byteCount: bytes.count)
      }
    }
  }

  /// Writes the page with its rightmost child, whose separator goes up, and begins the next one.
  private func write(_ right: Child) throws(StoreError) {
    let above = parent ?? InteriorLevel(kind, file: file)
    parent = above
    let number = try unsafe file.append(page.seal(rightChild: right.page))
    page.clear()
    try above.add(Child(page: number, separator: right.separator))
  }

  /// Completes this level, which has two children or more, and those above it; the topmost page becomes page `root`.
  func finish(root: UInt32) throws(StoreError) {
    guard var right else { return }
    if let last = next {
      // Alone it would make a page without a cell: the full page gives its rightmost child away.
      let cell = page.removeLastCell()
      let number = cell.prefix(InteriorLevel.pointerSize).reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      try write(Child(page: number, separator: Array(cell.dropFirst(InteriorLevel.pointerSize))))
      addCell(right)
      right = last
    }
    guard let parent else { return unsafe file.replace(root, with: page.seal(rightChild: right.page)) }
    try write(right)
    try parent.finish(root: root)
  }
}

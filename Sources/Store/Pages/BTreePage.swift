/// One page of a B-tree while cells are added to it in the order of their keys
/// (https://www.sqlite.org/fileformat2.html, section 1.6).
///
/// The caller sees to it that a cell fits: `room` says how many bytes are left, its place in the pointer array taken into
/// account.
@safe
struct BTreePage: ~Copyable {
  /// The page's first byte.
  enum Kind: UInt8 {
    case interiorIndex = 2
    case interiorTable = 5
    case leafIndex = 10
    case leafTable = 13

    var headerSize: Int { rawValue < 8 ? 12 : 8 }
  }

  /// Bytes of the pointer to a cell.
  static let pointerSize = 2

  let kind: Kind
  let size: Int
  // Freed in deinit. Every place in it is computed from `contentStart` and `cellCount`, which stay within `size`.
  private let memory: UnsafeMutableRawPointer
  private(set) var cellCount = 0
  private var contentStart: Int

  /// An empty page of `size` bytes.
  init(_ kind: Kind, size: Int) {
    self.kind = kind
    self.size = size
    contentStart = size
    unsafe memory = .allocate(byteCount: size, alignment: 16)
  }

  deinit {
    unsafe memory.deallocate()
  }

  /// Bytes that the next cell may have.
  @inline(__always)
  var room: Int { contentStart &- kind.headerSize &- BTreePage.pointerSize &* (cellCount &+ 1) }

  /// Adds a cell of `count` bytes, at most `room`, and returns where they go.
  @inline(__always)
  mutating func addCell(_ count: Int) -> UnsafeMutableRawPointer {
    contentStart &-= count
    let pointer = kind.headerSize &+ BTreePage.pointerSize &* cellCount
    unsafe memory.storeBytes(
      of: UInt16(truncatingIfNeeded: contentStart).bigEndian, toByteOffset: pointer, as: UInt16.self)
    cellCount &+= 1
    return unsafe memory + contentStart
  }

  /// Takes the cell that was added last off the page. There must be one.
  mutating func removeLastCell() -> [UInt8] {
    let end = cellCount > 1 ? start(ofCell: cellCount - 2) : size
    let cell = unsafe [UInt8](UnsafeRawBufferPointer(start: memory + contentStart, count: end - contentStart))
    contentStart = end
    cellCount -= 1
    return cell
  }

  private func start(ofCell index: Int) -> Int {
    let offset = kind.headerSize + BTreePage.pointerSize * index
    let start = Int(UInt16(bigEndian: unsafe memory.load(fromByteOffset: offset, as: UInt16.self)))
    return start == 0 ? size : start
  }

  /// Writes the header and returns the page's bytes, which stand until the next change.
  mutating func seal(rightChild: UInt32 = 0) -> UnsafeRawPointer {
    unsafe memory.storeBytes(of: kind.rawValue, as: UInt8.self)
    unsafe memory.storeBytes(of: 0, toByteOffset: 1, as: UInt16.self)
    unsafe memory.storeBytes(of: UInt16(truncatingIfNeeded: cellCount).bigEndian, toByteOffset: 3, as: UInt16.self)
    // 65,536 is written as 0.
    unsafe memory.storeBytes(of: UInt16(truncatingIfNeeded: contentStart).bigEndian, toByteOffset: 5, as: UInt16.self)
    unsafe memory.storeBytes(of: 0, toByteOffset: 7, as: UInt8.self)
    if kind.headerSize == 12 { unsafe memory.storeBytes(of: rightChild.bigEndian, toByteOffset: 8, as: UInt32.self) }
    let gap = kind.headerSize + BTreePage.pointerSize * cellCount
    unsafe (memory + gap).initializeMemory(as: UInt8.self, repeating: 0, count: contentStart - gap)
    return unsafe UnsafeRawPointer(memory)
  }

  /// Makes it an empty page.
  mutating func clear() {
    cellCount = 0
    contentStart = size
  }
}

/// Memory in which the record of an index's entry is made from its sort key.
@safe
struct IndexRecord: ~Copyable {
  /// Most values of an entry, the rowid included.
  static let maximumValues = 16
  /// Bytes before the values, for the header: its length and the types.
  private static let headRoom = 2 + maximumValues * Varint.maximumSize
  /// Bytes behind the values that may be written over.
  private static let slack = 8

  // Freed in deinit; has `headRoom`, then `capacity` bytes for values and the slack.
  private var memory: UnsafeMutableRawPointer
  // Types while they are gathered; freed in deinit.
  private let types: UnsafeMutableRawPointer
  private var capacity = 256

  init() {
    unsafe memory = .allocate(byteCount: IndexRecord.headRoom + capacity + IndexRecord.slack, alignment: 16)
    unsafe types = .allocate(byteCount: IndexRecord.headRoom, alignment: 16)
  }

  deinit {
    unsafe memory.deallocate()
    unsafe types.deallocate()
  }

  /// The record of the values in `key`, of which there are at most `maximumValues`; it stands until the next one is made.
  @inline(__always)
  mutating func make(from key: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    if key.count &+ IndexRecord.maximumValues > capacity { grow(to: key.count + IndexRecord.maximumValues) }
    let body = unsafe memory + IndexRecord.headRoom
    var (taken, size) = (0, 0)
    var type = unsafe types
    while taken < key.count {
      // A value takes at most a byte more than its key, and an integer is written as eight: there is room for both.
      let value = unsafe SortKey.read(UnsafeRawBufferPointer(rebasing: key[taken...]), to: body + size)
      taken &+= value.taken
      size &+= value.size
      unsafe type = Varint.write(value.type, to: type)
    }
    let typeSize = unsafe type - types
    // The length of the header counts itself: one byte, or two where the types fill more than 126.
    let head = typeSize &+ (typeSize > 126 ? 2 : 1)
    let start = unsafe body - head
    let place = unsafe Varint.write(UInt64(head), to: start)
    unsafe place.copyMemory(from: types, byteCount: typeSize)
    return unsafe UnsafeRawBufferPointer(start: start, count: head &+ size)
  }

  private mutating func grow(to wanted: Int) {
    capacity = wanted * 2
    unsafe memory.deallocate()
    unsafe memory = .allocate(byteCount: IndexRecord.headRoom + capacity + IndexRecord.slack, alignment: 16)
  }
}

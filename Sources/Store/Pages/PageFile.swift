import Glibc

/// The file of a new database while its pages are written directly: gives out page numbers and writes pages in large
/// blocks (https://www.sqlite.org/fileformat2.html, section 1).
///
/// SQLite has made the file with its schema and closed it; `finish` leaves it as a file that SQLite opens.
@safe
final class PageFile {
  /// Pages that are written at once.
  private static let pagesPerWrite = 64
  /// Where SQLite locks bytes: the page that holds this offset is never used.
  private static let lockByte = 0x4000_0000
  /// Places in the file's header: the change counter, the database's size in pages, the counter that the size is valid for.
  private static let header = (size: 100, changeCounter: 24, pageCount: 28, validFor: 92)

  /// Bytes of a page; none is reserved at its end.
  let pageSize: Int

  private let name: String
  private let descriptor: Int32
  private let lockPage: UInt32
  private let pageLimit: UInt32
  private var lastPage: UInt32
  private let writer: BlockWriter
  private var firstBuffered: UInt32
  private var buffered = 0
  /// Pages to be replaced: the roots of tables and indexes.
  private var replaced: [(number: UInt32, bytes: [UInt8])] = []

  /// Opens the database at `path` for adding pages behind those it has.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - name: what errors call it.
  ///   - pageSize: bytes of a page.
  ///   - pageCount: pages that it has.
  ///   - pageLimit: pages that it may have.
  init(path: String, name: String, pageSize: Int, pageCount: UInt32, pageLimit: UInt32) throws(StoreError) {
    // C calls with a name and a lock that live for the calls.
    let file = unsafe open(path, O_RDWR | O_CLOEXEC)
    guard file >= 0 else { throw StoreError(name, errno: errno) }
    // Tells other ingests that the file is no leftover; SQLite holds its own lock before and after.
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    _ = unsafe fcntl(file, F_SETLK, &lock)
    self.name = name
    self.pageSize = pageSize
    descriptor = file
    lockPage = UInt32(clamping: PageFile.lockByte / pageSize + 1)
    self.pageLimit = pageLimit
    lastPage = pageCount
    firstBuffered = pageCount + 1
    writer = BlockWriter(descriptor: file, name: name, blockSize: pageSize * PageFile.pagesPerWrite)
  }

  deinit {
    // What is under way is of no use any more, but must not meet a closed file.
    try? writer.finish()
    close(descriptor)
  }

  /// The number that the page appended after page `number` gets.
  func number(after number: UInt32) -> UInt32 {
    number + 1 == lockPage ? number + 2 : number + 1
  }

  /// Adds a page of `pageSize` bytes and returns its number.
  func append(_ page: UnsafeRawPointer) throws(StoreError) -> UInt32 {
    let number = number(after: lastPage)
    guard number <= pageLimit else {
      throw StoreError(name, .full, "the disk is full (the database has \(lastPage) pages)")
    }
    if number != lastPage + 1 { try unsafe place(nil) }
    try unsafe place(page)
    lastPage = number
    return number
  }

  /// Adds a page to the buffer; nil is the lock page, which stays empty.
  private func place(_ page: UnsafeRawPointer?) throws(StoreError) {
    // Room for one page is left, since a full buffer is written at once; a page has `pageSize` bytes.
    let place = unsafe writer.block + buffered * pageSize
    if let page = unsafe page {
      unsafe place.copyMemory(from: page, byteCount: pageSize)
    } else {
      unsafe place.initializeMemory(as: UInt8.self, repeating: 0, count: pageSize)
    }
    buffered += 1
    if buffered == PageFile.pagesPerWrite { try flush() }
  }

  private func flush() throws(StoreError) {
    try writer.submit(count: buffered * pageSize, at: Int(firstBuffered - 1) * pageSize)
    firstBuffered += UInt32(buffered)
    buffered = 0
  }

  /// Replaces page `number`, one that the file had from the start, when all else is written: before, the system would have one
  /// of two threads that write to one file wait for the other.
  func replace(_ number: UInt32, with page: UnsafeRawPointer) {
    unsafe replaced.append((number, Array(UnsafeRawBufferPointer(start: page, count: pageSize))))
  }

  /// Writes a payload's rest into a chain of overflow pages (section 1.6 of the format) and returns the first's number.
  func appendOverflow(_ rest: UnsafeRawBufferPointer) throws(StoreError) -> UInt32 {
    // The page is this function's own; each part copied into it has at most `pageSize` - 4 bytes.
    let page = UnsafeMutableRawPointer.allocate(byteCount: pageSize, alignment: 16)
    defer { unsafe page.deallocate() }
    var first: UInt32 = 0
    var start = 0
    while start < rest.count {
      let count = min(pageSize - 4, rest.count - start)
      let isLast = start + count == rest.count
      let next = isLast ? 0 : self.number(after: self.number(after: lastPage))
      unsafe page.storeBytes(of: next.bigEndian, as: UInt32.self)
      if let base = rest.baseAddress { unsafe (page + 4).copyMemory(from: base + start, byteCount: count) }
      if isLast {
        unsafe (page + 4 + count).initializeMemory(as: UInt8.self, repeating: 0, count: pageSize - 4 - count)
      }
      let number = try unsafe append(page)
      if first == 0 { first = number }
      start += count
    }
    return first
  }

  /// Writes what is buffered, the pages to be replaced, and the database's new size into its header.
  func finish() throws(StoreError) {
    try flush()
    try writer.finish()
    for (number, bytes) in replaced { try write(bytes, at: Int(number - 1) * pageSize) }
    replaced = []
    var header = [UInt8](repeating: 0, count: PageFile.header.size)
    // C call: reads at most as many bytes as the array has.
    let got = unsafe header.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, 0) }
    guard got == header.count else { throw StoreError(name, errno: got < 0 ? errno : EIO) }
    let counter = PageFile.number(in: header, at: PageFile.header.changeCounter) &+ 1
    PageFile.put(counter, into: &header, at: PageFile.header.changeCounter)
    PageFile.put(lastPage, into: &header, at: PageFile.header.pageCount)
    PageFile.put(counter, into: &header, at: PageFile.header.validFor)
    try write(header, at: 0)
  }

  private func write(_ bytes: [UInt8], at offset: Int) throws(StoreError) {
    var failure: StoreError?
    // The bytes are the array's own and live for the call.
    unsafe bytes.withUnsafeBytes { buffer in
      guard let base = buffer.baseAddress else { return }
      do throws(StoreError) {
        try unsafe BlockWriter.write(base, count: buffer.count, at: offset, to: descriptor, name: name)
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }

  private static func number(in bytes: [UInt8], at offset: Int) -> UInt32 {
    bytes[offset..<offset + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func put(_ number: UInt32, into bytes: inout [UInt8], at offset: Int) {
    for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * index)) }
  }
}

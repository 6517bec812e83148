/// A cursor over borrowed bytes that reads integers in network byte order and throws a `Fault` where they end.
///
/// It copies nothing and allocates nothing until it throws. All reads consume from the front; `offset` says how far.
public struct ByteReader: ~Escapable {
  @usableFromInline let span: RawSpan
  @usableFromInline let layer: StaticString
  @usableFromInline var position: Int

  /// A reader at the start of `span`; `layer` names the structure in faults.
  @inlinable
  @_lifetime(copy span)
  public init(_ span: RawSpan, layer: StaticString) {
    self.span = span
    self.layer = layer
    self.position = 0
  }

  /// Bytes consumed so far.
  @inlinable public var offset: Int { position }

  /// Bytes left.
  @inlinable public var remaining: Int { span.byteCount &- position }

  /// The bytes that were given to the initializer.
  @inlinable public var whole: RawSpan {
    @_lifetime(copy self) get { span }
  }

  /// The bytes not consumed yet.
  @inlinable public var rest: RawSpan {
    @_lifetime(copy self) get { span.part(from: position) }
  }

  /// A fault at the place reached so far.
  public func fault(_ reason: Fault.Reason, _ detail: String) -> Fault {
    Fault(layer, reason, at: position, detail)
  }

  /// Throws `truncated` unless `count` bytes are left. A negative count is malformed.
  @inlinable
  public func require(_ count: Int) throws(Fault) {
    guard count >= 0, count <= remaining else { throw shortage(count) }
  }

  @usableFromInline
  func shortage(_ count: Int) -> Fault {
    count < 0
      ? fault(.malformed, "a length below zero") : fault(.truncated, "\(count) bytes wanted, \(remaining) left")
  }

  /// The next byte.
  @inlinable
  public mutating func u8() throws(Fault) -> UInt8 {
    guard let value = span.u8(at: position) else { throw shortage(1) }
    position &+= 1
    return value
  }

  /// The next 16 bits, big-endian.
  @inlinable
  public mutating func u16() throws(Fault) -> UInt16 {
    guard let value = span.u16(at: position) else { throw shortage(2) }
    position &+= 2
    return value
  }

  /// The next 24 bits, big-endian.
  @inlinable
  public mutating func u24() throws(Fault) -> UInt32 {
    guard let high = span.u16(at: position), let low = span.u8(at: position &+ 2) else { throw shortage(3) }
    position &+= 3
    return UInt32(high) << 8 | UInt32(low)
  }

  /// The next 32 bits, big-endian.
  @inlinable
  public mutating func u32() throws(Fault) -> UInt32 {
    guard let value = span.u32(at: position) else { throw shortage(4) }
    position &+= 4
    return value
  }

  /// The next 64 bits, big-endian.
  @inlinable
  public mutating func u64() throws(Fault) -> UInt64 {
    guard let value = span.u64(at: position) else { throw shortage(8) }
    position &+= 8
    return value
  }

  /// The next `count` bytes, borrowed.
  @inlinable
  @_lifetime(copy self)
  public mutating func bytes(_ count: Int) throws(Fault) -> RawSpan {
    try require(count)
    let taken = span.part(from: position, to: position &+ count)
    position &+= count
    return taken
  }

  /// Passes over `count` bytes.
  @inlinable
  public mutating func skip(_ count: Int) throws(Fault) {
    try require(count)
    position &+= count
  }

  /// Moves to `offset` bytes from the start, forward or back.
  @inlinable
  public mutating func seek(to offset: Int) throws(Fault) {
    guard offset >= 0, offset <= span.byteCount else {
      throw fault(.truncated, "offset \(offset) lies outside \(span.byteCount) bytes")
    }
    position = offset
  }
}

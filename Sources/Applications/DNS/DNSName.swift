import Bytes

/// Domain names on the wire (RFC 1035, sections 3.1 and 4.1.4).
///
/// ```
/// name    = *label ( root / pointer )
/// label   = length(1...63) 1*63OCTET
/// root    = %x00
/// pointer = 2 bits of one, 14 bits of offset from the start of the message
/// ```
enum DNSName {
  /// Bytes of a name without compression, length bytes and root included (RFC 1035, section 3.1).
  static let lengthLimit = 255
  /// Labels of a name; 127 fit into its length.
  static let labelLimit = 128
  /// Pointers followed in one name: more than its labels have no honest use, and a chain of thousands costs time.
  static let pointerLimit = 128

  /// The bytes of names that one message of `length` bytes may unfold to. Compression lets a few bytes stand for 255 of
  /// them, so that without a limit 64 KiB become several MiB.
  static func budget(length: Int) -> Int {
    4096 + 16 * length
  }

  /// The offset behind the name at `start`, or nil where there is no valid one; pointers are checked but not followed.
  static func end(_ message: RawSpan, at start: Int) -> Int? {
    var position = start
    while let size = message.u8(at: position) {
      if size == 0 { return position - start < lengthLimit ? position + 1 : nil }
      if size >= 0xc0 {
        guard let pointer = message.u16(at: position), Int(pointer & 0x3fff) >= DNSHeader.size,
          Int(pointer & 0x3fff) < start
        else {
          return nil
        }
        return position + 2
      }
      guard size < 0x40, position - start < lengthLimit else { return nil }
      position += Int(size) + 1
    }
    return nil
  }
}

extension DNSText {
  /// Bytes that the text of a name may take: each byte of a label may get a backslash before it, and labels are written
  /// in whole words.
  private static let nameRoom = 2 * DNSName.lengthLimit + 8

  /// Appends the name at `start` of `message`, labels as sent with a dot between them; a dot or backslash inside a label
  /// gets a backslash before it. The root is `.`. Pointers must lead to before the name (or the part of it) that they
  /// stand in, which also means that they cannot form a loop.
  ///
  /// - Parameter work: bytes that names may still unfold to; what this one takes is subtracted.
  /// - Returns: the offset behind the name.
  mutating func append(nameOf message: RawSpan, at start: Int, work: inout Int) throws(Fault) -> Int {
    reserve(DNSText.nameRoom)
    var behind = count
    var room = storage.mutableSpan
    // Any bytes make a [UInt8].
    var bytes = unsafe room.mutableBytes
    var position = start
    var end = -1
    var length = 1
    var labels = 0
    var pointers = 0
    var partStart = start
    while let size = message.u8(at: position) {
      work &-= 1
      guard work > 0 else { throw DNSText.fault(.limit, position, "names unfold to too much") }
      if size == 0 {
        if labels == 0 { bytes.append(0x2e, at: &behind) }
        count = behind
        return end < 0 ? position &+ 1 : end
      }
      if size < 0x40 {
        length &+= Int(size) &+ 1
        labels &+= 1
        guard length <= DNSName.lengthLimit, labels <= DNSName.labelLimit else {
          throw DNSText.fault(.malformed, position, "a name too long")
        }
        if labels > 1 { bytes.append(0x2e, at: &behind) }
        position &+= 1
        let labelEnd = position &+ Int(size)
        guard labelEnd <= message.byteCount else {
          throw DNSText.fault(.truncated, position, "a label goes over the end")
        }
        bytes.append(message, from: position, to: labelEnd, escaping: 0x2e, 0x5c, at: &behind)
        work &-= Int(size)
        position = labelEnd
      } else if size >= 0xc0 {
        guard let pointer = message.u16(at: position) else { break }
        let target = Int(pointer & 0x3fff)
        if end < 0 { end = position &+ 2 }
        pointers &+= 1
        guard target < partStart else { throw DNSText.fault(.malformed, position, "a pointer that does not lead back") }
        guard target >= DNSHeader.size else { throw DNSText.fault(.malformed, position, "a pointer into the header") }
        guard pointers <= DNSName.pointerLimit else {
          throw DNSText.fault(.malformed, position, "too many pointers in a name")
        }
        partStart = target
        position = target
      } else {
        throw DNSText.fault(.malformed, position, "a label of unknown kind")
      }
    }
    throw DNSText.fault(.truncated, position, "a name goes over the end")
  }

  private static func fault(_ reason: Fault.Reason, _ offset: Int, _ detail: String) -> Fault {
    Fault("DNS name", reason, at: offset, detail)
  }
}

/// Encodes a row of `frames` in SQLite's record format (https://www.sqlite.org/fileformat2.html, section 2.1).
enum FrameRecord {
  /// The columns in their order, which is the schema's.
  static let columns = [
    "id", "capture_id", "number", "ts", "length", "captured_length", "flow_id", "from_client", "payload_length",
    "tcp_flags", "tcp_seq", "tcp_ack", "tcp_window", "interface_id",
  ]

  /// Most bytes that `encode` writes, what it writes beyond a record's end included.
  static let capacity = 128

  /// Writes the record of `frame` to `place`, which has `capacity` bytes, and returns how many it has. NULLs at the end are
  /// left out, as the format allows: most frames have no interface, and many no TCP.
  @inline(__always)
  static func encode(_ frame: FrameRow, captureID: Int64, to place: UnsafeMutableRawPointer) -> Int {
    let columnCount = frame.interfaceID != 0 ? columns.count : frame.isTCP ? tcpColumnCount : frameColumnCount
    // The header is its own length and a serial type for each column; at most thirteen values of eight bytes follow, and
    // each is written as eight.
    let headerSize = columnCount + 1
    var values = unsafe Values(header: place + 2, body: place + headerSize)
    unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: headerSize), as: UInt8.self)
    // The key's value stands in the cell.
    unsafe place.storeBytes(of: 0, toByteOffset: 1, as: UInt8.self)
    unsafe values.add(captureID)
    unsafe values.add(frame.number)
    if frame.time != FrameRow.noTime { unsafe values.add(frame.time) } else { unsafe values.addNull() }
    unsafe values.add(Int64(frame.length))
    unsafe values.add(Int64(frame.capturedLength))
    if frame.flowID != 0 { unsafe values.add(frame.flowID) } else { unsafe values.addNull() }
    if frame.fromClient != FrameRow.noSide {
      unsafe values.add(Int64(frame.fromClient))
    } else {
      unsafe values.addNull()
    }
    if frame.payloadLength >= 0 { unsafe values.add(Int64(frame.payloadLength)) } else { unsafe values.addNull() }
    if frame.isTCP {
      unsafe values.add(Int64(frame.flags))
      unsafe values.add(Int64(frame.sequence))
      unsafe values.add(Int64(frame.acknowledgment))
      unsafe values.add(Int64(frame.window))
    } else if frame.interfaceID != 0 {
      for _ in 0..<4 { unsafe values.addNull() }
    }
    if frame.interfaceID != 0 { unsafe values.add(frame.interfaceID) }
    return unsafe values.body - place
  }

  /// Columns up to the window, and up to the payload's length.
  private static let tcpColumnCount = 13
  private static let frameColumnCount = 9

  /// Where the next serial type and the next value go.
  @unsafe
  private struct Values {
    var header: UnsafeMutableRawPointer
    var body: UnsafeMutableRawPointer

    @inline(__always)
    mutating func addNull() {
      unsafe header.storeBytes(of: 0, as: UInt8.self)
      unsafe header += 1
    }

    @inline(__always)
    mutating func add(_ value: Int64) {
      let (type, size) = SerialType.integer(value)
      unsafe header.storeBytes(of: type, as: UInt8.self)
      unsafe header += 1
      // The value's own bytes come first, what is written behind them is the next value's place.
      let shifted = size == 0 ? 0 : value << Int64(64 &- 8 &* size)
      unsafe body.storeBytes(of: shifted.bigEndian, as: Int64.self)
      unsafe body += size
    }
  }
}

import Bytes
import CaptureFiles
import Glibc
import Testing

/// Bytes under construction, integers in the byte order of the file that they become.
struct Builder {
  var bytes: [UInt8] = []
  var isLittleEndian = true

  mutating func u8(_ value: UInt8) { bytes.append(value) }
  mutating func u16(_ value: Int) { integer(UInt16(truncatingIfNeeded: value)) }
  mutating func u32(_ value: Int) { integer(UInt32(truncatingIfNeeded: value)) }
  mutating func u64(_ value: Int64) { integer(UInt64(bitPattern: value)) }
  mutating func append(_ more: [UInt8]) { bytes += more }

  private mutating func integer(_ value: some FixedWidthInteger) {
    let size = value.bitWidth / 8
    for index in 0..<size {
      let shift = 8 * (isLittleEndian ? index : size - 1 - index)
      bytes.append(UInt8(truncatingIfNeeded: value >> shift))
    }
  }
}

/// A pcap file, record by record.
struct PcapBuilder {
  var file = Builder()
  var trailer: [UInt8] = []

  init(
    magic: Int = 0xa1b2_c3d4, littleEndian: Bool = true, version: (Int, Int) = (2, 4), snaplen: Int = 65535,
    linkType: Int = 1
  ) {
    file.isLittleEndian = littleEndian
    file.u32(magic)
    file.u16(version.0)
    file.u16(version.1)
    file.u64(0)
    file.u32(snaplen)
    file.u32(linkType)
  }

  var bytes: [UInt8] { file.bytes }

  mutating func record(_ seconds: Int, _ fraction: Int, _ data: [UInt8], captured: Int? = nil, length: Int? = nil) {
    file.u32(seconds)
    file.u32(fraction)
    file.u32(captured ?? data.count)
    file.u32(length ?? data.count)
    file.append(trailer)
    file.append(data)
  }
}

/// A pcapng file, block by block.
struct PcapngBuilder {
  var file = Builder()

  /// Begins with a section of that byte order.
  init(littleEndian: Bool = true) { section(littleEndian: littleEndian) }

  var bytes: [UInt8] { file.bytes }

  mutating func section(littleEndian: Bool, version: (Int, Int) = (1, 0), length: Int64 = -1) {
    file.isLittleEndian = littleEndian
    block(0x0a0d_0d0a) { body in
      body.u32(0x1a2b_3c4d)
      body.u16(version.0)
      body.u16(version.1)
      body.u64(length)
    }
  }

  mutating func interface(_ linkType: Int, snaplen: Int = 0, options: [(Int, [UInt8])] = []) {
    block(1) { body in
      body.u16(linkType)
      body.u16(0)
      body.u32(snaplen)
      for (code, value) in options {
        body.u16(code)
        body.u16(value.count)
        body.append(value + [UInt8](repeating: 0, count: (4 - value.count % 4) % 4))
      }
      if !options.isEmpty { body.u32(0) }
    }
  }

  mutating func enhanced(_ interface: Int, _ ticks: UInt64, _ data: [UInt8], captured: Int? = nil, length: Int? = nil) {
    block(6) { body in
      body.u32(interface)
      body.u32(Int(ticks >> 32))
      body.u32(Int(ticks & 0xffff_ffff))
      body.u32(captured ?? data.count)
      body.u32(length ?? data.count)
      body.append(data)
    }
  }

  mutating func obsolete(_ interface: Int, drops: Int, _ ticks: UInt64, _ data: [UInt8], length: Int) {
    block(2) { body in
      body.u16(interface)
      body.u16(drops)
      body.u32(Int(ticks >> 32))
      body.u32(Int(ticks & 0xffff_ffff))
      body.u32(data.count)
      body.u32(length)
      body.append(data)
    }
  }

  mutating func simple(_ data: [UInt8], length: Int) {
    block(3) { body in
      body.u32(length)
      body.append(data)
    }
  }

  mutating func block(_ type: Int, _ build: (inout Builder) -> Void) {
    var body = Builder(isLittleEndian: file.isLittleEndian)
    build(&body)
    while body.bytes.count % 4 != 0 { body.u8(0) }
    file.u32(type)
    file.u32(body.bytes.count + 12)
    file.append(body.bytes)
    file.u32(body.bytes.count + 12)
  }
}

/// A gzip member (RFC 1952) whose deflate blocks are stored, as few as hold `data`.
func gzipMember(_ data: [UInt8]) -> [UInt8] {
  var member = Builder(bytes: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
  var start = 0
  repeat {
    let end = min(start + 65535, data.count)
    member.u8(end == data.count ? 1 : 0)
    member.u16(end - start)
    member.u16(~(end - start))
    member.append(Array(data[start..<end]))
    start = end
  } while start < data.count
  var crc: UInt32 = ~0
  for byte in data {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
  }
  member.u32(Int(~crc))
  member.u32(data.count)
  return member.bytes
}

/// Calls `body` with the path of a file that holds `bytes`, and removes it again.
func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
  var template = Array("\(temporaryFolder)/capturefiles-XXXXXX".utf8CString)
  let descriptor = mkstemp(&template)
  try #require(descriptor >= 0)
  let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  defer { unlink(path) }
  var written = 0
  while written < bytes.count {
    let count = bytes[written...].withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    try #require(count > 0)
    written += count
  }
  close(descriptor)
  return try body(path)
}

private var temporaryFolder: String {
  getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
}

/// A frame as the tests compare it.
struct Seen: Equatable {
  var number: Int
  var time: Int64?
  var length: Int
  var data: [UInt8]
  var linkType: UInt16 = 1
  var interface = 0
}

/// All that a capture gave.
struct Reading {
  var frames: [Seen] = []
  var positions: [Int64] = []
  var interfaces: [CaptureInterface] = []
  var format: CaptureFormat
  var end: CaptureEnd
  var digest: String
  var size: Int64
}

/// Reads a capture that consists of `bytes`.
func read(_ bytes: [UInt8]) throws -> Reading {
  try withFile(bytes) { try read(path: $0) }
}

/// Reads the capture at `path`.
func read(path: String) throws -> Reading {
  let reader = try CaptureReader(path: path)
  var frames: [Seen] = []
  var positions: [Int64] = []
  let end = reader.forEachFrame { frame, bytes in
    #expect(frame.capturedLength == bytes.byteCount)
    #expect(reader.interfaces[frame.interface].linkType == frame.linkType)
    frames.append(
      Seen(
        number: frame.number, time: frame.timestamp, length: frame.length, data: bytes.copied(),
        linkType: frame.linkType, interface: frame.interface))
    positions.append(frame.position)
    return true
  }
  let (digest, size) = reader.finish()
  return Reading(
    frames: frames, positions: positions, interfaces: reader.interfaces, format: reader.format, end: end,
    digest: digest, size: size)
}

/// The error with which a file of `bytes` is refused.
func refusal(_ bytes: [UInt8]) throws -> CaptureFileError {
  try withFile(bytes) { path in
    try #require(throws: CaptureFileError.self) { _ = try CaptureReader(path: path) }
  }
}

/// SplitMix64: the same numbers for a seed on every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var value = state
    value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
    return value ^ value >> 31
  }
}

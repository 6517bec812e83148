import CaptureFiles
import Testing

@Suite("files that are no capture") struct RefusalTests {
  @Test("a missing file, a folder and an unreadable file are told apart")
  func system() throws {
    #expect(throws: CaptureFileError.noSuchFile(path: "/nowhere/x.pcap")) {
      _ = try CaptureReader(path: "/nowhere/x.pcap")
    }
    #expect(throws: CaptureFileError.isDirectory(path: "/")) { _ = try CaptureReader(path: "/") }
    #expect(throws: CaptureFileError.unreadable(path: "/proc/self/mem", reason: "Input/output error")) {
      _ = try CaptureReader(path: "/proc/self/mem")
    }
    #expect(throws: CaptureFileError.noSuchFile(path: "/nowhere/x")) {
      _ = try FileDigest.sha256(ofFileAt: "/nowhere/x")
    }
  }

  @Test("an empty file is empty, compressed or not")
  func empty() throws {
    guard case .empty = try refusal([]) else { throw Wrong() }
    guard case .empty = try refusal(gzipMember([])) else { throw Wrong() }
  }

  @Test(
    "what else a file may be is named",
    arguments: [
      ("SQLite format 3\0", "a SQLite database"),
      ("snoop\0\0\0\0\0\0\u{2}", "a snoop capture"),
      ("PK\u{3}\u{4}....", "a ZIP archive"),
      ("10:15:01.000000 IP 10.0.0.1.80 > 10.0.0.2.1234: Flags [S]\n", "text"),
      ("\u{1}\u{2}\u{3}", nil),
    ] as [(String, String?)])
  func other(content: String, name: String?) throws {
    guard case .notACapture(_, let looksLike, nil) = try refusal(Array(content.utf8)) else { throw Wrong() }
    #expect(looksLike == name)
    guard case .notACapture(_, let inside, .gzip) = try refusal(gzipMember(Array(content.utf8))) else { throw Wrong() }
    #expect(inside == name)
  }

  @Test(
    "a compression that is not read is named",
    arguments: [
      ([0x1f, 0x9d, 0x90, 0, 0], "compress (.Z)"), ([0x02, 0x21, 0x4c, 0x18, 0], "LZ4's legacy format"),
    ] as [([UInt8], String)])
  func compression(bytes: [UInt8], name: String) throws {
    guard case .unsupportedCompression(_, let found) = try refusal(bytes) else { throw Wrong() }
    #expect(found == name)
  }

  @Test("a header that is cut, damaged or of another version is told")
  func headers() throws {
    guard case .truncatedHeader(_, .pcap, 23) = try refusal(Array(PcapBuilder().bytes.dropLast())) else {
      throw Wrong()
    }
    guard case .truncatedHeader(_, .pcapng, 27) = try refusal(Array(PcapngBuilder().bytes.dropLast())) else {
      throw Wrong()
    }
    guard case .unsupportedVersion(_, .pcap, "1.4") = try refusal(PcapBuilder(version: (1, 4)).bytes) else {
      throw Wrong()
    }
    var version = PcapngBuilder()
    version.file.bytes[12] = 3
    guard case .unsupportedVersion(_, .pcapng, "3.0") = try refusal(version.bytes) else { throw Wrong() }
    var order = PcapngBuilder()
    order.file.bytes[8] = 3
    guard case .notACapture = try refusal(order.bytes) else { throw Wrong() }
    guard case .damagedCompression = try refusal([0x1f, 0x8b, 8, 0xff, 1, 2, 3]) else { throw Wrong() }
    guard case .damagedCompression = try refusal([0x1f, 0x8b, 9, 0, 1, 2, 3, 4, 5, 6, 7]) else { throw Wrong() }
  }

  @Test("each message is one line that names the file and the reason")
  func messages() {
    #expect(CaptureFileError.noSuchFile(path: "a.pcap").description == "a.pcap: no such file")
    #expect(CaptureFileError.isDirectory(path: "d").description == "d: is a directory, not a capture")
    #expect(
      CaptureFileError.unreadable(path: "-", reason: "Is a directory").description
        == "standard input: cannot be read: Is a directory")
    #expect(CaptureFileError.empty(path: "a\n\u{1b}[31m").description == "a\u{fffd}\u{fffd}[31m: is empty")
    #expect(
      CaptureFileError.notACapture(path: "x.db", looksLike: "a SQLite database", inside: nil).description
        == "x.db: not a pcap or pcapng capture; it looks like a SQLite database")
    #expect(
      CaptureFileError.notACapture(path: "x", looksLike: nil, inside: .xz).description
        == "x: not a pcap or pcapng capture compressed with xz")
    #expect(
      CaptureFileError.unsupportedCompression(path: "x.zst", name: "zstd").description
        == "x.zst: compressed with zstd, which is not supported; decompress it first")
    #expect(
      CaptureFileError.truncatedHeader(path: "x", format: .pcap, size: 9).description
        == "x: a pcap capture that is cut off in its file header, after 9 bytes")
    #expect(
      CaptureFileError.unsupportedVersion(path: "x", format: .pcapng, version: "2.0").description
        == "x: pcapng version 2.0 is not supported")
    #expect(
      CaptureFileError.damagedCompression(path: "x", reason: "gzip: r").description
        == "x: the compressed data is damaged: gzip: r")
  }

  struct Wrong: Error {}
}

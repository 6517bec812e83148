import Bytes
import CaptureFiles
import Testing

@Suite("filter") struct CaptureFilterTests {
  /// An IPv4 TCP segment from 10.0.0.1:1989 to 10.0.0.2:80, without the link layer.
  static let segment: [UInt8] =
    [0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]
    + [0x07, 0xc5, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0, 0, 0, 0, 0, 0]
  static let ethernet: [UInt8] = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0] + segment

  private func passes(_ filter: CaptureFilter, _ bytes: [UInt8], length: Int) -> Bool {
    filter.matches(bytes.bytes, length: length)
  }

  @Test(
    "frames pass by their content",
    arguments: [
      ("tcp port 80", true), ("tcp port 21", false), ("udp", false), ("host 10.0.0.2 and tcp", true), ("", true),
      ("tcp[tcpflags] & tcp-syn != 0", true), ("ether src 02:00:00:00:00:02", true), ("less 53", false),
      ("greater 54", true),
    ])
  func ethernet(expression: String, passes: Bool) throws {
    let filter = try CaptureFilter(expression, linkType: 1, snaplen: 0)
    #expect(self.passes(filter, Self.ethernet, length: Self.ethernet.count) == passes)
  }

  @Test("raw IP is known by its number in files", arguments: [UInt16(101), 12])
  func rawIP(linkType: UInt16) throws {
    let filter = try CaptureFilter("src port 1989", linkType: linkType, snaplen: 65535)
    #expect(passes(filter, Self.segment, length: Self.segment.count))
    #expect(!passes(filter, Self.ethernet, length: Self.ethernet.count))
  }

  @Test("the length is the one on the wire, the bytes are those captured")
  func cutFrame() throws {
    let greater = try CaptureFilter("greater 1000", linkType: 1, snaplen: 64)
    #expect(passes(greater, Self.ethernet, length: 1500))
    let port = try CaptureFilter("tcp port 80", linkType: 1, snaplen: 64)
    #expect(!passes(port, Array(Self.ethernet[..<30]), length: 54))
    #expect(!passes(port, [], length: 54))
  }

  @Test("a wrong expression is refused with libpcap's words")
  func wrong() {
    let error = #expect(throws: CaptureFilterError.self) {
      _ = try CaptureFilter("tcp prot 21", linkType: 1, snaplen: 0)
    }
    #expect(error?.description.hasPrefix("filter 'tcp prot 21': ") == true)
    #expect(error?.message.contains("syntax error") == true)
  }

  @Test("an expression that means nothing on the link type is refused")
  func wrongLinkType() {
    #expect(throws: CaptureFilterError.self) { _ = try CaptureFilter("wlan type mgt", linkType: 1, snaplen: 0) }
  }
}

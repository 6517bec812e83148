import Bytes
import Packets
import Testing

@Suite("TCP options")
struct TCPOptionsTests {
  private func options(_ hex: String) -> TCPOptions { TCPOptions(Make.hex(hex).bytes) }

  @Test("those of a SYN are read in order")
  func syn() {
    let syn = options("020405b4" + "0402" + "080a0000000100000002" + "01" + "030307")
    #expect(syn.kindNames == "mss,sack-permitted,timestamps,nop,window-scale")
    #expect(syn.maximumSegmentSize == 1460)
    #expect(syn.windowScale == 7)
    #expect(syn.timestamps?.value == 1 && syn.timestamps?.echo == 2)
    #expect(syn.blocks.isEmpty && syn.fastOpenCookie == nil)
    #expect(syn.isDuplicateReport(acknowledgment: 0) == nil)
  }

  @Test("an impossible length ends the reading, and a wrong one gives no value")
  func hostile() {
    for (hex, names) in [
      ("020405b400", "mss,eol"), ("020405b40800", "mss"), ("020405b4080a0000", "mss"), ("0301", ""), ("03", ""),
      ("", ""),
      ("fd04f989", "253"), ("030407ff", "window-scale"),
    ] {
      let read = options(hex)
      #expect(read.kindNames == names, "\(hex)")
      #expect(read.windowScale == nil)
    }
  }

  @Test("blocks of selective acknowledgment are read, and a first one that was received twice is known")
  func blocks() {
    let ahead = options("0101050a" + "000003e8" + "000007d0")
    #expect(ahead.blocks.map(\.left) == [1000] && ahead.blocks.map(\.right) == [2000])
    #expect(ahead.isDuplicateReport(acknowledgment: 500) == false)
    #expect(ahead.isDuplicateReport(acknowledgment: 2000) == true)
    let within = options("0512" + "000003e8000007d0" + "000003e800000fa0")
    #expect(within.isDuplicateReport(acknowledgment: 500) == true)
    let wrapped = options("050a" + "fffffff0" + "00000010")
    #expect(wrapped.isDuplicateReport(acknowledgment: 0x20) == true)
    #expect(options("052a" + String(repeating: "00000001", count: 10)).blocks.count == TCPOptions.blockLimit)
  }

  @Test("timestamps alone, as most systems write them, are usual")
  func usual() {
    let usual = ["0101080a0000000100000002", "080a00000001000000020101", ""].map { hex in
      let bytes = Make.hex(hex)
      return TCPOptions.isUsual(bytes.bytes)
    }
    #expect(usual == [true, false, false])
  }

  @Test("their length stands beside the payload's place")
  func length() {
    let frame = Make.ipv4(6, Make.tcp(Make.text("hello"), options: Make.hex("020405b4")))
    #expect(decode(frame, linkType: 101).optionsLength == 4)
    #expect(decode(Make.ethernet(0x0800, frame)).optionsLength == 4)
    #expect(decode(Make.ipv4(6, Make.tcp([])), linkType: 101).optionsLength == 0)
  }
}

import Bytes
import Testing

@testable import Applications

@Suite("HPACK, by the examples of RFC 7541, appendix C")
struct HPACKTests {
  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in hexadecimal.compactMap({ $0.hexDigitValue.map(UInt8.init) }) {
      if let first = high {
        bytes.append(first << 4 | digit)
        high = nil
      } else {
        high = digit
      }
    }
    return bytes
  }

  private static func fields(_ decoder: HPACKDecoder, _ block: [UInt8]) -> [String]? {
    var fields: [String] = []
    let isWhole = decoder.decode(block.bytes) { name, value in
      fields.append("\(WireText.text(name.copied())): \(WireText.text(value.copied()))")
    }
    return isWhole ? fields : nil
  }

  /// Blocks of one connection, what they decode to, and the size of the table behind each.
  private func check(
    _ blocks: [(block: String, fields: [String], size: Int)], before: [UInt8] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let decoder = try #require(HPACKDecoder())
    var start = before
    for (block, fields, size) in blocks {
      #expect(HPACKTests.fields(decoder, start + HPACKTests.bytes(block)) == fields, sourceLocation: sourceLocation)
      #expect(decoder.heldBytes == size, sourceLocation: sourceLocation)
      start = []
    }
  }

  @Test("C.2: each kind of field")
  func kinds() throws {
    try check([("400a637573746f6d2d6b65790d637573746f6d2d686561646572", ["custom-key: custom-header"], 55)])
    try check([("040c2f73616d706c652f70617468", [":path: /sample/path"], 0)])
    try check([("100870617373776f726406736563726574", ["password: secret"], 0)])
    try check([("82", [":method: GET"], 0)])
  }

  private static let requests = [
    [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"],
    [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"],
    [
      ":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value",
    ],
  ]

  @Test("C.3 and C.4: requests without and with Huffman coding")
  func requests() throws {
    let requests = HPACKTests.requests
    try check([
      ("828684410f7777772e6578616d706c652e636f6d", requests[0], 57),
      ("828684be58086e6f2d6361636865", requests[1], 110),
      ("828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565", requests[2], 164),
    ])
    try check([
      ("828684418cf1e3c2e5f23a6ba0ab90f4ff", requests[0], 57), ("828684be5886a8eb10649cbf", requests[1], 110),
      ("828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf", requests[2], 164),
    ])
  }

  private static func response(_ status: String, _ second: String, _ more: [String] = []) -> [String] {
    [
      ":status: \(status)", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:\(second) GMT",
      "location: https://www.example.com",
    ] + more
  }

  private static let last = [
    "content-encoding: gzip", "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
  ]

  @Test("C.5 and C.6: responses, whose table of 256 bytes evicts entries")
  func responses() throws {
    // A dynamic table size update to 256, which the examples have agreed on before.
    let update: [UInt8] = [0x3f, 0xe1, 0x01]
    let fields = [
      HPACKTests.response("302", "21"), HPACKTests.response("307", "21"),
      HPACKTests.response("200", "22", HPACKTests.last),
    ]
    try check(
      [
        (
          "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a"
            + "2f2f7777772e6578616d706c652e636f6d", fields[0], 222
        ),
        ("4803333037c1c0bf", fields[1], 222),
        (
          "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b4851"
            + "4b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31", fields[2],
          215
        ),
      ], before: update)
    try check(
      [
        (
          "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43"
            + "d3", fields[0], 222
        ),
        ("4883640effc1c0bf", fields[1], 222),
        (
          "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27"
            + "087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007", fields[2], 215
        ),
      ], before: update)
  }

  @Test("behind a loss, fields added since are found and older ones are an error")
  func loss() throws {
    let decoder = try #require(HPACKDecoder())
    // The first request of C.3 was lost: the second one refers to what it added.
    decoder.reset()
    #expect(HPACKTests.fields(decoder, HPACKTests.bytes("828684be58086e6f2d6361636865")) == nil)
    decoder.reset()
    let third = HPACKTests.bytes("8287 85 400a637573746f6d2d6b65790c637573746f6d2d76616c7565")
    #expect(HPACKTests.fields(decoder, third)?.last == "custom-key: custom-value")
    // The newest entry has the lowest number, with or without those before it.
    #expect(HPACKTests.fields(decoder, [0xbe]) == ["custom-key: custom-value"])
    #expect(HPACKTests.fields(decoder, [0xbf]) == nil)
  }

  @Test("a larger table counts from when it is allowed, also for a decoder that begins anew")
  func tableSize() throws {
    // 8,192: 31 + 8,161.
    let update: [UInt8] = [0x3f, 0xe1, 0x3f]
    let decoder = try #require(HPACKDecoder())
    #expect(HPACKTests.fields(decoder, update) == nil)
    decoder.reset()
    decoder.allowTable(8_192)
    #expect(HPACKTests.fields(decoder, update) == [])
    // A smaller one takes nothing away.
    decoder.allowTable(0)
    let entry = [0x40, 0x01, 0x61, 0x7f, 0xf9, 0x06] + [UInt8](repeating: 0x62, count: 1_016)
    for isAnew in [false, true] {
      if isAnew { decoder.reset() }
      for _ in 0..<7 { #expect(HPACKTests.fields(decoder, entry)?.count == 1) }
      #expect(decoder.heldBytes == 7 * (1 + 1_016 + 32))
    }
  }

  @Test("a block that is cut off or changed gives an error or fields, and never traps")
  func damage() throws {
    let block = HPACKTests.bytes("828684418cf1e3c2e5f23a6ba0ab90f4ff408825a849e95ba97d7f8925a849e95bb8e8b4bf")
    var generator = HTTP1SeededGenerator(state: 7)
    for length in 0..<block.count {
      let decoder = try #require(HPACKDecoder())
      _ = HPACKTests.fields(decoder, Array(block.prefix(length)))
    }
    let decoder = try #require(HPACKDecoder())
    for _ in 0..<2_000 {
      var changed = block
      for _ in 0..<3 {
        changed[Int.random(in: 0..<block.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      if HPACKTests.fields(decoder, changed) == nil { decoder.reset() }
    }
  }
}

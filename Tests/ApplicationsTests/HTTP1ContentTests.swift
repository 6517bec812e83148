import Bytes
import TestSupport
import Testing

@testable import Applications

@Suite("Objects in HTTP/1.x")
struct HTTP1ContentTests {
  private func file(uri: String, fields: String = "", body: [UInt8] = Array("x".utf8)) -> EmittedRow? {
    let head = "HTTP/1.1 200 OK\r\n\(fields)Content-Length: \(body.count)\r\n\r\n"
    return ParserDriver.rows(
      HTTP1Parser.self, [.client("GET \(uri) HTTP/1.1\r\n\r\n"), HTTP1Dialogues.server(head, body)]
    ).of("files").first
  }

  @Test(
    "a file is named by the last component of the path, or by Content-Disposition",
    arguments: [
      ("/a/b.txt", "", "b.txt"), ("/a/b%2Ftxt?q=/c", "", "b/txt"), ("http://host/x.zip", "", "x.zip"),
      ("/a/", "Content-Disposition: attachment; filename=\"re\\\"port; 1.pdf\"\r\n", "re\"port; 1.pdf"),
      ("/a", "Content-Disposition: attachment; filename=plain.txt; x=y\r\n", "plain.txt"),
      ("/a", "Content-Disposition: attachment; filename=\"C:\\\\dir\\\\e.txt\"\r\n", "e.txt"),
      (
        "/a", "Content-Disposition: attachment; filename=\"x\"; filename*=UTF-8''%e2%82%ac%20rates\r\n",
        "\u{20ac} rates"
      ),
    ])
  func names(uri: String, fields: String, name: String) {
    #expect(file(uri: uri, fields: fields)?["name"].text == name)
  }

  @Test("a path without a last component names nothing", arguments: ["/", "/a/", "http://host", "*", "/?x=/y"])
  func nameless(uri: String) {
    #expect(file(uri: uri)?["name"] == .null)
  }

  @Test("the type is told by the first bytes, whatever is declared; those of a gzip body are decoded first")
  func detected() {
    let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + Array("data".utf8)
    let image = file(uri: "/a.txt", fields: "Content-Type: TEXT/plain;x=y\r\n", body: png)
    #expect(image?["media_type"] == "text/plain")
    #expect(image?["detected_type"] == "image/png")
    #expect(image?["sha256"] == "0a8658df1c970c052938fa0e8fe369a6351fb74b51b9f399a72397ed8c94b3ba")
    let sent = file(uri: "/a.gz", body: HTTP1Dialogues.gzip)
    #expect(sent?["detected_type"] == "application/gzip")
    let coded = file(uri: "/a", fields: "Content-Encoding: gzip\r\n", body: HTTP1Dialogues.gzip)
    #expect(coded?["detected_type"] == "text/plain")
    #expect(coded?["size"] == 29)
  }

  @Test(
    "signatures are recognised",
    arguments: [
      ("\u{1}", nil), ("GIF89a..", "image/gif"), ("RIFF....WEBPVP8", "image/webp"), ("%PDF-1.7", "application/pdf"),
      ("PK\u{3}\u{4}", "application/zip"), ("MZ\u{0}\u{3}", "application/vnd.microsoft.portable-executable"),
      ("MZ is text", nil), ("BM is text", nil), ("\u{7f}ELF", "application/x-elf"), ("<?php echo 1;", "text/x-php"),
      ("#!/bin/sh", "text/x-script"),
      ("\r\n <!DOCTYPE HTML>", "text/html"), ("<html>", "text/html"), ("<abbr>", nil), ("<?xml version", "text/xml"),
      ("<?xml?><svg>", "image/svg+xml"), (" {\"a\":1}", "application/json"), ("[1]", "application/json"), ("{a}", nil),
      ("{\\rtf1", "application/rtf"), ("ID3\u{4}", "audio/mpeg"), ("....ftypisom", "video/mp4"), ("wOF2", "font/woff2"),
      ("SQLite format 3\0", "application/vnd.sqlite3"), ("", nil), ("\u{feff}<html>", "text/html"),
    ] as [(String, String?)])
  func signatures(text: String, type: String?) {
    #expect(MediaSignature.type(of: Array(text.utf8).bytes) == type)
  }

  @Test(
    "signatures that are no text are recognised",
    arguments: [
      ([0xff, 0xd8, 0xff, 0xe0], "image/jpeg"), ([0x1f, 0x8b, 0x08, 0], "application/gzip"),
      ([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 52], "application/java-vm"),
      ([0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2], "application/x-mach-binary"),
      ([0x42, 0x4d, 0x46, 0, 0, 0, 0, 0, 0, 0, 0x36], "image/bmp"), ([0xff, 0xfb, 0x90, 0x64], "audio/mpeg"),
      ([0xff, 0xff, 0xff, 0xff], nil),
      ([UInt8](repeating: 0x20, count: 257) + Array("ustar".utf8), "application/x-tar"),
    ] as [([UInt8], String?)])
  func binarySignatures(bytes: [UInt8], type: String?) {
    #expect(MediaSignature.type(of: bytes.bytes) == type)
  }

  @Test(
    "base64 is decoded with and without padding",
    arguments: [("", ""), ("Zg==", "f"), ("Zg", "f"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar")])
  func base64(text: String, expected: String) {
    let bytes = Array(text.utf8)
    #expect(HTTP1Bytes.base64(bytes.bytes, 0..<bytes.count) == Array(expected.utf8))
  }

  @Test("a body that decodes to more than the limit is counted up to the limit", .timeLimit(.minutes(1)))
  func bomb() {
    let decoder = ContentDecoder(ContentCodings([.deflate]))
    // One stored block of 65,535 zeros, again and again.
    let block: [UInt8] = [0, 0xff, 0xff, 0, 0] + [UInt8](repeating: 0, count: 65_535)
    for _ in 0..<(FileLimits.decoded / 65_535 + 2) { decoder.decode(block.bytes) }
    #expect(decoder.count == FileLimits.decoded)
    #expect(decoder.failure != nil)
  }
}

@Suite("Files that HTTP/1.x requests carry")
struct HTTP1UploadTests {
  private static let form =
    "preamble\r\n--b1\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nno file\r\n--b1\r\n"
    + "Content-Disposition: form-data; name=\"f\"; filename=\"C:\\\\dir\\\\a.bin\"\r\nContent-Type: application/x-thing\r\n\r\n"
    + "one\r\n--b\r\n\r\ntwo\r\r\n--b1 \r\ncontent-disposition: form-data; name=g; filename=empty.txt\r\n\r\n\r\n--b1--\r\nepilogue"

  private static func steps(_ body: String, type: String, isCut: Bool = false) -> [Step] {
    let beginning = body.prefix { $0 != "w" }
    return [
      .client("POST /up?x=1 HTTP/1.1\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
    ]
      + (isCut ? [.client(String(beginning)), .gap(.client, body.utf8.count - beginning.utf8.count)] : [.client(body)])
      + [.server("HTTP/1.1 204 No Content\r\n\r\n")]
  }

  private static func files(_ rows: [EmittedRow]) -> [[EmittedValue]] {
    rows.of("files").map { row in ["name", "media_type", "size", "sha256", "complete"].map { row[$0] } }
  }

  @Test("the files of a form in parts are rows, however its bytes are cut")
  func parts() {
    let steps = Self.steps(Self.form, type: "multipart/form-data; boundary=b1")
    let expected: [[EmittedValue]] = [
      ["a.bin", "application/x-thing", 16, .text(sha256("one\r\n--b\r\n\r\ntwo\r")), 1],
      ["empty.txt", nil, 0, .text(sha256("")), 1],
    ]
    #expect(Self.files(ParserDriver.rows(HTTP1Parser.self, steps)) == expected)
    for size in [1, 2, 3, 5, 7, 64] {
      #expect(Self.files(ParserDriver.rows(HTTP1Parser.self, steps, cutInto: size)) == expected)
    }
  }

  @Test("a file whose end is lost is not complete")
  func lost() {
    let rows = ParserDriver.rows(
      HTTP1Parser.self, Self.steps(Self.form, type: "multipart/form-data; boundary=b1", isCut: true))
    #expect(Self.files(rows).map { [$0[0], $0[3], $0[4]] } == [["a.bin", nil, 0]])
  }

  @Test("a request's body that is no form is a file")
  func body() {
    let rows = ParserDriver.rows(HTTP1Parser.self, Self.steps("<a/>", type: "application/soap+xml; charset=utf-8"))
    #expect(Self.files(rows) == [["up", "application/soap+xml", 4, .text(sha256("<a/>")), 1]])
    #expect(
      Self.files(ParserDriver.rows(HTTP1Parser.self, Self.steps("a=b", type: "application/x-www-form-urlencoded")))
        == [])
  }
}

import Bytes
import Records
import TestSupport
import Testing

@testable import Applications

@Suite("Media types of files")
struct MediaTypesTests {
  private let context = ApplicationContext(sink: RecordSink(captureID: 1))

  private func type(_ bytes: [UInt8]) -> String? {
    context.mediaTypes.type(of: bytes.bytes, size: bytes.count, context: context)
  }

  private func isText(_ bytes: [UInt8]) -> Bool { MediaSignature.isText(bytes.bytes) }
  private func isNoise(_ bytes: [UInt8]) -> Bool { MediaSignature.isNoise(bytes.bytes) }

  @Test("text is told from other data")
  func text() {
    #expect(type(Array("body { margin: 0 }".utf8)) == "text/plain")
    #expect(type(Array("@echo off\r\ncls".utf8)) == "text/x-msdos-batch")
    #expect(isText(Array("\u{20ac} \u{1f600} caf\u{e9}\r\n\t".utf8)))
    #expect(isText(Array("\u{1f600}".utf8.prefix(3))))
    for bytes in [[0x41, 0], [0xff, 0xfe], [0xc0, 0x80], [0x41, 0x01], [0xe2, 0x41]] as [[UInt8]] {
      #expect(!isText(bytes))
    }
  }

  @Test("libmagic tells what has no plain beginning", .enabled(if: MagicLibrary.isAvailable, "libmagic is missing"))
  func magic() {
    #expect(type(Array("#!/bin/sh\nset -e\n".utf8)) == "text/x-shellscript")
    #expect(type(Array("#!/usr/bin/perl\nprint 1;\n".utf8)) == "text/x-perl")
    // An Impulse Tracker module: nothing that a table of our own would have.
    #expect(type(Array("IMPM".utf8) + [UInt8](repeating: 0, count: 200)) == "audio/x-mod")
    #expect(type([0x93, 0x17, 0x00, 0xee, 0x81, 0x02, 0xc5, 0x01]) == nil)
  }

  @Test("without libmagic a script is a script, and text is text")
  func names() {
    #expect(MediaSignature.type(of: Array("#!/bin/sh".utf8).bytes) == "text/x-script")
    #expect(MediaTypes.name(of: "application/x-dosexec") == "application/vnd.microsoft.portable-executable")
    #expect(MediaTypes.name(of: "application/octet-stream") == nil)
    #expect(MediaTypes.name(of: "application/x-lharc") == "application/x-lharc")
    #expect(MediaTypes.name(of: "cannot read") == nil)
  }

  @Test("an ELF file's kind stands in its header, in either byte order")
  func objects() {
    func header(_ order: UInt8, _ type: [UInt8]) -> [UInt8] {
      [0x7f, 0x45, 0x4c, 0x46, 2, order] + [UInt8](repeating: 0, count: 10) + type
    }
    #expect(type(header(1, [2, 0])) == "application/x-executable")
    #expect(type(header(2, [0, 3])) == "application/x-sharedlib")
    #expect(type(header(1, [1, 0])) == "application/x-object")
  }

  @Test("compressed and encrypted data is not asked about; what has a header is")
  func noise() {
    var generator = SystemRandomNumberGenerator()
    let random = (0..<2_000).map { _ in UInt8.random(in: 1...255, using: &generator) }
    #expect(isNoise([0x93, 0x17, 0xee] + random))
    #expect(!isNoise([0x93, 0x00, 0xee] + random))
    #expect(!isNoise(Array("IMPM".utf8) + random))
    #expect(!isNoise(Array(random.prefix(200))))
    #expect(!isNoise([UInt8](repeating: 0x93, count: 1_000)))
  }

  @Test("questions are limited, and a diagnostic says so once")
  func limit() {
    for number in 0..<(FileLimits.questions + 50) {
      _ = type([0x93, 0x17, UInt8(number >> 8), UInt8(number & 0xff), 0x00, 0xee])
    }
    // What was asked before is remembered, and what needs no asking is told as before.
    #expect(type(Array("GIF89a".utf8)) == "image/gif")
    let codes = context.sink.emittedRows().of("diagnostics").map { $0["code"].text }
    #expect(codes.filter { $0 == "file-type-limit" }.count == 1)
  }
}

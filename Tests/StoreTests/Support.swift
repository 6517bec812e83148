import Foundation
import Records
import Testing

@testable import Store

/// A folder for one test, removed with it.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "pcapindex-store-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  subscript(name: String) -> String { path + "/" + name }

  /// All names in it, hidden ones too.
  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  @discardableResult
  func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: self[name]))
    return self[name]
  }

  func bytes(of name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: self[name])))
  }
}

/// A row of `arp_messages`.
struct ARPRow: Record {
  static let table = Table(
    "arp_messages", ["capture_id", "frame_id", "operation", "sender_mac", "sender_ip", "target_mac", "target_ip"])
  let frame: Int64
  var operation = "request"

  func encode(into row: inout RowEncoder) {
    row.integer(1 as Int64)
    row.integer(frame)
    row.text(operation)
    row.text("00:00:5e:00:53:01")
    row.text("192.0.2.1")
    row.text("00:00:00:00:00:00")
    row.text("192.0.2.2")
  }
}

extension StoredCapture {
  static func sample(id: Int64 = 1, sha256: String = "aa", filter: String? = nil, frames: Int64 = 0) -> StoredCapture {
    StoredCapture(
      id: id, path: "a.pcap", sha256: sha256, format: "pcap", size: 24, frameCount: frames, firstTime: 1, lastTime: nil,
      status: "complete", detail: nil, filter: filter, ingestedAt: 5, version: "0.1.0")
  }
}

/// A database with one capture of `frames` frames, each with an ARP message.
func makeDatabase(at path: String, frames: Int64 = 10) throws {
  let session = try IngestSession(path: path)
  try session.withDatabase { (database) throws(StoreError) in try database.insert(.sample(frames: frames)) }
  try session.write(sampleBatch(frames: frames))
  try session.commit()
}

func sampleBatch(from first: Int64 = 1, frames: Int64) -> IngestBatch {
  let sink = RecordSink(captureID: 1, storedIDs: ["arp_messages": first - 1])
  var batch = IngestBatch(captureID: 1)
  for id in first..<(first + frames) {
    batch.frames.append(FrameRow(id: id, number: id, time: id * 1_000, length: 60, capturedLength: 60))
    sink.emit(ARPRow(frame: id))
  }
  batch.records = sink.take()
  return batch
}

/// `integrity_check` and `foreign_key_check` find nothing.
func expectClean(_ path: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let database = try Database(path: path, mode: .readOnly)
  #expect(try database.text("PRAGMA integrity_check") == "ok", sourceLocation: sourceLocation)
  #expect(try database.text("SELECT \"table\" FROM pragma_foreign_key_check") == nil, sourceLocation: sourceLocation)
}

/// The error that `body` throws.
func storeError(
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
) throws -> StoreError {
  try #require(#expect(throws: StoreError.self, sourceLocation: sourceLocation) { try body() })
}

public import Bytes

/// Where records go while one capture is decoded: it gives out identifiers, keeps one row per address, and collects
/// encoded rows until they are taken for storing. It belongs to the decoding thread.
public final class RecordSink {
  /// The row of `captures` that everything belongs to.
  public let captureID: Int64

  /// Rows of `diagnostics` with one code: a sender can cause one with every frame, and the ten-thousandth tells no more.
  public static let diagnosticLimit = 100_000

  /// Things that were diagnosed so far.
  public private(set) var diagnosticCount: Int64 = 0

  private var diagnosticCounts: [String: Int] = [:]

  private var names = AddressNames()
  private var nameBuffer: [UInt8] = []
  private var batch = RecordBatch()
  private var encoder = RowEncoder()
  private var slots: [ObjectIdentifier: Int] = [:]
  private var lastIDs: [Int64] = []
  private var tables: [Table] = []
  private let storedIDs: [String: Int64]
  private var addressIDs: [IPAddress: Int64]

  /// A sink for one capture.
  ///
  /// - Parameters:
  ///   - captureID: the capture's row.
  ///   - storedIDs: the highest `id` in the database by table, so that new rows go on behind it.
  ///   - addresses: the addresses that the database holds already.
  public init(captureID: Int64, storedIDs: [String: Int64] = [:], addresses: [IPAddress: Int64] = [:]) {
    self.captureID = captureID
    self.storedIDs = storedIDs
    self.addressIDs = addresses
  }

  /// The highest `id` by table when all that was emitted is stored; of rows that `newID` was not asked for it says nothing.
  public var highestIDs: [String: Int64] {
    storedIDs.merging(zip(tables.map(\.name), lastIDs)) { _, last in last }
  }

  /// Every address that has a row, with its `id`.
  public var addresses: [IPAddress: Int64] { addressIDs }

  private func slot<Kind: Record>(of kind: Kind.Type) -> Int {
    if let slot = slots[ObjectIdentifier(kind)] { return slot }
    slots[ObjectIdentifier(kind)] = tables.count
    tables.append(kind.table)
    lastIDs.append(storedIDs[kind.table.name] ?? 0)
    return tables.count - 1
  }

  /// The next free `id` of the record's table.
  public func newID<Kind: Record>(of kind: Kind.Type) -> Int64 {
    let slot = slot(of: kind)
    lastIDs[slot] += 1
    return lastIDs[slot]
  }

  /// Emits `record` under an identifier that `newID` gave.
  public func emit<Kind: Record>(_ record: Kind, id: Int64) {
    write(record, slot: slot(of: Kind.self), id: id)
  }

  private func write<Kind: Record>(_ record: Kind, slot: Int, id: Int64) {
    encoder.begin()
    record.encode(into: &encoder)
    assert(encoder.count == Kind.table.columns.count, "\(Kind.table.name): \(encoder.count) values")
    let start = batch.bytes.count
    encoder.finish(into: &batch.bytes)
    batch.entries.append(
      RecordBatch.Entry(
        table: Int32(truncatingIfNeeded: slot), length: Int32(clamping: batch.bytes.count - start), id: id, start: start
      ))
  }

  /// Emits `record` under the next free identifier, which it returns.
  @discardableResult
  public func emit<Kind: Record>(_ record: Kind) -> Int64 {
    let slot = slot(of: Kind.self)
    lastIDs[slot] += 1
    let id = lastIDs[slot]
    write(record, slot: slot, id: id)
    return id
  }

  /// The row of `addresses` for `address`; the first call for one emits it.
  public func addressID(_ address: IPAddress) -> Int64 {
    if let id = addressIDs[address] { return id }
    let id = emit(AddressRecord(address: address))
    addressIDs[address] = id
    return id
  }

  /// Emits a row of `address_names` where `name` was not known for the address from this source. Upper-case ASCII
  /// letters become lower-case ones; the root and an empty name are none.
  public func name(_ name: RawSpan, of addressID: Int64, source: NameSource, frame: Int64) {
    nameBuffer.removeAll(keepingCapacity: true)
    nameBuffer.append(span: name)
    guard !nameBuffer.isEmpty, nameBuffer != [UInt8(ascii: ".")] else { return }
    for index in nameBuffer.indices where (0x41...0x5a).contains(nameBuffer[index]) { nameBuffer[index] |= 0x20 }
    guard names.isNew(nameBuffer, addressID: addressID, source: source) else { return }
    emit(
      AddressNameRecord(
        captureID: captureID, addressID: addressID, name: nameBuffer, source: source, frameID: frame))
  }

  /// Whether `address_names` may hold rows twice.
  public var mayRepeatNames: Bool { names.hasForgotten }

  /// Emits a row of `diagnostics`.
  ///
  /// - Parameters:
  ///   - code: stable and in kebab-case, such as `malformed-dns`.
  ///   - detail: for a person.
  ///   - frame: `frames.id`, nil where no one frame is meant.
  ///   - flow: `flows.id`, nil where no one flow is meant.
  public func diagnose(_ code: String, _ detail: String, frame: Int64? = nil, flow: Int64? = nil) {
    diagnosticCount += 1
    diagnosticCounts[code, default: 0] += 1
    guard diagnosticCounts[code, default: 0] <= RecordSink.diagnosticLimit else { return }
    emit(DiagnosticRecord(captureID: captureID, frameID: frame, flowID: flow, code: code, detail: detail))
  }

  /// Emits a row for each code of which not every one has a row. To be called at the end.
  public func diagnoseOmissions() {
    for (code, count) in diagnosticCounts.sorted(by: { $0.key < $1.key }) where count > RecordSink.diagnosticLimit {
      emit(
        DiagnosticRecord(
          captureID: captureID, frameID: nil, flowID: nil, code: code,
          detail: "\(count - RecordSink.diagnosticLimit) more of these have no row of their own"))
    }
  }

  /// Bytes of rows waiting to be taken.
  public var pendingBytes: Int { batch.bytes.count }

  /// Takes the rows emitted since the last call; `reusing` is an emptied batch whose storage is used next.
  public func take(reusing empty: consuming RecordBatch = RecordBatch()) -> RecordBatch {
    empty.removeAll()
    swap(&empty, &batch)
    empty.tables = tables
    return empty
  }
}

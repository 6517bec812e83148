public import Bytes

/// Where records go while one capture, or the files of one ring, are analysed: a sink that also keeps one row per address and per
/// name, and bounds diagnostics. It belongs to the analysing thread.
public final class RecordSink: RowSink {
  /// The captures by their first frames, ascending.
  private var captures: [(firstFrame: Int64, id: Int64)]

  /// Rows of `diagnostics` with one code: a sender can cause one with every frame, and the ten-thousandth tells no more.
  public static let diagnosticLimit = 100_000

  /// Things that were diagnosed so far in the present capture.
  public private(set) var diagnosticCount: Int64 = 0

  private var diagnosticCounts: [String: Int] = [:]

  // Looked up with every record; neither comes back here.
  @exclusivity(unchecked) private var addresses: AddressTable
  @exclusivity(unchecked) private var names = AddressNames()

  /// A sink for one capture.
  ///
  /// - Parameters:
  ///   - captureID: the capture's row.
  ///   - storedIDs: the highest `id` in the database by table, so that new rows go on behind it.
  ///   - addresses: the addresses that the database holds already.
  public init(captureID: Int64, storedIDs: [String: Int64] = [:], addresses: [IPAddress: Int64] = [:]) {
    captures = [(.min, captureID)]
    unsafe self.addresses = AddressTable(addresses)
    super.init(captureID: captureID, storedIDs: storedIDs)
  }

  /// Goes on with another file of a ring, whose first frame gets the row `firstFrame`.
  public override func beginCapture(_ id: Int64, firstFrame: Int64) {
    super.beginCapture(id, firstFrame: firstFrame)
    captures.append((firstFrame, id))
    diagnosticCount = 0
    diagnosticCounts = [:]
  }

  /// The capture that a frame is in: the present one, or one before it.
  public func captureID(ofFrame frame: Int64) -> Int64 {
    guard captures.count > 1, let last = captures.last, frame < last.firstFrame else { return captureID }
    var (lower, upper) = (0, captures.count - 1)
    // The last one that begins at or before the frame.
    while upper - lower > 1 {
      let middle = (lower + upper) / 2
      if captures[middle].firstFrame <= frame { lower = middle } else { upper = middle }
    }
    return captures[lower].id
  }

  /// Every address that has a row, with its `id`.
  public var knownAddresses: [IPAddress: Int64] { unsafe addresses.all }

  /// The row of `addresses` for `address`; the first call for one emits it.
  public func addressID(_ address: IPAddress) -> Int64 {
    if let id = unsafe addresses.id(of: address) { return id }
    let id = emit(AddressRecord(address: address))
    unsafe addresses.insert(address, id: id)
    return id
  }

  /// Emits a row of `address_names` where `name` was not known for the address from this source. Upper-case ASCII
  /// letters become lower-case ones; the root and an empty name are none. Without a `frame` the capture file itself says so.
  public func name(_ name: RawSpan, of addressID: Int64, source: NameSource, frame: Int64?) {
    guard name.byteCount > 1 || name.byteCount == 1 && name.u8(at: 0) != UInt8(ascii: ".") else { return }
    let captureID = frame.map(captureID(ofFrame:)) ?? captureID
    guard unsafe names.isNew(name, addressID: addressID, source: source, captureID: captureID) else { return }
    var name = name.copied()
    for index in name.indices where (0x41...0x5a).contains(name[index]) { name[index] |= 0x20 }
    emit(
      AddressNameRecord(captureID: captureID, addressID: addressID, name: name, source: source, frameID: frame))
  }

  /// Whether `address_names` may hold rows twice.
  public var mayRepeatNames: Bool { unsafe names.hasForgotten }

  /// Emits a row of `diagnostics`.
  ///
  /// - Parameters:
  ///   - code: stable and in kebab-case, such as `malformed-dns`.
  ///   - detail: for a person.
  ///   - frame: `frames.id`, nil where no one frame is meant.
  ///   - flow: `flows.id`, nil where no one flow is meant.
  public func diagnose(_ code: String, _ detail: String, frame: Int64? = nil, flow: Int64? = nil) {
    diagnosticCount += 1
    guard RecordSink.increment(&diagnosticCounts[code, default: 0]) <= RecordSink.diagnosticLimit else { return }
    let captureID = frame.map(captureID(ofFrame:)) ?? captureID
    emit(DiagnosticRecord(captureID: captureID, frameID: frame, flowID: flow, code: code, detail: detail))
  }

  private static func increment(_ count: inout Int) -> Int {
    count += 1
    return count
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
}

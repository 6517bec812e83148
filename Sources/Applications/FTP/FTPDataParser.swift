import Bytes
import Records

/// FTP's data connection (RFC 959, section 3.3): the file that it carries, hashed as it passes by. Which file it is stands
/// in the control connections that announced it.
final class FTPDataParser: StreamParser {
  static let service = "ftp-data"

  private let flow: FlowIdentity
  private let transfers: [FTPTransfer]
  private var file: CarriedFile?
  /// Who sends; nil: nobody yet.
  private var sender: Side?
  /// The frame of the first byte.
  private var firstFrame: FrameStamp?
  private var closed: Set<Side> = []
  /// Whether all bytes belong to the file: its beginning was seen, and only one side sent.
  private var isSound: Bool
  private var isOver = false
  private var isEmitted = false

  /// A parser for `flow`, which `transfers` announced; `fromStart` says whether its SYN was seen.
  init(flow: FlowIdentity, transfers: [FTPTransfer], fromStart: Bool) {
    self.flow = flow
    self.transfers = transfers
    isSound = fromStart
    for transfer in transfers { transfer.data = self }
  }

  convenience init(flow: FlowIdentity) {
    self.init(flow: flow, transfers: [], fromStart: true)
  }

  /// Nothing tells it by its content.
  static func probe(_ opening: borrowing Opening) -> Probe { .no }

  func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    guard begin(side, frame, context) else { return }
    file?.take(bytes)
  }

  func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    guard begin(side, frame, context) else { return }
    file?.skip(count)
  }

  /// Whether what `side` sends is the file.
  private func begin(_ side: Side, _ frame: FrameStamp, _ context: ApplicationContext) -> Bool {
    if sender == nil {
      sender = side
      firstFrame = frame
      file = CarriedFile(budget: context.decoding)
    }
    if sender != side { isSound = false }
    return sender == side
  }

  func close(_ side: Side, context: ApplicationContext) {
    closed.insert(side)
  }

  func finish(context: ApplicationContext) {
    isOver = true
    emit(context)
  }

  /// Emits the file's row once both the data connection and its control connections have ended.
  func emit(_ context: ApplicationContext) {
    guard isOver, !isEmitted, transfers.allSatisfy(\.isSettled) else { return }
    isEmitted = true
    for transfer in transfers { transfer.data = nil }
    let outcomes = transfers.compactMap(\.outcome)
    // Where one server sends another the file, it has the name that it is fetched by.
    let outcome = outcomes.first { $0.command == "RETR" } ?? outcomes.first
    guard outcome?.isFile ?? true else { return }
    let isWhole = !outcomes.isEmpty && outcomes.allSatisfy(\.isWhole)
    if sender == nil {
      guard isWhole else { return }
      file = CarriedFile(budget: context.decoding)
    }
    guard let frame = firstFrame?.id ?? outcome?.frameID else { return }
    let isClosed = sender.map(closed.contains) ?? !closed.isEmpty
    file?.emit(
      flowID: flow.id, frameID: frame, source: "ftp", name: outcome?.name, mediaType: nil,
      isComplete: isWhole && isSound && isClosed, context: context)
  }
}

import Bytes
import Records

/// AMQP 0-9-1 (and 0-8, 0-9) and AMQP 1.0 as far as logins need them: the header, SASL, and what says how it ended. What
/// comes behind the login is not looked at.
public final class AMQPParser: StreamParser {
  /// `amqp`.
  public static let service = "amqp"

  /// Methods of class `connection` (0-9-1, section 1.4.2.1 on).
  private enum Method {
    static let startOK: UInt32 = 0x000a_000b
    static let secure: UInt32 = 0x000a_0014
    static let secureOK: UInt32 = 0x000a_0015
    static let tune: UInt32 = 0x000a_001e
    static let open: UInt32 = 0x000a_0028
    static let close: UInt32 = 0x000a_0032
    /// `close` of 0-8 and 0-9.
    static let oldClose: UInt32 = 0x000a_003c
    /// `access-refused`.
    static let accessRefused: UInt16 = 403
  }

  private let flow: FlowIdentity
  private var client = AMQPFrameReader()
  private var server = AMQPFrameReader()
  private var exchange: SASLExchange?
  /// Of a mechanism that only AMQP has.
  private var own: LoginAttempt?
  private var isOver = false
  private var asksForTLS = false

  /// Whether both sides have sent the header for TLS.
  private(set) var handsOver = false

  private var isSettled: Bool { isOver || handsOver || client.isBroken || server.isBroken }

  /// What it makes of the bytes that come next.
  public var outlook: StreamOutlook { handsOver ? .handedOver : isSettled ? .done : .open }

  /// Unfinished frames and the login.
  public var heldBytes: Int {
    client.heldBytes + server.heldBytes + (exchange?.heldBytes ?? 0) + (own?.heldBytes ?? 0)
  }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The next bytes, as long as the login is open.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var index = 0
    while index < bytes.byteCount, !isSettled {
      if side == .client {
        if let unit = client.next(bytes, at: &index, in: frame) { take(fromClient: unit) }
      } else if let unit = server.next(bytes, at: &index, in: frame) {
        take(fromServer: unit, context)
      }
    }
    if isSettled { end(accepted: nil, answer: nil, context) }
  }

  /// Nothing is read behind a gap.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    guard !isSettled else { return }
    if side == .client { client.gap(of: count) } else { server.gap(of: count) }
    if isSettled { end(accepted: nil, answer: nil, context) }
  }

  /// Nothing to do.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the login that had no answer.
  public func finish(context: ApplicationContext) {
    end(accepted: nil, answer: nil, context)
  }

  private func take(fromClient unit: AMQPUnit) {
    switch unit.kind {
    case .header:
      asksForTLS = unit.bytes[4] == 2 && unit.bytes[5] == 1
      // 0-10 has other frames; 1.0 without a layer has no login.
      isOver = unit.bytes[4...] == [1, 1, 0, 10] || unit.bytes[4...] == [0, 1, 0, 0]
    case .method:
      var fields = AMQPFields(unit.bytes, from: 4)
      switch unit.bytes.bytes.u32(at: 0) {
      case Method.startOK:
        guard fields.long() != nil, let mechanism = fields.short(), let response = fields.long() else { return }
        begin(mechanism, response, unit.frame)
      case Method.secureOK:
        guard let response = fields.long() else { return }
        exchange?.take(response, in: unit.frame)
      case Method.open: isOver = true
      default: break
      }
    case .performative:
      guard let performative = AMQPPerformative(unit.bytes) else { return }
      switch performative.descriptor {
      case 0x41: begin(performative.first ?? [], performative.second ?? [], unit.frame)
      case 0x43: exchange?.take(performative.first ?? [], in: unit.frame)
      default: break
      }
    }
  }

  private func begin(_ mechanism: [UInt8], _ response: [UInt8], _ frame: FrameStamp) {
    guard exchange == nil else { return }
    exchange = SASLExchange(mechanism: mechanism)
    if exchange?.mechanism == "AMQPLAIN" {
      own = AMQPFields.plain(response)
      own?.frameID = frame.id
    } else if !response.isEmpty {
      exchange?.take(response, in: frame)
    }
  }

  private func take(fromServer unit: AMQPUnit, _ context: ApplicationContext) {
    switch unit.kind {
    case .header:
      handsOver = asksForTLS && unit.bytes[4] == 2 && unit.bytes[5] == 1
    case .method:
      switch unit.bytes.bytes.u32(at: 0) {
      case Method.secure: exchange?.challenge()
      case Method.tune: end(accepted: true, answer: unit.frame, context)
      case Method.close, Method.oldClose:
        let isRefused = unit.bytes.bytes.u16(at: 4) == Method.accessRefused
        end(accepted: isRefused ? false : nil, answer: unit.frame, context)
      default: break
      }
    case .performative:
      guard let performative = AMQPPerformative(unit.bytes) else { return }
      switch performative.descriptor {
      case 0x42: exchange?.challenge()
      case 0x44:
        // 0 ok, 1 auth, 2 to 4 faults of the system (part 5, section 5.3.3.6).
        let accepted: Bool? = performative.first == [0] ? true : performative.first == [1] ? false : nil
        end(accepted: accepted, answer: unit.frame, context)
      default: break
      }
    }
  }

  private func end(accepted: Bool?, answer: FrameStamp?, _ context: ApplicationContext) {
    isOver = true
    let attempt = own ?? exchange?.attempt
    attempt?.emit(AMQPParser.service, accepted: accepted, answer: answer, flow: flow, context: context)
    (own, exchange) = (nil, nil)
  }
}

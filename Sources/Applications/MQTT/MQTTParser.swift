import Bytes
import Records

/// MQTT (3.1, 3.1.1 and 5.0): the login in CONNECT, and what CONNACK says to it. Nothing is looked at behind them.
public final class MQTTParser: StreamParser {
  /// `mqtt`.
  public static let service = "mqtt"

  private static let connect: UInt8 = 0x10
  private static let acknowledgement: UInt8 = 0x20
  /// AUTH (5.0, section 3.15) may come before CONNACK.
  private static let authentication: UInt8 = 0xf0

  private let flow: FlowIdentity
  private var clientPackets = MQTTPacketReader()
  private var serverPackets = MQTTPacketReader()
  private var level: UInt8 = 0
  private var attempt: LoginAttempt?
  /// Whether the client's first packet, or the server's first, has been read or cannot be any more.
  private var isOver = (client: false, server: false)

  /// It is done when a login has its answer, or there is none.
  public var outlook: StreamOutlook { isOver.client && attempt == nil ? .done : .open }

  /// Unfinished packets and the login.
  public var heldBytes: Int { clientPackets.heldBytes + serverPackets.heldBytes + (attempt?.heldBytes ?? 0) }

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    self.flow = flow
  }

  /// The next bytes.
  public func consume(_ bytes: RawSpan, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    var index = 0
    if side == .client {
      if !isOver.client, let packet = clientPackets.next(bytes, at: &index, in: frame) { begin(packet, context) }
      if clientPackets.isMalformed { isOver.client = true }
    } else {
      while !isOver.server, let packet = serverPackets.next(bytes, at: &index, in: frame) { answer(packet, context) }
    }
  }

  /// What is behind a gap is neither CONNECT nor CONNACK.
  public func gap(of count: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext) {
    if side == .client {
      isOver.client = true
    } else {
      endServer(accepted: nil, answer: nil, context)
    }
  }

  /// Nothing to do: a packet that has not ended is none.
  public func close(_ side: Side, context: ApplicationContext) {}

  /// Emits the login that had no answer.
  public func finish(context: ApplicationContext) {
    emit(accepted: nil, answer: nil, context)
  }

  private func begin(_ packet: MQTTPacketReader.Packet, _ context: ApplicationContext) {
    isOver.client = true
    guard packet.type == MQTTParser.connect else { return }
    guard let body = packet.body else {
      context.sink.diagnose(
        "mqtt-connect-limit", "a CONNECT over \(MQTTPacketReader.bodyLimit) bytes", frame: packet.frame.id,
        flow: flow.id)
      return
    }
    do throws(Fault) {
      let connect = try MQTTConnect(body.bytes)
      level = connect.level
      guard connect.username != nil || connect.password != nil else { return }
      attempt = LoginAttempt(
        mechanism: "CONNECT", username: connect.username.map { WireText.text($0) },
        secret: connect.password.map { WireText.text($0) }, kind: .password, frameID: packet.frame.id)
    } catch {
      context.sink.diagnose("malformed-mqtt", error.detail, frame: packet.frame.id, flow: flow.id)
    }
    // The answer has been lost, or stands before the question in the capture.
    if isOver.server { emit(accepted: nil, answer: nil, context) }
  }

  private func answer(_ packet: MQTTPacketReader.Packet, _ context: ApplicationContext) {
    if packet.type == MQTTParser.authentication { return }
    let code = packet.type == MQTTParser.acknowledgement ? packet.body?.dropFirst().first : nil
    guard let code else { return endServer(accepted: nil, answer: nil, context) }
    let accepted: Bool? =
      switch (level, code) {
      case (_, 0): true
      // Bad user name or password, not authorized; 5.0 adds banned and bad authentication method.
      case (...4, 4), (...4, 5), (5..., 0x86), (5..., 0x87), (5..., 0x8a), (5..., 0x8c): false
      default: nil
      }
    endServer(accepted: accepted, answer: packet.frame, context)
  }

  private func endServer(accepted: Bool?, answer: FrameStamp?, _ context: ApplicationContext) {
    isOver.server = true
    emit(accepted: accepted, answer: answer, context)
  }

  private func emit(accepted: Bool?, answer: FrameStamp?, _ context: ApplicationContext) {
    attempt?.emit(MQTTParser.service, accepted: accepted, answer: answer, flow: flow, context: context)
    attempt = nil
  }
}

/// A row of `frames`, apart from its capture: plain memory, since there is one for every frame.
public struct FrameRow: Sendable, BitwiseCopyable, Equatable {
  /// The value of `time` that stands for NULL.
  public static let noTime = Int64.min
  /// The value of `fromClient` that stands for NULL.
  public static let noSide: UInt8 = 255
  /// The value of `payloadLength` that stands for NULL.
  public static let noPayloadLength: Int32 = -1

  /// `frames.id`.
  public var id: Int64
  /// As Wireshark counts: 1-based in its capture.
  public var number: Int64
  /// Nanoseconds since 1970-01-01 UTC; `noTime` where the capture gives none.
  public var time: Int64
  /// `interfaces.id`; 0 for the first interface of the capture.
  public var interfaceID: Int64
  /// `flows.id`; 0 where no IP packet could be made out.
  public var flowID: Int64
  /// Bytes on the wire.
  public var length: UInt32
  /// Bytes in the capture.
  public var capturedLength: UInt32
  /// Bytes of transport payload, as the headers say; `noPayloadLength` without a flow.
  public var payloadLength: Int32
  /// Raw sequence number, where `isTCP`.
  public var sequence: UInt32
  /// Raw acknowledgment number, where `isTCP`.
  public var acknowledgment: UInt32
  /// Raw window, where `isTCP`.
  public var window: UInt16
  /// The 12 flag bits, where `isTCP`.
  public var flags: UInt16
  /// 1: sent by the flow's client, 0: by its server; `noSide` without a flow.
  public var fromClient: UInt8
  /// Whether the four TCP columns hold anything; they are NULL otherwise.
  public var isTCP: Bool

  /// A frame without flow and TCP.
  ///
  /// - Parameters:
  ///   - id: `frames.id`.
  ///   - number: 1-based in its capture.
  ///   - time: ns since 1970-01-01 UTC, or `noTime`.
  ///   - length: bytes on the wire.
  ///   - capturedLength: bytes in the capture.
  ///   - interfaceID: `interfaces.id`, 0 for the first of the capture.
  public init(
    id: Int64, number: Int64, time: Int64, length: UInt32, capturedLength: UInt32, interfaceID: Int64 = 0
  ) {
    self.id = id
    self.number = number
    self.time = time
    self.interfaceID = interfaceID
    flowID = 0
    self.length = length
    self.capturedLength = capturedLength
    payloadLength = FrameRow.noPayloadLength
    sequence = 0
    acknowledgment = 0
    window = 0
    flags = 0
    fromClient = FrameRow.noSide
    isTCP = false
  }
}

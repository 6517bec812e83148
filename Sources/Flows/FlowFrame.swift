/// The frame that a packet arrived in, or that completed it.
public struct FlowFrame: Sendable, BitwiseCopyable {
  /// Stands for no time: an `Optional` would make each of the many times kept twice as large.
  @usableFromInline static let noTime = Int64.min

  /// The row of `frames`.
  public let id: Int64
  /// As `time`, `noTime` for nil.
  @usableFromInline let timeOrNone: Int64

  /// Nanoseconds since the epoch; nil where the capture gives no time.
  @inlinable public var time: Int64? { timeOrNone == FlowFrame.noTime ? nil : timeOrNone }

  /// The frame with row `id`, captured at `time`.
  @inlinable
  public init(id: Int64, time: Int64?) {
    self.id = id
    timeOrNone = time ?? FlowFrame.noTime
  }
}

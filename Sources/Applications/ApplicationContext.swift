public import Records

/// What parsers may reach besides their bytes: one per capture.
public final class ApplicationContext {
  /// Where records go.
  public let sink: RecordSink
  /// Connections that a control connection has announced.
  public let expected = ExpectedFlows()

  /// A context whose records go to `sink`.
  public init(sink: RecordSink) {
    self.sink = sink
  }
}

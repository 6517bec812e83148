/// Why bytes could not be decoded: data that travels with what was decoded before it, rather than a crash or a silence.
public struct Fault: Error, Equatable, Sendable {
  /// What kind of failure it is.
  public enum Reason: String, Sendable {
    /// The bytes end before the structure does.
    case truncated
    /// A value that the specification forbids or that contradicts another.
    case malformed
    /// Valid, but nothing here decodes it.
    case unsupported
    /// A named limit of this program was reached.
    case limit
  }

  /// The structure that was being read, in the field's spelling: `IPv4`, `DNS`, `TLS ClientHello`.
  public let layer: String
  /// What kind of failure it is.
  public let reason: Reason
  /// Bytes from the start of the structure's input to the place of the failure.
  public let offset: Int
  /// What was wrong, for a person; never holds text from the wire.
  public let detail: String

  /// A fault of `layer` at `offset` bytes from its start.
  public init(_ layer: StaticString, _ reason: Reason, at offset: Int, _ detail: String) {
    self.layer = layer.description
    self.reason = reason
    self.offset = offset
    self.detail = detail
  }
}

extension Fault: CustomStringConvertible {
  /// `IPv4 truncated at byte 14: 20 bytes wanted, 6 left`
  public var description: String {
    "\(layer) \(reason.rawValue) at byte \(offset): \(detail)"
  }
}

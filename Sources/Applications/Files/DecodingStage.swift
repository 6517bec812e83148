import Bytes

/// Undoes one content coding, piece by piece.
protocol DecodingStage: AnyObject {
  /// Bytes of memory that it holds, where that depends on the data; 0: few.
  var heldBytes: Int { get }

  /// Decodes some of `input` from `offset` on, which is moved behind what was read, into `room`.
  func step(_ input: RawSpan, from offset: inout Int, into room: UnsafeMutableRawBufferPointer) -> DecodingStep

  /// Behind the end of its data: whether more of it begins with `byte`.
  func goesOn(with byte: UInt8) -> Bool
}

/// What came of decoding some bytes.
struct DecodingStep {
  /// How it goes on.
  enum Outcome {
    /// With more input, or with what there was no room for.
    case more
    /// The data ends here.
    case ended
    /// The data is invalid.
    case failed(String)
  }

  /// Bytes written.
  var produced = 0
  var outcome = Outcome.more
}

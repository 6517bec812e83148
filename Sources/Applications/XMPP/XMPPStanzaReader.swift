import Bytes

/// Puts the children of one direction's stream together.
struct XMPPStanzaReader {
  private var tags = XMLTagReader()
  /// How deep the next tag stands: 0 outside the stream, 1 for its children.
  private var depth = 0
  private var element: XMPPElement?
  private var isBehindGap = false

  /// The name of the server in the stream's first tag; nil: none.
  private(set) var recipient: [UInt8]?

  /// Bytes kept of the unfinished child.
  var heldBytes: Int { tags.heldBytes + (element?.heldBytes ?? 0) + (recipient?.count ?? 0) }

  /// Takes bytes of `input` from `index` up to the end of the next child, and moves `index` behind them; nil where there
  /// is none.
  mutating func next(_ input: RawSpan, at index: inout Int, in frame: FrameStamp) -> XMPPElement? {
    while index < input.byteCount {
      guard let tag = tags.next(input, at: &index, in: frame) else { return nil }
      if let element = take(tag) { return element }
    }
    return nil
  }

  /// Bytes are missing: the unfinished child is dropped, and the next tag counts as a child's.
  mutating func gap() {
    tags.gap()
    element = nil
    depth = 1
    isBehindGap = true
  }

  private mutating func take(_ tag: XMLTag) -> XMPPElement? {
    if depth == 0, tag.name != "stream" {
      // The stream's own tag is missing.
      (depth, isBehindGap) = (1, true)
    }
    switch tag.kind {
    case .start where tag.name == "stream" && (depth <= 1 || isBehindGap):
      recipient = tag.attribute("to").map { Array($0.prefix(256)) }
      (depth, element) = (1, nil)
    case .start:
      begin(tag)
      depth += 1
    case .empty:
      begin(tag)
      return depth <= 1 ? finish() : nil
    case .end:
      depth = max(depth - 1, isBehindGap ? 1 : 0)
      if depth <= 1 {
        element?.text = tag.text
        return finish()
      }
      if depth == 3, let count = element?.fields.count, count < XMPPElement.textLimit {
        element?.fields[tag.name] = tag.text
      }
    }
    return nil
  }

  private mutating func begin(_ tag: XMLTag) {
    if depth <= 1 { element = XMPPElement(tag: tag) } else if depth == 2, element?.child == nil { element?.child = tag }
  }

  private mutating func finish() -> XMPPElement? {
    defer { element = nil }
    return element
  }
}

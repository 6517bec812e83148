/// A child of the stream that is being read (RFC 6120, section 4.1), as far as logins need it.
struct XMPPElement {
  /// Texts kept of elements in it; a login's has four.
  static let textLimit = 8

  /// Its tag.
  let tag: XMLTag
  /// The text directly in it that stands last.
  var text: [UInt8] = []
  /// The first element in it.
  var child: XMLTag?
  /// Texts of the elements two levels below the stream's children, by name: the fields of `jabber:iq:auth`.
  var fields: [String: [UInt8]] = [:]

  /// Bytes that it keeps.
  var heldBytes: Int {
    tag.attributes.count + text.count + fields.values.reduce(0) { $0 + $1.count }
  }

  /// Whether it is of this namespace.
  func isOf(_ namespace: String) -> Bool {
    tag.attribute("xmlns").map { $0.elementsEqual(namespace.utf8) } ?? false
  }
}

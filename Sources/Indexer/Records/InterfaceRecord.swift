import Records

/// A row of `interfaces`.
struct InterfaceRecord: Record {
  static let table = Table("interfaces", ["capture_id", "number", "name", "description", "link_type", "snaplen"])

  let captureID: Int64
  let number: Int
  let name: String?
  let description: String?
  let linkType: UInt16
  let snaplen: Int

  func encode(into row: inout RowEncoder) {
    row.integer(captureID)
    row.integer(number)
    row.text(name)
    row.text(description)
    row.integer(linkType)
    row.integer(snaplen)
  }
}

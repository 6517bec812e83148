import Bytes

/// A row of `addresses`.
struct AddressRecord: Record {
  static let table = Table("addresses", ["ip", "key", "scope"])

  let address: IPAddress

  func encode(into row: inout RowEncoder) {
    row.text(address)
    row.blob(address.key)
    row.text(address.scope.rawValue)
  }
}

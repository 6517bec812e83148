import Bytes
import Records

/// A row of `link_frames`, whose key is the frame's.
struct LinkFrameRecord: Record {
  static let table = Table("link_frames", ["source_mac", "destination_mac", "protocol"])

  let source: MACAddress?
  let destination: MACAddress?
  let protocolName: String

  func encode(into row: inout RowEncoder) {
    row.text(source?.description)
    row.text(destination?.description)
    row.text(protocolName)
  }
}

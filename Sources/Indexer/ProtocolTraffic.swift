import Bytes
import Flows
import Packets
import Records

/// Counts flows by what they speak as they end: with `LinkTraffic` the rows of `traffic_by_protocol`.
///
/// Memory is bounded by the numbers that protocols have: 256 of IP; services are those that the program knows.
struct ProtocolTraffic {
  private struct Key: Hashable {
    /// IP protocol number, with marks above it for IPv6 and for fragments.
    let code: UInt16
    let service: String?
    let captureID: Int64

    init(_ flow: borrowing Flow, service: String?, captureID: Int64) {
      code =
        UInt16(flow.ipProtocol) | (flow.clientAddress.isIPv4 ? 0 : 0x100) | (flow.transport == .fragment ? 0x200 : 0)
      self.service = service
      self.captureID = captureID
    }
  }

  private struct Part {
    let captureID: Int64
    let network: String
    let transport: String
    let service: String?
    var flows: Int64 = 0
    var frames: Int64 = 0
    var bytes: Int64 = 0
  }

  private var parts: [Part] = []
  private var places: [Key: Int] = [:]

  /// Counts a flow that ended, and began in the capture `captureID`.
  mutating func add(_ flow: borrowing Flow, service: String?, captureID: Int64) {
    let key = Key(flow, service: service, captureID: captureID)
    let place: Int
    if let known = places[key] {
      place = known
    } else {
      place = parts.count
      places[key] = place
      parts.append(
        Part(
          captureID: captureID, network: flow.clientAddress.isIPv4 ? "ip" : "ipv6", transport: flow.transportName,
          service: service))
    }
    parts[place].flows &+= 1
    parts[place].frames &+= flow.client.packets &+ flow.server.packets
    parts[place].bytes &+= flow.client.bytes &+ flow.server.bytes
  }

  /// Emits a row for each protocol, in the order in which they were met.
  func emit(to sink: RecordSink) {
    for part in parts {
      sink.emit(
        ProtocolTrafficRecord(
          captureID: part.captureID, network: part.network, transport: part.transport, service: part.service,
          flows: part.flows, frames: part.frames, bytes: part.bytes))
    }
  }

  /// Emits a row for each protocol of frames without IP, which the present capture has.
  static func emit(_ links: LinkTraffic, to sink: RecordSink) {
    for part in links.parts {
      sink.emit(
        ProtocolTrafficRecord(
          captureID: sink.captureID, network: part.name, transport: nil, service: nil, flows: nil, frames: part.frames,
          bytes: part.bytes))
    }
  }
}

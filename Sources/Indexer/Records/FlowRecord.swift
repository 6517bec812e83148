import Flows
import Packets
import Records

/// A row of `flows`.
struct FlowRecord: Record {
  static let table = Table(
    "flows",
    [
      "capture_id", "transport", "client_id", "client_port", "server_id", "server_port", "service", "service_source",
      "first_frame_id", "last_frame_id", "first_ts", "last_ts", "client_packets", "server_packets", "client_bytes",
      "server_bytes", "client_payload", "server_payload", "turns", "state", "irtt_ns", "syn_frame_id",
      "syn_ack_frame_id", "ack_frame_id", "client_isn", "server_isn", "client_window_scale", "server_window_scale",
      "missing_bytes", "retransmissions", "out_of_order", "duplicates",
    ], isInOrder: false)

  let captureID: Int64
  let flow: Flow
  let first: FlowFrame
  let connection: TCPConnection?
  let clientID: Int64
  let serverID: Int64
  let service: String?
  let serviceSource: String?

  func encode(into row: inout RowEncoder) {
    row.integer(captureID)
    row.text(flow.transportName)
    row.integer(clientID)
    row.integer(flow.hasPorts ? Int64(flow.clientPort) : nil)
    row.integer(serverID)
    row.integer(flow.hasPorts ? Int64(flow.serverPort) : nil)
    row.text(service)
    row.text(serviceSource)
    row.integer(first.id)
    row.integer(flow.lastFrame)
    row.integer(first.time)
    row.integer(flow.lastTime)
    row.integer(flow.client.packets)
    row.integer(flow.server.packets)
    row.integer(flow.client.bytes)
    row.integer(flow.server.bytes)
    row.integer(flow.client.payload)
    row.integer(flow.server.payload)
    row.integer(flow.turns)
    row.text(connection?.state.rawValue)
    row.integer(connection?.initialRTT)
    row.integer(connection?.synFrame)
    row.integer(connection?.synAckFrame)
    row.integer(connection?.ackFrame)
    row.integer(connection?.client.initialSequence.map(Int64.init))
    row.integer(connection?.server.initialSequence.map(Int64.init))
    row.integer(connection?.client.windowShift.map(Int64.init))
    row.integer(connection?.server.windowShift.map(Int64.init))
    row.integer(connection?.missing ?? 0)
    row.integer(connection?.retransmissions ?? 0)
    row.integer(connection?.outOfOrder ?? 0)
    row.integer(connection?.copies ?? 0)
  }
}

extension Flow {
  /// The contract's name of the transport.
  var transportName: String {
    transport == .fragment ? "fragment" : IPProtocolName.name(of: ipProtocol)
  }
}

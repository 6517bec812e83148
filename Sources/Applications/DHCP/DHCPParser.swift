import Bytes
import Records

/// DHCP over UDP (RFC 2131): a row for each message.
public final class DHCPParser: DatagramParser {
  /// `dhcp`.
  public static let service = "dhcp"

  private let flowID: Int64

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    flowID = flow.id
  }

  /// Datagrams with DHCP's magic cookie, on any port.
  public static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe {
    guard DHCPMessage.begins(payload) else { return .no }
    // Both ends of a relay's have port 67: there the first sender is the client.
    guard flow.client.port != flow.server.port else { return .match }
    return (payload.u8(at: 0) == 1) == (side == .client) ? .match : .reversed
  }

  /// The next datagram; one that is no message tells nothing.
  public func consume(
    _ payload: RawSpan, length: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    guard let message = DHCPMessage(payload) else { return }
    let transaction = LeaseNames.Transaction(
      id: message.transactionID, client: message.clientMAC?.value ?? 0, isVersion6: false)
    var leaseName: [UInt8]?
    if message.isRequest {
      context.leaseNames.note(message.clientName, in: transaction)
    } else if message.type == DHCPMessage.acknowledgment, let address = message.yourAddress ?? message.clientAddress {
      leaseName = context.leaseNames.name(in: transaction, or: message.clientName)
      let id = context.sink.addressID(address)
      if let leaseName { context.sink.name(leaseName.bytes, of: id, source: .dhcp, frame: frame.id) }
    }
    context.sink.emit(DHCPRecord(flowID: flowID, frameID: frame.id, message: message, leaseName: leaseName))
  }

  /// Nothing is pending: each datagram is a message.
  public func finish(context: ApplicationContext) {}
}

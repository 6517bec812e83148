import Bytes
import Records

/// DHCPv6 over UDP (RFC 8415): a row for each message, what a relay passes on included.
public final class DHCPv6Parser: DatagramParser {
  /// `dhcpv6`.
  public static let service = "dhcpv6"

  private static let ports: ClosedRange<UInt16> = 546...547

  private let flowID: Int64

  /// A parser for `flow`.
  public init(flow: FlowIdentity) {
    flowID = flow.id
  }

  /// Datagrams of the ports 546 and 547 that are options to their last byte.
  public static func probe(_ payload: RawSpan, from side: Side, flow: FlowIdentity) -> Probe {
    guard ports.contains(flow.server.port) || ports.contains(flow.client.port), DHCPv6Message.isWhole(payload),
      let type = payload.u8(at: 0)
    else { return .no }
    return DHCPv6Message.isRequest(type) == (side == .client) ? .match : .reversed
  }

  /// The next datagram; one that is no message tells nothing.
  public func consume(
    _ payload: RawSpan, length: Int, from side: Side, in frame: FrameStamp, context: ApplicationContext
  ) {
    guard let message = DHCPv6Message(payload) else {
      return context.sink.diagnose("malformed-dhcpv6", "no kind of message", frame: frame.id, flow: flowID)
    }
    var leaseName: [UInt8]?
    if let type = message.type, let id = message.transactionID {
      let transaction = LeaseNames.Transaction(id: id, client: 0, isVersion6: true)
      if DHCPv6Message.isRequest(type) {
        context.leaseNames.note(message.fqdn, in: transaction)
      } else if type == DHCPv6Message.reply, !message.addresses.isEmpty, (message.validLifetime ?? 0) > 0 {
        leaseName = context.leaseNames.name(in: transaction, or: message.fqdn)
        for address in message.addresses {
          let id = context.sink.addressID(address)
          if let leaseName { context.sink.name(leaseName.bytes, of: id, source: .dhcp, frame: frame.id) }
        }
      }
    }
    context.sink.emit(DHCPv6Record(flowID: flowID, frameID: frame.id, message: message, leaseName: leaseName))
  }

  /// Nothing is pending: each datagram is a message.
  public func finish(context: ApplicationContext) {}
}

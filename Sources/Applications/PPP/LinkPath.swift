public import Bytes

/// Where a message between the ends of a link went, and in which direction, as far as the frame says.
public struct LinkPath: Hashable, Sendable {
  /// The flow around it; nil: none.
  let flowID: Int64?
  /// The ends' addresses, the lower one first; 0 where they are not known.
  let low, high: UInt64
  /// Whether the lower end, or the flow's client, sent it; nil: not known.
  let isFromLow: Bool?
  /// Whether IEEE 802.1X is around it, not PPP.
  let isEAPOL: Bool

  private init(flowID: Int64?, low: UInt64, high: UInt64, isFromLow: Bool?, isEAPOL: Bool) {
    self.flowID = flowID
    (self.low, self.high) = (low, high)
    self.isFromLow = isFromLow
    self.isEAPOL = isEAPOL
  }

  /// A serial line, whose frames have no addresses.
  public static let line = LinkPath(flowID: nil, low: 0, high: 0, isFromLow: nil, isEAPOL: false)

  /// A tunnel whose packets make up a flow. Its sessions are not told apart: their numbers differ by direction.
  public static func tunnel(flow: Int64, fromClient: Bool) -> LinkPath {
    LinkPath(flowID: flow, low: 0, high: 0, isFromLow: fromClient, isEAPOL: false)
  }

  /// A frame of PPP over Ethernet between two stations.
  public static func ethernet(source: MACAddress, destination: MACAddress) -> LinkPath {
    let isFromLow = source.value <= destination.value
    return LinkPath(
      flowID: nil, low: isFromLow ? source.value : destination.value,
      high: isFromLow ? destination.value : source.value, isFromLow: isFromLow, isEAPOL: false)
  }

  /// A frame of IEEE 802.1X between two stations, or to the group address of all of one kind.
  public static func eapol(source: MACAddress, destination: MACAddress) -> LinkPath {
    LinkPath(flowID: nil, low: source.value, high: destination.value, isFromLow: nil, isEAPOL: true)
  }

  /// Of IEEE 802.1X the client alone, who sent the frame or got it; its address is 0 where that is a group's. Of others
  /// the whole way.
  func ofClient(isSender: Bool) -> LinkPath {
    guard isEAPOL else { return self }
    let address = isSender ? low : high
    let isGroup = address >> 40 & 1 == 1
    return LinkPath(flowID: nil, low: isGroup ? 0 : address, high: 0, isFromLow: nil, isEAPOL: true)
  }

  /// The way back.
  var reversed: LinkPath {
    LinkPath(flowID: flowID, low: low, high: high, isFromLow: isFromLow.map { !$0 }, isEAPOL: isEAPOL)
  }
}

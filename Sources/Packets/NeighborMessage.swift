public import Bytes

/// What an ICMPv6 message of Neighbor Discovery (RFC 4861, section 4), or an ICMP redirect (RFC 792), says of a neighbor.
public struct NeighborMessage: Hashable, Sendable {
  /// The address that is asked for, announced or redirected to; nil: the kind of message has none.
  public let target: IPAddress?
  /// The link-layer address of the first option of source or target; nil: none, or none of 6 bytes.
  public let linkAddress: MACAddress?
  /// Of an advertisement the bits router 4, solicited 2, override 1; nil: another message.
  public let flags: UInt8?

  /// Most options that are looked at.
  private static let optionLimit = 16

  /// Reads the message of this `type` whose header of 8 bytes lies in front of `payloadOffset` of `bytes`.
  ///
  /// - Parameters:
  ///   - type: ICMP or ICMPv6 type.
  ///   - isVersion6: whether it is ICMPv6.
  ///   - bytes: what `payloadOffset` refers to.
  ///   - payloadOffset: where the message goes on behind its first 8 bytes.
  ///   - length: captured bytes from there on.
  ///
  /// Nil where it is a message of another kind, or cut off in front of what it has to have.
  public init?(type: UInt8, isVersion6: Bool, bytes: RawSpan, payloadOffset: Int, length: Int) {
    let body = bytes.part(from: payloadOffset, to: payloadOffset &+ max(0, length))
    guard isVersion6 else {
      guard type == 5, payloadOffset >= 4, let gateway = IPAddress(v4: bytes, at: payloadOffset &- 4) else {
        return nil
      }
      (target, linkAddress, flags) = (gateway, nil, nil)
      return
    }
    let options: Int
    switch type {
    case 133: (target, options) = (nil, 0)
    case 134: (target, options) = (nil, 8)
    case 135, 136:
      guard let address = IPAddress(v6: body, at: 0) else { return nil }
      (target, options) = (address, 16)
    case 137:
      guard let address = IPAddress(v6: body, at: 0) else { return nil }
      (target, options) = (address, 32)
    default: return nil
    }
    flags = type == 136 ? bytes.u8(at: payloadOffset &- 4).map { $0 >> 5 } : nil
    linkAddress = NeighborMessage.linkAddress(body, from: options)
  }

  /// The first source (1) or target (2) link-layer address among the options, which begin at `start`.
  private static func linkAddress(_ body: RawSpan, from start: Int) -> MACAddress? {
    var at = start
    for _ in 0..<optionLimit {
      guard let kind = body.u8(at: at), let units = body.u8(at: at &+ 1), units > 0 else { return nil }
      if kind == 1 || kind == 2 { return units == 1 ? MACAddress(body, at: at &+ 2) : nil }
      at &+= Int(units) &* 8
    }
    return nil
  }
}

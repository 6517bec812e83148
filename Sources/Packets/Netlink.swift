import Bytes

/// Netlink messages of Linux's packet filter (linux/netlink.h, linux/netfilter/nfnetlink.h), which carry packets that it
/// logged or queued. Of several messages in a frame the first is read.
///
///     length (4) | type (2): subsystem (high 8 bits), message (8) | flags (2) | sequence (4) | port (4) | as NFLOG
///
/// Integers have the order of the machine that captured; which that is, the length shows.
enum Netlink {
  static let headerLength = 16
  /// The family of the packet filter.
  static let netfilter: UInt16 = 12
  private static let queuedPacket: UInt16 = 0x0300
  private static let loggedPacket: UInt16 = 0x0400
  private static let queuedPayload = 10

  static func decode(_ frame: RawSpan, _ walk: inout Walk, _ layers: inout PacketLayers) {
    layers.linkProtocol = .netlink
    walk.next = .done
    guard walk.available >= headerLength else { return }
    let length = frame.word(walk.offset)
    let isSwapped = length.byteSwapped <= 0xffff && length > 0xffff
    let type = isSwapped ? frame.half(walk.offset &+ 4).byteSwapped : frame.half(walk.offset &+ 4)
    guard type == queuedPacket || type == loggedPacket else { return }
    walk.narrow(to: walk.offset &+ Int(isSwapped ? length.byteSwapped : length))
    walk.offset &+= headerLength
    NFLOG.decode(
      frame, &walk, payload: type == queuedPacket ? queuedPayload : NFLOG.payloadAttribute, &layers)
    // One without its packet is a message like others.
    if layers.linkProtocol == .netlink { layers.fault = PacketFault() }
  }
}

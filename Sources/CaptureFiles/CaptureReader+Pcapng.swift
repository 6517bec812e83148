import Bytes

extension CaptureReader {
  func readPcapng<Failure: Error>(
    _ body: (CapturedFrame, RawSpan) throws(Failure) -> Bool
  ) throws(Failure) -> CaptureEnd {
    var state = pcapng
    defer { pcapng = state }
    var wanted = PcapngBlock.overhead
    while input.fill(wanted) {
      var cursor = Cursor(number: lastNumber)
      defer {
        input.advance(cursor.offset)
        lastNumber = cursor.number
      }
      switch try passPcapng(input.window, from: input.position, &state, &cursor, body) {
      case .needs(let count): wanted = count
      case .stopped: return .stopped
      case .damaged(let detail): return .damaged(detail)
      }
    }
    return shortage("the block", wanted: wanted)
  }

  /// Handles every whole block of `window` (draft-ietf-opsawg-pcapng, section 3.1).
  ///
  /// ```
  /// 0 |                          Block Type                           |
  /// 4 |                      Block Total Length                       |
  /// 8 /          Block Body, padded to a multiple of 4 bytes          /
  ///   |                      Block Total Length                       |
  /// ```
  private func passPcapng<Failure: Error>(
    _ window: RawSpan, from position: Int64, _ state: inout PcapngState, _ cursor: inout Cursor,
    _ body: (CapturedFrame, RawSpan) throws(Failure) -> Bool
  ) throws(Failure) -> Pass {
    while true {
      let start = cursor.offset
      let place = position &+ Int64(start)
      guard let rawType = window.u32(at: start), window.byteCount &- start >= PcapngBlock.overhead else {
        return .needs(PcapngBlock.overhead)
      }
      if rawType == PcapngBlock.sectionHeader {
        guard let order = PcapngState.sectionOrder(window.part(from: start)) else {
          return .damaged("the section header at byte \(place) has no valid byte-order magic")
        }
        state.order = order
      }
      let order = state.order
      guard let type = order.u32(window, at: start), let total = order.u32(window, at: start &+ 4).map(Int.init) else {
        return .needs(PcapngBlock.overhead)
      }
      guard total >= PcapngBlock.overhead, total <= CaptureLimits.pcapngBlockLength else {
        return .damaged("the block at byte \(place) claims a length of \(total) bytes")
      }
      // Some writers leave the padding out of the length; the trailing length stands behind it all the same.
      let padded = (total &+ 3) & ~3
      guard padded <= window.byteCount &- start else { return .needs(padded) }
      let block = window.part(from: start, to: start &+ padded)
      guard order.u32(block, at: padded &- 4).map(Int.init) == total else {
        return .damaged("the block at byte \(place) has different lengths at its two ends")
      }

      var packet: PcapngPacket?
      switch type {
      case PcapngBlock.enhancedPacket: packet = PcapngPacket(enhanced: block, order)
      case PcapngBlock.packet: packet = PcapngPacket(obsolete: block, order)
      case PcapngBlock.simplePacket: packet = PcapngPacket(simple: block, order, state.interfaces.first)
      default:
        if let fault = control(type, block, &state) { return .damaged("the block at byte \(place): \(fault)") }
        if PcapngBlock.isCounted(type) { cursor.number &+= 1 }
        cursor.offset = start &+ padded
        continue
      }
      guard let packet else { return .damaged("the packet block at byte \(place) is too short for its packet") }
      guard packet.interface < state.interfaces.count else {
        return .damaged("the packet block at byte \(place) names interface \(packet.interface), which is not described")
      }
      let interface = state.interfaces[packet.interface]
      let limit = CaptureLimits.frameLength(linkType: interface.linkType)
      guard packet.captured <= limit else {
        return .damaged(
          "the packet block at byte \(place) claims \(packet.captured) captured bytes, \(limit) are possible")
      }
      cursor.number &+= 1
      cursor.offset = start &+ padded
      var frame = CapturedFrame(
        number: cursor.number, timestamp: packet.ticks.flatMap { interface.clock.nanoseconds($0) },
        length: packet.length, capturedLength: packet.captured, linkType: interface.linkType,
        interface: state.firstInterface &+ packet.interface, position: place)
      // More than the mark that ends an empty list.
      if padded &- 4 &- packet.optionsOffset > 4 || type == PcapngBlock.packet {
        frame.hasOptions = readOptions(of: packet, block, type, order, interface: frame.interface)
      }
      let bytes = block.part(from: packet.dataOffset, to: packet.dataOffset &+ packet.captured)
      guard try body(frame, bytes) else { return .stopped }
    }
  }

  /// Takes in what a packet's block says beside the packet; whether there is something in `frameOptions`.
  private func readOptions(
    of packet: PcapngPacket, _ block: RawSpan, _ type: UInt32, _ order: ByteOrder, interface: Int
  ) -> Bool {
    // Of a simple packet block there are none: what stands behind the packet is padding.
    guard type != PcapngBlock.simplePacket else { return false }
    var lost: UInt64 = 0
    let options = block.part(from: packet.optionsOffset, to: block.byteCount &- 4)
    frameOptions = notes.read(packetOptions: options, order, lost: &lost, onNote)
    // The obsolete block counts the losses in its header; 0xffff: not known.
    if type == PcapngBlock.packet, let drops = order.u16(block, at: 10), drops != 0xffff { lost = UInt64(drops) }
    if lost > 0 { statistics[interface, default: InterfaceStatistics()].lose(lost) }
    return !frameOptions.isEmpty
  }

  /// Takes in a block that holds no packet; returns what is wrong with it.
  private func control(_ type: UInt32, _ block: RawSpan, _ state: inout PcapngState) -> String? {
    switch type {
    case PcapngBlock.sectionHeader:
      guard block.byteCount >= 28 else { return "a section header of \(block.byteCount) bytes is too short" }
      if let version = PcapngState.unsupportedVersion(block, state.order) {
        return "a section of the unsupported version \(version)"
      }
      state.firstInterface = interfaces.count
      state.interfaces = []
      notes.readComments(block.part(from: 24, to: block.byteCount &- 4), state.order, .section, onNote)
    case PcapngBlock.interfaceDescription:
      guard interfaces.count < CaptureLimits.interfaces else {
        return "more than \(CaptureLimits.interfaces) interfaces"
      }
      guard let described = PcapngInterfaceDescription(block, state.order) else {
        return "an interface description of \(block.byteCount) bytes is too short"
      }
      state.interfaces.append(described.packets)
      interfaces.append(
        CaptureInterface(
          number: interfaces.count, name: described.name, description: described.text,
          linkType: described.packets.linkType, snaplen: described.packets.snaplen))
      notes.readComments(
        block.part(from: 16, to: block.byteCount &- 4), state.order, .interface(interfaces.count - 1), onNote)
    case PcapngBlock.nameResolution:
      notes.readNames(block, state.order, onNote)
    case PcapngBlock.decryptionSecrets:
      notes.readSecrets(block, state.order, onNote)
    case PcapngBlock.interfaceStatistics:
      guard let number = state.order.u32(block, at: 8).map(Int.init), number < state.interfaces.count else { break }
      let interface = state.firstInterface + number
      PcapngNotes.read(
        statistics: block, state.order, clock: state.interfaces[number].clock,
        into: &statistics[interface, default: InterfaceStatistics()])
      notes.readComments(
        block.part(from: 20, to: block.byteCount &- 4), state.order, .statistics(interface), onNote)
    default:
      break
    }
    return nil
  }
}

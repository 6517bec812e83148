import Bytes
import Flows
import Packets
import Testing

@Suite("IP packets in fragments")
struct FragmentTests {
  /// Adds a fragment that is `bytes` alone.
  private func add(
    _ table: inout FragmentTable, _ bytes: [UInt8], at offset: Int = 0, more: Bool = true, packet: UInt32 = 1,
    frame: Int64 = 1, time: Int64? = 0, path: Int32 = -1, ipv6Protocol: UInt8? = nil
  ) -> FragmentTable.Outcome {
    var layers = PacketLayers()
    layers.network = ipv6Protocol == nil ? .ipv4 : .ipv6
    layers.ipProtocol = ipv6Protocol ?? 17
    layers.identification = packet
    layers.fragmentOffset = Int32(offset)
    layers.fragmentPayloadLength = Int32(bytes.count)
    layers.moreFragments = more
    return table.add(layers, frame: bytes.bytes, place: FlowFrame(id: frame, time: time), path: path)
  }

  private func whole(_ outcome: FragmentTable.Outcome) -> [UInt8]? {
    if case .complete(let bytes, _) = outcome { bytes } else { nil }
  }

  private let first = [UInt8](repeating: 1, count: 8)
  private let second = [UInt8](repeating: 2, count: 8)

  @Test("what came first stands, and other bytes in its place are a conflict")
  func conflict() {
    var table = FragmentTable()
    _ = add(&table, first)
    #expect(table.conflict == nil)
    _ = add(&table, first)
    #expect(table.conflict == nil)
    _ = add(&table, second)
    #expect(table.conflict == "byte 0 of a packet in fragments came again with another value")
    #expect(whole(add(&table, second, at: 8, more: false)) == first + second)
    #expect(table.conflict == nil)
  }

  @Test("a second end of the packet, and bytes behind its end, are conflicts")
  func ends() {
    var table = FragmentTable()
    _ = add(&table, second, at: 8, more: false)
    _ = add(&table, second, at: 16, more: false)
    #expect(table.conflict == "a packet of 16 bytes has a fragment that ends at 24")
    #expect(whole(add(&table, first)) == first + second)
    _ = add(&table, second, at: 16, packet: 2)
    _ = add(&table, second, at: 8, more: false, packet: 2)
    #expect(table.conflict == "a packet whose last fragment ends at 16 has one that ends at 24")
    #expect(whole(add(&table, first, packet: 2)) == first + second)
  }

  @Test("fragments that came through different tunnels are not of one packet")
  func paths() {
    var table = FragmentTable()
    _ = add(&table, first, path: 1)
    #expect(whole(add(&table, second, at: 8, more: false, path: 2)) == nil)
    #expect(whole(add(&table, second, at: 8, more: false, path: 1)) == first + second)
  }

  @Test("of IPv6 the first fragment says what the packet carries")
  func nextHeader() {
    var table = FragmentTable()
    _ = add(&table, second, at: 8, more: false, ipv6Protocol: 59)
    guard case .complete(_, let number) = add(&table, first, ipv6Protocol: 6) else {
      Issue.record("not complete")
      return
    }
    #expect(number == 6)
  }

  @Test("a packet is given up when it is too old by the capture's clock, not when the clock runs backwards")
  func age() {
    var limits = FlowLimits()
    limits.fragmentAge = 1_000_000_000
    var table = FragmentTable(limits: limits)
    _ = add(&table, first, frame: 1, time: 5_000_000_000)
    _ = add(&table, first, packet: 2, frame: 2, time: Int64.min + 1)
    _ = add(&table, first, packet: 3, frame: 3, time: nil)
    _ = add(&table, first, packet: 4, frame: 4, time: 6_000_000_000)
    #expect(table.incomplete(atEnd: false).isEmpty)
    _ = add(&table, first, packet: 5, frame: 5, time: 6_000_000_001)
    let given = table.incomplete(atEnd: false)
    #expect(given.map(\.frame).first == 1)
    #expect(given.first?.reason == "the other fragments of this IP packet did not come in 1 s")
    #expect(Set(given.map(\.frame) + table.incomplete(atEnd: true).map(\.frame)) == [1, 2, 3, 4, 5])
  }

  @Test("more packets, bytes or fragments than the limits give up the oldest packet, or refuse the fragment")
  func limits() {
    var limits = FlowLimits()
    limits.fragmentedPackets = 2
    var table = FragmentTable(limits: limits)
    for number in 1...3 { _ = add(&table, first, packet: UInt32(number), frame: Int64(number)) }
    #expect(table.incomplete(atEnd: false).map(\.frame) == [1])
    #expect(whole(add(&table, second, at: 8, more: false, packet: 3)) == first + second)

    limits = FlowLimits()
    limits.fragmentBytes = 20
    table = FragmentTable(limits: limits)
    for number in 1...3 { _ = add(&table, first, packet: UInt32(number), frame: Int64(number)) }
    let given = table.incomplete(atEnd: false)
    #expect(given.map(\.frame) == [1])
    #expect(given.first?.reason == "more than 20 bytes of packets in fragments")

    limits = FlowLimits()
    limits.fragmentsPerPacket = 2
    table = FragmentTable(limits: limits)
    _ = add(&table, first)
    _ = add(&table, first)
    guard case .refused(let reason) = add(&table, first) else {
      Issue.record("not refused")
      return
    }
    #expect(reason == "more than 2 fragments of one packet")
  }

  @Test("a fragment behind the longest packet is refused, as is one that the capture cut")
  func refused() {
    var table = FragmentTable()
    guard case .refused = add(&table, first, at: 65_528, more: false) else {
      Issue.record("not refused")
      return
    }
    var layers = PacketLayers()
    layers.network = .ipv4
    layers.fragmentPayloadLength = 16
    layers.moreFragments = true
    guard case .refused = table.add(layers, frame: first.bytes, place: FlowFrame(id: 1, time: nil)) else {
      Issue.record("not refused")
      return
    }
    #expect(table.incomplete(atEnd: true).isEmpty)
  }
}

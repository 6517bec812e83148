import Packets
import Records

/// Counts what tags, labels, sessions and tunnels carry, and tells which flows are inside which of them.
///
/// The headers around one packet, in their order, are a path. Few paths are met again and again, so that one lookup serves
/// all of its headers. Both directions of a tunnel are one row.
struct TunnelTable {
  /// Paths, and tunnels, of a capture; a sender can make up any number.
  static let limit = 65_536
  /// Headers of all paths together: one path may have 32.
  static let headerLimit = 262_144
  /// Tunnels told of for one flow: one that is rerouted often has more.
  static let tunnelsPerFlow = 64
  /// Stands for a path that is one too many.
  static let noPath: Int32 = -1

  /// What is known of a tunnel.
  struct Tunnel: Sendable {
    let id: Int64
    let header: Encapsulation
    let frame: Int64
    var packets: Int64 = 0
    var bytes: Int64 = 0
  }

  private struct Path {
    let headers: [Encapsulation]
    /// The tunnels of the headers, by their place in `tunnels`.
    let tunnels: [Int32]
  }

  /// The path that packets of one end of a flow took last.
  private struct Last: BitwiseCopyable {
    var flow: Int64 = 0
    var path = TunnelTable.noPath
  }

  /// In the order of their first frames.
  private(set) var tunnels: [Tunnel] = []
  private var tunnelNumbers: [Encapsulation: Int32] = [:]
  private var paths: [Path] = []
  private var headerCount = 0
  private var pathNumbers: [[Encapsulation]: Int32] = [:]
  /// The two paths met last: those of both directions of one conversation.
  private var recent: (Int32, Int32) = (noPath, noPath)
  /// By slot and end.
  private var last: [Last] = []
  /// By slot: the tunnels that a flow has rows for.
  private var known: [Int: (flow: Int64, tunnels: [Int32])] = [:]

  /// The number of the path that `headers` are; `noPath` where it is one too many. Headers that were not met before get
  /// rows, as of the frame `frame`.
  mutating func path(_ headers: [Encapsulation], rows: RowSink, frame: Int64) -> Int32 {
    if recent.0 >= 0, paths[Int(recent.0)].headers == headers { return recent.0 }
    if recent.1 >= 0, paths[Int(recent.1)].headers == headers {
      recent = (recent.1, recent.0)
      return recent.0
    }
    guard let number = pathNumbers[headers] ?? newPath(headers, rows: rows, frame: frame) else {
      return TunnelTable.noPath
    }
    recent = (number, recent.0)
    return number
  }

  private mutating func newPath(_ headers: [Encapsulation], rows: RowSink, frame: Int64) -> Int32? {
    guard paths.count < TunnelTable.limit, tunnels.count + headers.count <= TunnelTable.limit,
      headerCount + headers.count <= TunnelTable.headerLimit
    else { return nil }
    headerCount += headers.count
    let numbers = headers.map { tunnel($0, rows: rows, frame: frame) }
    let number = Int32(paths.count)
    paths.append(Path(headers: headers, tunnels: numbers))
    pathNumbers[headers] = number
    return number
  }

  private mutating func tunnel(_ header: Encapsulation, rows: RowSink, frame: Int64) -> Int32 {
    if let number = tunnelNumbers[header] ?? tunnelNumbers[header.reversed] { return number }
    let number = Int32(tunnels.count)
    tunnels.append(Tunnel(id: rows.newID(of: TunnelRecord.self), header: header, frame: frame))
    tunnelNumbers[header] = number
    return number
  }

  /// Counts a frame of `length` bytes that took `path`, and emits a row for each tunnel that its flow was not in before.
  mutating func count(
    _ path: Int32, flow: Int64, slot: Int, fromClient: Bool, length: UInt32, rows: RowSink
  ) {
    for number in paths[Int(path)].tunnels {
      tunnels[Int(number)].packets += 1
      tunnels[Int(number)].bytes += Int64(length)
    }
    let end = slot * 2 + (fromClient ? 0 : 1)
    while last.count <= end { last.append(Last()) }
    if last[end].flow == flow, last[end].path == path { return }
    last[end] = Last(flow: flow, path: path)
    var seen = known[slot] ?? (flow, [])
    if seen.flow != flow { seen = (flow, []) }
    for (index, number) in paths[Int(path)].tunnels.enumerated()
    where !seen.tunnels.contains(number) && seen.tunnels.count < TunnelTable.tunnelsPerFlow {
      seen.tunnels.append(number)
      rows.emit(TunnelFlowRecord(tunnelID: tunnels[Int(number)].id, flowID: flow, level: Int64(index + 1)))
    }
    known[slot] = seen
  }

  /// Emits a row for each of `tunnels`.
  static func emit(_ tunnels: [Tunnel], to sink: RecordSink) {
    for tunnel in tunnels {
      let header = tunnel.header
      sink.emit(
        TunnelRecord(
          captureID: sink.captureID, kind: header.kind.name, identifier: header.identifier,
          sourceID: header.hasAddresses ? sink.addressID(header.source) : nil,
          destinationID: header.hasAddresses ? sink.addressID(header.destination) : nil, frameID: tunnel.frame,
          packets: tunnel.packets, bytes: tunnel.bytes),
        id: tunnel.id)
    }
  }
}

import Bytes

/// Segments that are held back while one before them is missing, of all connections. Few have any, so these are kept
/// apart from the connections.
struct HeldSegments {
  /// A segment held back.
  struct Segment {
    let sequence: UInt32
    let length: Int
    let frame: FlowFrame
    let bytes: [UInt8]

    /// What it costs to keep: its bytes and about as much as the rest takes.
    var cost: Int { bytes.count + 128 }
  }

  private struct Queue {
    var way = TCPDirection(slot: 0, connection: 0, fromClient: true)
    var segments: [Segment] = []
    var bytes = 0
  }

  private var queues: [Queue] = []
  private var free: [Int32] = []
  /// What all of them cost to keep.
  private(set) var cost = 0

  /// Queues there are, those that nobody uses included.
  var queueCount: Int { queues.count }

  /// A queue for the segments of `way`.
  mutating func makeQueue(_ way: TCPDirection) -> Int32 {
    if let queue = free.popLast() {
      queues[Int(queue)].way = way
      return queue
    }
    queues.append(Queue(way: way))
    return Int32(truncatingIfNeeded: queues.count - 1)
  }

  /// Gives up a queue that is empty.
  mutating func release(_ queue: Int32) {
    queues[Int(queue)] = Queue()
    free.append(queue)
  }

  /// Whose segments a queue holds.
  func way(_ queue: Int32) -> TCPDirection { queues[Int(queue)].way }

  /// Segments of a queue.
  func count(_ queue: Int32) -> Int { queues[Int(queue)].segments.count }

  /// Bytes of the segments of a queue.
  func bytes(_ queue: Int32) -> Int { queues[Int(queue)].bytes }

  /// The segment at a place of a queue.
  func segment(_ queue: Int32, _ place: Int) -> Segment { queues[Int(queue)].segments[place] }

  /// Where a segment with `sequence` has its place.
  func place(_ queue: Int32, of sequence: UInt32) -> Int {
    queues[Int(queue)].segments.firstIndex { TCPStream.distance($0.sequence, sequence) > 0 } ?? count(queue)
  }

  /// Puts `segment` at `place`.
  mutating func insert(_ segment: Segment, _ queue: Int32, at place: Int) {
    queues[Int(queue)].segments.insert(segment, at: place)
    queues[Int(queue)].bytes += segment.bytes.count
    cost += segment.cost
  }

  /// Removes the first `count` segments of a queue.
  mutating func removeFirst(_ count: Int, _ queue: Int32) {
    for segment in queues[Int(queue)].segments.prefix(count) {
      queues[Int(queue)].bytes -= segment.bytes.count
      cost -= segment.cost
    }
    queues[Int(queue)].segments.removeFirst(count)
  }
}

/// The table `frames` with its index on `flow_id` while it is written.
@safe
struct FrameTable: ~Copyable {
  private var tree: TableTree
  private var byFlow: IntegerIndex
  private let plan: IndexPlan?
  private let file: PageFile
  // Holds one record at a time; freed in deinit.
  private let scratch: UnsafeMutableRawPointer

  /// The empty table behind `tree`; `plan` is its index on `flow_id`, nil where the schema has none.
  init(tree: consuming TableTree, index plan: IndexPlan?, file: PageFile, spill: SpillFile) {
    self.tree = tree
    self.plan = plan
    self.file = file
    byFlow = IntegerIndex(spill: spill)
    unsafe scratch = .allocate(byteCount: FrameRecord.capacity, alignment: 16)
  }

  deinit {
    unsafe scratch.deallocate()
  }

  /// Adds the frames of one capture, ids ascending.
  mutating func append(_ frames: [FrameRow], captureID: Int64) throws(StoreError) {
    for frame in frames {
      let count = unsafe FrameRecord.encode(frame, captureID: captureID, to: scratch)
      try unsafe tree.append(rowID: frame.id, record: UnsafeRawBufferPointer(start: scratch, count: count))
      if plan != nil { try byFlow.add(frame.flowID == 0 ? nil : frame.flowID, id: frame.id) }
    }
  }

  /// Completes the table.
  mutating func finishRows() throws(StoreError) {
    try tree.finish()
  }

  /// Builds the index, and returns its name where SQLite has to do it.
  mutating func finishIndex() throws(StoreError) -> String? {
    guard let plan else { return nil }
    try byFlow.finish(root: plan.root, file: file)
    return byFlow.isComplete ? nil : plan.name
  }
}

/// What one end of a TCP connection has come to, in the terms of Zeek's endpoint states, from which it makes `conn_state`.
enum EndPhase: UInt8, Sendable, BitwiseCopyable {
  /// It has sent nothing.
  case inactive
  /// It has sent a SYN that nothing answered.
  case synSent
  /// It took part in a handshake.
  case established
  /// It spoke, and its SYN was not seen.
  case partial
  /// It has sent a FIN.
  case closed
  /// It has sent a RST.
  case reset
  /// It has sent a FIN and then, before the other end's, a RST.
  case closedAndReset

  /// Whether it has sent a RST that counts.
  var isReset: Bool { self == .reset || self == .closedAndReset }
  /// Whether nothing but data was seen of it, if that.
  var isSilent: Bool { self == .inactive || self == .partial }

  /// What both ends come to by a segment of one of them.
  ///
  /// - Parameters:
  ///   - own: the sender's; `other` is the receiver's.
  ///   - fromClient: whether the client sent it.
  static func advance(
    _ own: inout EndPhase, _ other: inout EndPhase, flags: TCPFlags, hasData: Bool, fromClient: Bool
  ) {
    switch own {
    case .inactive: own.begin(&other, flags: flags, hasData: hasData, fromClient: fromClient)
    case .synSent:
      if flags.contains(.fin) { own = .closed }
      if flags.contains(.rst) { own = .reset }
    case .established, .partial:
      if flags.contains(.syn), own == .partial, other == .inactive, !flags.contains(.ack) { own = .synSent }
      if flags.contains(.rst) {
        own = .reset
      } else if flags.contains(.fin) {
        own = .closed
        if other == .closedAndReset { other = .closed }
      }
    case .closed: if flags.contains(.rst), other != .closed { own = .closedAndReset }
    case .reset, .closedAndReset: break
    }
  }

  /// The end's first segment.
  private mutating func begin(_ other: inout EndPhase, flags: TCPFlags, hasData: Bool, fromClient: Bool) {
    if flags.contains(.syn) {
      if !fromClient, other == .synSent { other = .established }
      self = fromClient ? .synSent : .established
    }
    if flags.contains(.fin) { self = .closed }
    if flags.contains(.rst) { self = .reset }
    guard self == .inactive else { return }
    // Some servers acknowledge a SYN before they answer it with their own.
    if !fromClient, !hasData, other == .synSent { return }
    self = flags.contains(.ack) && other == .established ? .established : .partial
  }
}

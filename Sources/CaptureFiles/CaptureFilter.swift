import Bytes
import CPcap
import Synchronization

/// Why a filter expression cannot be compiled.
public struct CaptureFilterError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What was to be compiled.
  public let expression: String
  /// libpcap's message.
  public let message: String

  /// `filter 'tcp prot 21': can't parse filter expression: syntax error`
  public var description: String { "filter '\(expression)': \(message)" }
}

/// An expression of pcap-filter(7), such as `tcp port 21`, compiled for one link type. An empty one passes every frame.
@safe public final class CaptureFilter {
  /// libpcap's lookups of names (getservbyname and others) share state between threads, so that one compiles at a time.
  private static let compiling = Mutex(())

  private let program: UnsafeMutablePointer<bpf_program>

  /// Compiles `expression`. `linkType` is the interface's, `snaplen` its largest captured length (0: no limit).
  ///
  /// Names of hosts in an expression are looked up on the network, as tcpdump does. Safe to call from any thread.
  public init(_ expression: String, linkType: UInt16, snaplen: Int) throws(CaptureFilterError) {
    let limit = snaplen > 0 ? CInt(clamping: snaplen) : CInt(CaptureLimits.frameLength)
    // Freed by deinit, which also runs when this initializer throws behind the assignment.
    unsafe program = .allocate(capacity: 1)
    unsafe program.initialize(to: bpf_program())
    let target = unsafe program
    let message: String? = CaptureFilter.compiling.withLock { _ in
      guard let handle = unsafe pcap_open_dead(CaptureFilter.dlt(linkType), limit) else { return "out of memory" }
      defer { unsafe pcap_close(handle) }
      guard unsafe pcap_compile(handle, target, expression, 1, PCAP_NETMASK_UNKNOWN) != 0 else { return nil }
      guard let text = unsafe pcap_geterr(handle) else { return "cannot be compiled" }
      return unsafe String(cString: text)
    }
    if let message { throw CaptureFilterError(expression: expression, message: message) }
  }

  deinit {
    // Harmless on a program that was never compiled: there is nothing to free.
    unsafe pcap_freecode(program)
    unsafe program.deallocate()
  }

  /// Whether the frame passes. `length` is its length on the wire, `bytes` what was captured of it.
  public func matches(_ bytes: RawSpan, length: Int) -> Bool {
    // libpcap checks every access against caplen, and the span stays valid during the call.
    unsafe bytes.withUnsafeBytes { buffer in
      var header = pcap_pkthdr()
      header.caplen = bpf_u_int32(clamping: buffer.count)
      header.len = bpf_u_int32(clamping: length)
      // An empty span may have no address; the filter then looks at none.
      let start = unsafe buffer.baseAddress ?? UnsafeRawPointer(program)
      return unsafe pcap_offline_filter(program, &header, start.assumingMemoryBound(to: UInt8.self)) != 0
    }
  }

  /// The number that libpcap knows a file's link type by on this system: five differ (pcap/dlt.h).
  private static func dlt(_ linkType: UInt16) -> CInt {
    switch linkType {
    case 100: DLT_ATM_RFC1483
    case 101: DLT_RAW
    case 102: DLT_SLIP_BSDOS
    case 103: DLT_PPP_BSDOS
    case 106: DLT_ATM_CLIP
    default: CInt(linkType)
    }
  }
}

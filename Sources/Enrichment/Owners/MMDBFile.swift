import Bytes
import CMaxMindDB
import Glibc
public import Store

/// A MaxMind DB file (https://maxmind.github.io/MaxMind-DB/), read with libmaxminddb: MaxMind's own GeoLite2 and GeoIP2,
/// DB-IP's, IPinfo's and those laid out like them.
@safe
public final class MMDBFile {
  private let path: String
  private let isV4Only: Bool
  // The C handle; unsafe as every C pointer is, and never handed out of this class.
  private let handle: UnsafeMutablePointer<MMDB_s>
  /// What it is and where it comes from.
  public let list: OwnerList

  /// What stands before a file's description of itself, in its last 128 KiB.
  private static let marker: [UInt8] = [0xab, 0xcd, 0xef] + Array("MaxMind.com".utf8)
  private static let markerRoom = 128 << 10

  /// Where the number of the autonomous system stands: with MaxMind and DB-IP, IPinfo, others.
  private static let numbers: [(String, String?)] = [
    ("autonomous_system_number", nil), ("asn", nil), ("as_number", nil), ("traits", "autonomous_system_number"),
  ]
  private static let organisations: [(String, String?)] = [
    ("autonomous_system_organization", nil), ("as_name", nil), ("as_organization", nil), ("organization", nil),
    ("isp", nil), ("traits", "autonomous_system_organization"),
  ]
  /// IPinfo Lite has the country's name in `country` and its letters in `country_code`; its older files have the letters
  /// in `country`.
  private static let countries: [(String, String?)] = [
    ("country", "iso_code"), ("country_code", nil), ("country", nil), ("registered_country", "iso_code"),
  ]

  /// Whether a file is an MMDB file, by its marker.
  static func isOne(_ path: String) throws(EnrichmentError) -> Bool {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw EnrichmentError(path, InputFile.reason(errno)) }
    defer { close(file) }
    let end = lseek(file, 0, SEEK_END)
    guard end > 0 else { return false }
    let start = max(0, end - markerRoom)
    var bytes = [UInt8](repeating: 0, count: Int(end - start))
    var filled = 0
    while filled < bytes.count {
      let count = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe pread(file, buffer.baseAddress?.advanced(by: filled), buffer.count - filled, start + filled)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw EnrichmentError(path, InputFile.reason(errno))
      }
      if count == 0 { break }
      filled += count
    }
    guard filled >= marker.count else { return false }
    return (0...(filled - marker.count)).contains { start in
      bytes[start] == marker[0] && bytes[start..<(start + marker.count)].elementsEqual(marker)
    }
  }

  /// Opens a file.
  init(path: String) throws(EnrichmentError) {
    let handle = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
    // Zeroes are a valid MMDB_s, which the library fills.
    unsafe handle.initialize(to: MMDB_s())
    let status = unsafe MMDB_open(path, UInt32(MMDB_MODE_MMAP), handle)
    guard status == MMDB_SUCCESS else {
      unsafe handle.deallocate()
      throw EnrichmentError(path, "is no MMDB file that can be read: \(MMDBFile.reason(status))")
    }
    unsafe self.handle = handle
    self.path = path
    let metadata = unsafe handle.pointee.metadata
    unsafe isV4Only = metadata.ip_version == 4
    let kind = unsafe metadata.database_type.map { unsafe String(cString: $0) } ?? "MMDB"
    let (time, overflow) = unsafe Int64(clamping: metadata.build_epoch).multipliedReportingOverflow(by: 1_000_000_000)
    do throws(EnrichmentError) {
      list = OwnerList(
        kind: String(kind.prefix(OwnerFile.nameLimit)), source: path, builtAt: overflow || time == 0 ? nil : time,
        sha256: try InputFile.sha256(of: path))
    } catch {
      unsafe MMDB_close(handle)
      unsafe handle.deallocate()
      throw error
    }
  }

  deinit {
    // The last use of the handle.
    unsafe MMDB_close(handle)
    unsafe handle.deallocate()
  }

  /// Who owns an address; nil where the file does not know it.
  func owner(of address: IPAddress) throws(EnrichmentError) -> AddressOwner? {
    var entry = unsafe MMDB_entry_s()
    var (found, prefix): (Int32, UInt16) = (0, 0)
    // C call on an open handle; it reads the 16 bytes of the key.
    let status = unsafe pcapindex_mmdb_lookup(handle, address.key, address.isIPv4 ? 1 : 0, &entry, &found, &prefix)
    if status == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR { return nil }
    guard status == MMDB_SUCCESS else { throw damage(status) }
    guard found == 1 else { return nil }
    var owner = AddressOwner()
    owner.asn = try unsafe first(MMDBFile.numbers, of: &entry, OwnerFile.asn)
    owner.organisation = try unsafe first(MMDBFile.organisations, of: &entry) { text in
      text.isEmpty ? nil : String(text.prefix(OwnerFile.nameLimit))
    }
    owner.country = try unsafe first(MMDBFile.countries, of: &entry, OwnerFile.country)
    guard owner != AddressOwner() else { return nil }
    owner.network = CIDR(address, prefix: Int(prefix) + (isV4Only ? 96 : 0))?.description
    return owner
  }

  /// The first of several values of a record that `convert` makes something of.
  private func first<Value>(
    _ paths: [(String, String?)], of entry: inout MMDB_entry_s, _ convert: (String) -> Value?
  ) throws(EnrichmentError) -> Value? {
    for (key, inner) in paths {
      if let text = try unsafe value(of: &entry, key, inner), let value = convert(text) { return value }
    }
    return nil
  }

  /// A value of a record, a number as its digits; nil where there is none or it is of another kind.
  private func value(of entry: inout MMDB_entry_s, _ key: String, _ inner: String?) throws(EnrichmentError) -> String? {
    var text: UnsafePointer<CChar>?
    var (size, number): (UInt32, UInt64) = (0, 0)
    // C calls; the keys live for the call, and the text as long as the handle.
    let kind =
      if let inner {
        unsafe pcapindex_mmdb_value(&entry, key, inner, &text, &size, &number)
      } else {
        unsafe pcapindex_mmdb_value(&entry, key, nil, &text, &size, &number)
      }
    switch kind {
    case 1:
      guard let start = unsafe text else { return nil }
      return unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: Int(size)), as: UTF8.self)
    case 2: return String(number)
    case ..<0: throw damage(-kind)
    default: return nil
    }
  }

  private func damage(_ status: Int32) -> EnrichmentError {
    EnrichmentError(path, "is a damaged MMDB file: \(MMDBFile.reason(status))")
  }

  private static func reason(_ status: Int32) -> String {
    guard let text = unsafe MMDB_strerror(status) else { return "error \(status)" }
    return unsafe String(cString: text)
  }
}

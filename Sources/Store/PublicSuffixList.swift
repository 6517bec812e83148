import CPSL

/// Mozilla's public suffix list as libpsl has it: under which names anybody can register one. The newer of libpsl's own
/// and the one of Debian's package publicsuffix.
@safe
public struct PublicSuffixList: @unchecked Sendable {
  // C pointers to what is loaded once, never changed and never freed.
  private let psl: pcapindex_psl

  /// The list of this machine; nil where libpsl is not installed.
  public static let shared = PublicSuffixList()

  private init?() {
    var psl = unsafe pcapindex_psl()
    // C call that fills the structure.
    guard unsafe pcapindex_psl_open(&psl) != 0 else { return nil }
    unsafe self.psl = psl
  }

  /// Whether anybody can register names under `name`, as under `co.uk` and `github.io`. A top-level domain that the list
  /// does not know (`lan`) is no public suffix.
  public func isPublicSuffix(_ name: String) -> Bool {
    var psl = unsafe psl
    // C call with a structure and a text that live for the call.
    return unsafe pcapindex_psl_is_suffix(&psl, name.lowercased()) != 0
  }

  /// The domain that somebody registered for `name`: its public suffix and the label before it, `example.co.uk` of
  /// `www.example.co.uk`. Nil for public suffixes.
  public func registrableDomain(of name: String) -> String? {
    var psl = unsafe psl
    // C call with a structure and a text that live for the call; the result points into the text and is copied here.
    return unsafe name.lowercased().withCString { text in
      unsafe pcapindex_psl_registrable(&psl, text).map { unsafe String(cString: $0) }
    }
  }
}

import Bytes
import Records

/// Tells the media types of a capture's files by their first bytes: what has an unmistakable beginning, and what is text,
/// itself; the rest by libmagic, which knows far more.
///
/// libmagic takes two million instructions for other data and seven times as many for a text, of whose kind it can only
/// guess: it is asked about scripts, ZIP files and what is neither text nor noise, once about each beginning.
///
/// Types have the names of IANA's registry where they have one there, else libmagic's (`text/x-shellscript`), whichever of
/// the two recognised them.
final class MediaTypes {
  private var hash = KeyedHash()
  private let seed: KeyedHash
  private var answers: [UInt64: String?] = [:]
  private var questions = FileLimits.questions
  private var bytes = 0
  private var isLackNoted = false
  private var isLimitNoted = false

  init() {
    seed = hash
  }

  /// The type of an object; nil: not recognised.
  ///
  /// - Parameters:
  ///   - first: its first bytes, decoded, up to `FileLimits.signature`.
  ///   - size: its bytes, of which more of them earn more questions.
  func type(of first: RawSpan, size: Int, context: ApplicationContext) -> String? {
    bytes &+= size
    guard first.byteCount > 0 else { return nil }
    if let known = MediaSignature.type(of: first) {
      return MediaSignature.hasKinds(known) ? answer(first, context) ?? known : known
    }
    if MediaSignature.isText(first.part(from: 0, to: FileLimits.text)) { return "text/plain" }
    return MediaSignature.isNoise(first) ? nil : answer(first, context)
  }

  /// libmagic's answer; nil: none, or it knows no more than that it is data.
  private func answer(_ first: RawSpan, _ context: ApplicationContext) -> String? {
    hash = seed
    var index = 0
    while index < first.byteCount {
      hash.combine(first.word(at: index), first.word(at: index &+ 8))
      index &+= 16
    }
    hash.combine(UInt64(truncatingIfNeeded: first.byteCount), 0)
    if let answer = answers[hash.value] { return answer }
    guard mayAsk(context) else { return nil }
    let answer = MagicLibrary.type(of: first).flatMap(MediaTypes.name(of:))
    if answer == nil, !MagicLibrary.isAvailable, !isLackNoted {
      isLackNoted = true
      context.sink.diagnose(
        "no-libmagic",
        "libmagic or its database is not installed: types of files that it would tell are not recognised",
        frame: nil, flow: nil)
    }
    if answers.count >= FileLimits.answers { answers.removeAll(keepingCapacity: true) }
    answers[hash.value] = .some(answer)
    return answer
  }

  private func mayAsk(_ context: ApplicationContext) -> Bool {
    while questions == 0, bytes >= FileLimits.bytesPerQuestion {
      bytes -= FileLimits.bytesPerQuestion
      questions += 1
    }
    guard questions == 0 else {
      questions -= 1
      return true
    }
    if !isLimitNoted {
      isLimitNoted = true
      context.sink.diagnose(
        "file-type-limit",
        "libmagic was asked about \(FileLimits.questions) files; from here on only about one in 32 MiB of files",
        frame: nil, flow: nil)
    }
    return false
  }

  /// What a type of libmagic is called here; nil: it says nothing.
  static func name(of type: String) -> String? {
    switch type {
    case "application/octet-stream", "application/x-empty", "inode/x-empty": nil
    default: names[type] ?? (type.contains("/") ? type : nil)
    }
  }

  /// libmagic's names of what IANA registers under others, or what it has had several names for in its versions.
  private static let names = [
    "application/x-dosexec": "application/vnd.microsoft.portable-executable",
    "application/x-msdownload": "application/vnd.microsoft.portable-executable",
    "application/x-java-applet": "application/java-vm", "application/x-rar": "application/vnd.rar",
    "application/x-shockwave-flash": "application/vnd.adobe.flash.movie",
    "application/x-debian-package": "application/vnd.debian.binary-package",
    "application/x-sqlite3": "application/vnd.sqlite3", "application/x-gzip": "application/gzip",
    "application/x-zstd": "application/zstd", "application/javascript": "text/javascript",
    "application/x-javascript": "text/javascript", "application/csv": "text/csv", "text/rtf": "application/rtf",
    "image/x-ms-bmp": "image/bmp", "image/x-icon": "image/vnd.microsoft.icon", "audio/x-wav": "audio/wav",
    "audio/x-m4a": "audio/mp4", "audio/x-flac": "audio/flac", "application/x-font-ttf": "font/ttf",
    "application/font-sfnt": "font/ttf", "font/sfnt": "font/ttf", "text/x-script.python": "text/x-python",
    "application/x-ms-compress-szdd": "application/x-ms-compress",
  ]
}

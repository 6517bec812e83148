import Bytes
import TestSupport
import Testing

@testable import Applications

@Suite("Logins in JSON and in compressed forms")
struct HTTP1JSONTests {
  private func credentials(_ body: [UInt8], _ fields: String, length: Int? = nil, gap: Int? = nil) -> [[String?]] {
    let head = "POST /login HTTP/1.1\r\n\(fields)\r\nContent-Length: \(length ?? body.count)\r\n\r\n"
    var steps: [Step] = [.bytes(.client, Array(head.utf8) + body)]
    if let gap { steps.append(.gap(.client, gap)) }
    let whole = ParserDriver.rows(HTTP1Parser.self, steps)
    for size in [1, 5] { #expect(ParserDriver.rows(HTTP1Parser.self, steps, cutInto: size) == whole) }
    return whole.of("credentials").map { [$0["mechanism"].text, $0["username"].text, $0["secret"].text] }
  }

  private func json(_ text: String, type: String = "application/json", length: Int? = nil, gap: Int? = nil)
    -> [[String?]]
  {
    credentials(Array(text.utf8), "Content-Type: \(type)", length: length, gap: gap)
  }

  @Test(
    "a password is found in any object, with the user name beside it",
    arguments: [
      #"{"username":"a","password":"b"}"#, #" { "user" : { "email" : "a" , "password" : "b" } , "remember" : true } "#,
      #"{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"a","password":"b"}}}}}"#,
      #"{"id":7,"params":[0,"login",{"username":"a","password":"b"}]}"#,
      #"{"query":"mutation { x }","variables":{"login":"a","passwd":"b"}}"#,
      #"[{"user":"\u0061","pwd":"\u0062"}]"#, #"{"log":"a","pass":"b","x":[],"y":{},"z":-1.5e3,"n":null}"#,
      #"{"password":"b","user":"a","password_hint":"pet"}"#, "\u{feff}{\"user\":\"a\",\"password\":\"b\"}",
    ])
  func found(text: String) {
    #expect(json(text) == [["form", "a", "b"]])
    #expect(json(text, type: "application/vnd.api+json; charset=utf-8") == [["form", "a", "b"]])
  }

  @Test("each password has the user name of its own object")
  func several() {
    let text = #"{"users":[{"name":"a","password":"1"},{"name":"b","password":"2"}]}"#
    #expect(json(text) == [["form", "a", "1"], ["form", "b", "2"]])
    #expect(json(#"{"user":"a","secret":{"password":"b"}}"#) == [["form", "a", "b"]])
  }

  @Test("escapes are undone, numbers taken as they stand")
  func values() {
    #expect(json(#"{"user":"zo\u00eb\ud83d\ude00","password":"a\"\\\/\n\tb"}"#) == [["form", "zoë😀", "a\"\\/\n\tb"]])
    #expect(json(#"{"phone":4912345,"pin":1234}"#) == [["form", "4912345", "1234"]])
    #expect(json(#"{"user":"a","password":"\ud83d!"}"#) == [["form", "a", "\u{fffd}!"]])
  }

  @Test(
    "what is no JSON, or no password, gives nothing",
    arguments: [
      #"{"user":"a","password":""}"#, #"{"user":"a","password":null}"#, #"{"user":"a","password":true}"#,
      #"{"user":"a","password":"b""#, #"{"user":"a","password":"b"}x"#, #"{"user":"a" "password":"b"}"#,
      #"{"user":"a","password":"b",}"#, #"{"password":"\x"}"#, #"{"password":"\u00g0"}"#, "{\"password\":\"a\nb\"}",
      #"{password:"b"}"#, #"["user","password"]"#, #"{"passwords":["a"]}"#, #"{"forgot_password":"b"}"#,
      #"{"text":"my password is b"}"#, #""password""#, "password", "", "{", "[[[[", #"{"password":tru}"#, #"{"pw":+1}"#,
      #"{"password":"b\"#, #"{"password":"\u00"#,
    ])
  func notFound(text: String) {
    #expect(json(text).isEmpty)
  }

  @Test("nesting has a limit, and ends nothing else")
  func depth() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(json(deep + #"{"password":"b"}"#).isEmpty)
    #expect(json(#"{"user":"a","password":"b","x":"# + String(repeating: "[", count: 40)) == [["form", "a", "b"]])
  }

  @Test("a form of nothing but passwords, or with endless names, is looked at once")
  func manyFields() {
    let pairs = Array(repeating: "password=a", count: 5_000).joined(separator: "&")
    let found = credentials(Array(pairs.utf8), "Content-Type: application/x-www-form-urlencoded")
    #expect(found == [["form", nil, "a"]])
    let members = (0..<2_000).map { "{\"name\":\"u\($0)\",\"password\":\"p\"}" }.joined(separator: ",")
    #expect(json("[\(members)]").count == HTTP1Limits.secretsPerForm)
    #expect(
      json("{\"password\":\"a\",\"\(String(repeating: "password", count: 5_000))\":\"b\"}") == [["form", nil, "a"]])
  }

  @Test("of a text that is cut off, what was whole is taken")
  func cut() {
    let text = #"{"user":"a","password":"b","pin":12"#
    #expect(json(text, length: 99, gap: 20) == [["form", "a", "b"]])
    #expect(json(#"{"user":"a","password":"b"#, length: 99, gap: 20).isEmpty)
  }

  /// `log=frieda&pwd=gz-secret`
  private static let compressed: [UInt8] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xcb, 0xc9, 0x4f, 0xb7, 0x4d, 0x2b, 0xca, 0x4c, 0x4d,
    0x49, 0x54, 0x2b, 0x28, 0x4f, 0xb1, 0x4d, 0xaf, 0xd2, 0x2d, 0x4e, 0x4d, 0x2e, 0x4a, 0x2d, 0x01, 0x00, 0xba, 0xd1,
    0x69, 0x2f, 0x18, 0x00, 0x00, 0x00,
  ]

  @Test("a form under gzip is decoded first; under a coding that is not undone it is not searched")
  func gzip() {
    let type = "Content-Type: application/x-www-form-urlencoded\r\nContent-Encoding:"
    #expect(credentials(HTTP1JSONTests.compressed, "\(type) gzip") == [["form", "frieda", "gz-secret"]])
    #expect(credentials(Array("log=a&pwd=b".utf8), "\(type) br").isEmpty)
    #expect(credentials(Array("log=a&pwd=b".utf8), "\(type) gzip").isEmpty)
    let cut = Array(HTTP1JSONTests.compressed.prefix(30))
    #expect(credentials(cut, "\(type) gzip", length: 44, gap: 14).isEmpty)
  }

  @Test(
    "names of password fields in other languages, and what is about a password",
    arguments: [
      ("wpName=a&wpPassword=b", true), ("usuario=a&contrase%C3%B1a=b", true), ("gebruiker=a&wachtwoord=b", true),
      ("identifiant=a&mot_de_passe=b", true), ("httpd_username=a&httpd_password=b", true),
      ("client_id=a&client_secret=b", true), ("user=a&password_policy=b", false), ("user=a&passwordType=b", false),
      ("user=a&password_required=b", false), ("user=a&password_expires=b", false), ("user=a&bypass=b", false),
      ("user=a&passport=b", false), ("user=a&secretary=b", false), ("user=a&shipping=b", false),
    ])
  func names(body: String, isPassword: Bool) {
    let found = credentials(Array(body.utf8), "Content-Type: application/x-www-form-urlencoded")
    #expect(found == (isPassword ? [["form", "a", "b"]] : []))
  }

  @Test("every name in the lists passes the quick look")
  func quickLook() {
    let names =
      HTMLFormFieldName.passwordParts.map { "\($0)" } + HTMLFormFieldName.passwordEndings
      + HTMLFormFieldName.passwordWords
    for name in names {
      let bytes = Array(name.utf8)
      let passes = HTMLFormFieldName.mayBePassword(bytes.bytes, 0..<bytes.count)
      #expect(passes, "\(name)")
    }
  }
}

import Bytes
import TestSupport
import Testing

@testable import Applications

@Suite("Redis logins")
struct RedisTests {
  private static func logins(_ steps: [Step], sourceLocation: SourceLocation = #_sourceLocation) -> [String] {
    LoginDialogue.lines(RedisParser.self, steps, sourceLocation: sourceLocation)
  }

  /// A command as an array of strings.
  private static func command(_ words: String...) -> String {
    "*\(words.count)\r\n" + words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
  }

  @Test("AUTH with and without a user, refused and accepted")
  func auth() {
    let found = RedisTests.logins([
      .client(RedisTests.command("AUTH", "wrong")),
      .server("-WRONGPASS invalid username-password pair or user is disabled.\r\n"),
      .client(RedisTests.command("auth", "frieda", "s3cr\u{0}t")), .server("+OK\r\n"),
      .client(RedisTests.command("AUTH", "old")), .server("-ERR invalid password\r\n"),
      .client(RedisTests.command("AUTH", "x")), .server("-ERR AUTH <password> called without any password\r\n"),
      .client(RedisTests.command("AUTH", "last")),
    ])
    #expect(
      found == [
        "AUTH||wrong|0|1|2", "AUTH|frieda|s3cr\u{ef00}t|1|3|4", "AUTH||old|0|5|6", "AUTH||x||7|8", "AUTH||last||9|",
      ])
  }

  @Test("HELLO with AUTH, answered by a map, an array or an error")
  func hello() {
    let hello = RedisTests.command("HELLO", "3", "AUTH", "frieda", "pw", "SETNAME", "me")
    let map = "%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n+modules\r\n*1\r\n*0\r\n"
    let found = RedisTests.logins([
      .client(hello), .server(map), .client(hello), .server("*2\r\n$1\r\na\r\n:3\r\n"), .client(hello),
      .server("-WRONGPASS x\r\n"), .client(hello), .server("-NOPROTO unsupported\r\n"),
      .client(RedisTests.command("HELLO", "3")), .server(map),
    ])
    #expect(
      found == [
        "HELLO AUTH|frieda|pw|1|1|2", "HELLO AUTH|frieda|pw|1|3|4", "HELLO AUTH|frieda|pw|0|5|6",
        "HELLO AUTH|frieda|pw||7|8",
      ])
  }

  @Test("inline commands, quoted and not")
  func inline() {
    let found = RedisTests.logins([
      .client("PING\r\n\r\nAUTH plain\nauth default \"a \\x41\\\"b\"\r\n"),
      .server("+PONG\r\n+OK\r\n-WRONGPASS no\r\n"),
    ])
    #expect(found == ["AUTH||plain|1|1|2", "AUTH|default|a A\"b|0|1|2"])
  }

  @Test("pipelined: each reply to its command, whatever stands between them")
  func pipelined() {
    let big = String(repeating: "x", count: 5000)
    let found = RedisTests.logins([
      .client(
        RedisTests.command("SET", "k", big) + RedisTests.command("AUTH", "a") + RedisTests.command("GET", "k")
          + RedisTests.command("AUTH", "b")),
      .server(
        "-NOAUTH Authentication required.\r\n+OK\r\n>2\r\n+message\r\n+x\r\n|1\r\n+k\r\n+v\r\n$5000\r\n\(big)\r\n"),
      .server("-WRONGPASS\r\n"),
    ])
    #expect(found == ["AUTH||a|1|1|2", "AUTH||b|0|1|3"])
  }

  /// AUTH and HELLO, refused and accepted.
  static let session: [Step] = [
    .client(command("AUTH", "guess")), .server("-WRONGPASS invalid\r\n"), .client(command("AUTH", "eve", "b")),
    .server("-WRONGPASS invalid\r\n"), .client(command("HELLO", "3", "AUTH", "eve", "c")),
    .server("-WRONGPASS invalid\r\n"), .client(command("AUTH", "frieda", "s3cret")), .server("+OK\r\n"),
    .client(command("GET", "k")), .server("$1\r\nx\r\n"), .client(command("HELLO", "3", "AUTH", "frieda", "s3cret")),
    .server("%1\r\n$6\r\nserver\r\n$5\r\nredis\r\n"),
  ]

  @Test("nothing that is missing gives a login that was not there, and no mutation or cut traps")
  func damage() {
    LoginDialogue.checkGaps(RedisParser.self, RedisTests.session)
    LoginDialogue.mutate(RedisParser.self, RedisTests.session)
    LoginDialogue.checkNoise(RedisParser.self, ports: [6379, 4000])
  }

  @Test("a reply cannot be told behind SUBSCRIBE, a gap, or without its command")
  func outOfStep() {
    #expect(
      RedisTests.logins([
        .client(RedisTests.command("SUBSCRIBE", "c")), .server("*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n"),
        .client(RedisTests.command("AUTH", "a")), .server("+OK\r\n"),
      ]) == ["AUTH||a||3|"])
    #expect(
      RedisTests.logins([.client(RedisTests.command("AUTH", "a")), .gap(.server, 5), .server("+OK\r\n")])
        == ["AUTH||a||1|"])
    #expect(
      RedisTests.logins([
        .client(RedisTests.command("AUTH", "a")), .gap(.client, 5), .client(RedisTests.command("AUTH", "b")),
        .server("+OK\r\n"),
      ]) == ["AUTH||a|1|1|4"])
    #expect(
      RedisTests.logins([.server("$-1\r\n"), .client(RedisTests.command("AUTH", "a")), .server("+OK\r\n")])
        == ["AUTH||a|1|2|3"])
  }

  @Test("a secret that is cut, nested too deep, or of a wrong length gives nothing")
  func hostile() {
    let long = String(repeating: "s", count: 2000)
    #expect(RedisTests.logins([.client(RedisTests.command("AUTH", long)), .server("+OK\r\n")]) == [])
    #expect(RedisTests.logins([.client(String(repeating: "*1\r\n", count: 100) + "$4\r\nAUTH\r\n")]) == [])
    #expect(RedisTests.logins([.client("*2\r\n$4\r\nAUTH\r\n$99999999999\r\nx\r\n")]) == [])
    #expect(RedisTests.logins([.client("*2\r\n$4\r\nAUTHx\r\n$1\r\nx\r\n")]) == [])
    #expect(RedisTests.logins([.client("*999999999\r\n" + String(repeating: "$1\r\nx\r\n", count: 500))]) == [])
    #expect(RedisTests.logins([.client("*2\r\n$4\r\nAUTH\r\n$6\r\nsec")]) == [])
    let endless = String(repeating: "a", count: 70_000)
    #expect(RedisTests.logins([.client(endless), .server("+" + endless)]) == [])
    var noise = Noise(3)
    for _ in 0..<50 {
      let steps: [Step] = [
        .bytes(.client, noise.bytes(2000)), .bytes(.server, Array("*3\r\n".utf8) + noise.bytes(300)),
      ]
      #expect(RedisTests.logins(steps) == [])
    }
  }

  @Test("a command tells it; an inline one together with Redis' answer")
  func probe() {
    func probe(_ client: String, _ server: String = "", fromStart: Bool = true) -> Probe {
      LoginDialogue.probe(RedisParser.self, client, server, fromStart: fromStart)
    }
    let command = RedisTests.command("PING")
    #expect(probe(command) == .match)
    for count in 1..<command.utf8.count {
      #expect(LoginDialogue.probe(RedisParser.self, bytes: Array(command.utf8.prefix(count)), []) == .more)
    }
    #expect(probe("", command, fromStart: false) == .reversed)
    #expect(probe("", command) == .no)
    #expect(probe("*2\r\n$1\r\n!\r\n") == .no)
    #expect(probe("*2\r\n:1\r\n") == .no)
    #expect(probe("* OK IMAP") == .no)
    #expect(probe("AUTH a\r\n") == .more)
    #expect(probe("AUTH a\r\n", "+OK\r\n") == .match)
    #expect(probe("PING\r\n", "-NOAUTH Authentication required.\r\n") == .match)
    #expect(probe("AUTH a\r\n", "334 \r\n") == .no)
    #expect(probe("", "+OK\r\n") == .no)
    #expect(probe("USER a\r\n", "+OK\r\n") == .no)
    #expect(probe("GET / HTTP/1.1\r\n", "HTTP/1.1 200 OK\r\n") == .no)
  }
}

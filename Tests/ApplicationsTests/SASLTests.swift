import Bytes
import Testing

@testable import Applications

@Suite("SASL messages")
struct SASLTests {
  private static let frame = FrameStamp(id: 7, time: nil)

  /// What an exchange of these messages, decoded, yields: mechanism, domain, user name, secret, kind.
  private static func login(_ mechanism: String, _ messages: [UInt8]...) -> [String?]? {
    var exchange = SASLExchange(mechanism: Array(mechanism.utf8))
    for message in messages { exchange?.take(message, in: frame) }
    return exchange?.attempt.map { [$0.mechanism, $0.domain, $0.username, $0.secret, $0.kind.rawValue] }
  }

  @Test("base64 is taken whole or not at all")
  func base64Text() {
    for text in ["", "a", "ab", "abc", "abcd", "\0\u{7f}ÿ"] {
      #expect(SASLBase64.decode(Array(base64(text).utf8)) == Array(text.utf8))
    }
    #expect(SASLBase64.decode(Array("YQ".utf8)) == [0x61])
    for text in ["Y", "YQ=", "YQ===", "Y===", "=", "====", "YQ==YQ==", "Y Q=", "YQ\r", "YQ-_", "QUIT now"] {
      #expect(SASLBase64.decode(Array(text.utf8)) == nil)
    }
  }

  @Test("PLAIN has a user name and a password between NULs")
  func plain() {
    #expect(SASLTests.login("plain", Array("\0a\0b".utf8)) == ["PLAIN", nil, "a", "b", "password"])
    #expect(SASLTests.login("PLAIN", Array("other\0a b\0".utf8)) == ["PLAIN", nil, "a b", "", "password"])
    #expect(SASLTests.login("PLAIN", Array("\0é\0".utf8) + [0xe9]) == ["PLAIN", nil, "é", "\u{efe9}", "password"])
    for text in ["", "\0", "\0\0", "a\0b", "\0\0b", "\0a\0b\0", "QUIT"] {
      #expect(SASLTests.login("PLAIN", Array(text.utf8)) == nil)
    }
  }

  @Test("LOGIN has two messages")
  func login() {
    #expect(SASLTests.login("LOGIN", [0x61], [0x62]) == ["LOGIN", nil, "a", "b", "password"])
    #expect(SASLTests.login("LOGIN", [0x61]) == nil)
    #expect(SASLTests.login("LOGIN", [], [0x62]) == nil)
    #expect(SASLTests.login("LOGIN", [0x61], [0x62], [0x63]) == ["LOGIN", nil, "a", "b", "password"])
  }

  @Test("keyed digests stand behind the user name, which may have blanks")
  func digests() {
    let md5 = "B913A602C7EDA7A495B4E6E7334D3890"
    #expect(
      SASLTests.login("CRAM-MD5", Array("a b \(md5)".utf8)) == ["CRAM-MD5", nil, "a b", md5.lowercased(), "hash"])
    for text in ["a", md5, "a \(md5.dropLast())", "a \(md5.dropLast())g", "a \(md5) "] {
      #expect(SASLTests.login("CRAM-MD5", Array(text.utf8)) == nil)
    }
    let message = """
      charset=utf-8,username="ch\\"ris",realm="mail.example",nonce="OA6",nc=00000001,cnonce="OA6M",\
      digest-uri="imap/mail.example",response=d388dad90d4bbd760a152321f2143af7,qop=auth
      """
    #expect(
      SASLTests.login("DIGEST-MD5", Array(message.utf8)) == [
        "DIGEST-MD5", "mail.example", "ch\"ris", "d388dad90d4bbd760a152321f2143af7", "hash",
      ])
    for text in ["username=", "username=\"a", "=,=,=", ",,,", "username=a,response=xyz", "\""] {
      #expect(SASLTests.login("DIGEST-MD5", Array(text.utf8)) == nil)
    }
  }

  @Test("SCRAM names the user first and proves it then")
  func scram() {
    let first = Array("n,a=z,n=us=2Cer=3D,r=fyko".utf8)
    #expect(
      SASLTests.login("SCRAM-SHA-256", first, Array("c=biws,r=fyko3r,p=AQID".utf8)) == [
        "SCRAM-SHA-256", nil, "us,er=", "010203", "hash",
      ])
    #expect(
      SASLTests.login("SCRAM-SHA-1-PLUS", Array("p=tls-unique,,n=a,r=f".utf8), Array("c=biws,r=f,p=/w==".utf8))
        == ["SCRAM-SHA-1-PLUS", nil, "a", "ff", "hash"])
    for text in ["n,,n=,r=x", "n,,n=a=4,r=x", "n=a,r=x", "x,,n=a,r=x", ""] {
      #expect(SASLTests.login("SCRAM-SHA-1", Array(text.utf8), Array("c=biws,r=f,p=/w==".utf8)) == nil)
    }
    for text in ["c=biws,r=f", "p=/w==", "c=biws,r=f,p=", "c=biws,r=f,p=!"] {
      #expect(SASLTests.login("SCRAM-SHA-1", first, Array(text.utf8)) == nil)
    }
  }

  @Test("bearer tokens are tokens")
  func bearer() {
    #expect(
      SASLTests.login("XOAUTH2", Array("user=a@b.example\u{1}auth=Bearer t.1\u{1}\u{1}".utf8))
        == ["XOAUTH2", nil, "a@b.example", "t.1", "token"])
    #expect(
      SASLTests.login("OAUTHBEARER", Array("n,a=a@b.example,\u{1}host=x\u{1}auth=bearer t.1\u{1}\u{1}".utf8))
        == ["OAUTHBEARER", nil, "a@b.example", "t.1", "token"])
    #expect(SASLTests.login("XOAUTH2", Array("user=a\u{1}auth=Bearer \u{1}".utf8)) == nil)
    #expect(SASLTests.login("XOAUTH2", [1]) == nil)
  }

  @Test("names of mechanisms are checked, and what is not read yields nothing")
  func mechanisms() {
    for name in ["", "PLAIN\0", "PLA IN", "A-NAME-OVER-TWENTY-CH", "secret!", "é"] {
      #expect(SASLExchange(mechanism: Array(name.utf8)) == nil)
    }
    for name in ["EXTERNAL", "ANONYMOUS", "GSSAPI", "X-OWN_1"] {
      #expect(SASLTests.login(name, Array("\0a\0b".utf8)) == nil)
      #expect(SASLExchange(mechanism: Array(name.utf8))?.mechanism == name)
    }
  }

  @Test("an exchange that broke off yields nothing more, and asks for nothing until it is challenged")
  func breaking() {
    var exchange = SASLExchange(mechanism: Array("LOGIN".utf8))
    exchange?.take([0x61], in: SASLTests.frame)
    #expect(exchange?.awaitsMessage == true)
    exchange?.breakOff()
    #expect(exchange?.awaitsMessage == false)
    exchange?.challenge()
    #expect(exchange?.awaitsMessage == true)
    exchange?.take([0x62], in: SASLTests.frame)
    #expect(exchange?.attempt == nil)
    #expect(exchange?.take(base64: Array("MAIL FROM:<a@b>".utf8), in: SASLTests.frame) == false)
  }
}

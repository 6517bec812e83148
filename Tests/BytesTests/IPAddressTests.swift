import Bytes
import Testing

@Suite("IP addresses")
struct IPAddressTests {
  @Test(
    "are written in the canonical form of RFC 5952",
    arguments: [
      ("192.0.2.1", "192.0.2.1"), ("::", "::"), ("::1", "::1"), ("2001:DB8::0:1", "2001:db8::1"),
      ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"),
      ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("fe80::1:2:3:4", "fe80::1:2:3:4"), ("1::", "1::"),
      ("::ffff:192.0.2.128", "192.0.2.128"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
      ("0:0:0:0:0:0:0:8", "::8"), ("a:b:c:d:e:f:0:0", "a:b:c:d:e:f::"),
    ])
  func canonical(text: String, expected: String) throws {
    let address = try #require(IPAddress(text))
    #expect(address.description == expected)
  }

  @Test(
    "are refused when they are anything else",
    arguments: [
      "", ".", "1.2.3", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1.2.3.4 ", " 1.2.3.4", "+1.2.3.4", ":", ":::", "1::2::3",
      "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::", "g::", "fe80::1%eth0", "1:2:3:4:5:6:7:8::", "::1.2.3",
      "1.2.3.4::", "-1::", "1:2:3:4:5:6:7:1.2.3.4",
    ])
  func refused(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test("have a 16-byte key in which IPv4 is mapped")
  func key() throws {
    let four = try #require(IPAddress("192.0.2.1"))
    #expect(four.key == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1])
    let six = try #require(IPAddress("2001:db8::ff"))
    #expect(six.key == [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff])
    #expect(four.isIPv4)
    #expect(!six.isIPv4)
    #expect(four < six)
  }

  @Test(
    "know their scope",
    arguments: [
      ("8.8.8.8", IPAddress.Scope.global), ("10.1.2.3", .private), ("172.15.0.1", .global), ("172.16.0.1", .private),
      ("172.31.255.255", .private), ("172.32.0.0", .global), ("192.168.1.1", .private), ("100.64.0.1", .shared),
      ("100.128.0.1", .global), ("127.0.0.1", .loopback), ("169.254.1.1", .linkLocal), ("224.0.0.251", .multicast),
      ("239.255.255.250", .multicast), ("240.0.0.1", .reserved), ("255.255.255.255", .broadcast),
      ("0.0.0.0", .unspecified), ("0.1.2.3", .reserved), ("192.0.2.9", .documentation),
      ("198.51.100.1", .documentation),
      ("203.0.113.1", .documentation), ("198.18.0.1", .benchmarking), ("198.20.0.1", .global), ("::", .unspecified),
      ("::1", .loopback), ("fe80::1", .linkLocal), ("fec0::1", .reserved), ("fd00::1", .private),
      ("ff02::1", .multicast),
      ("2001:db8::1", .documentation), ("2606:4700::1111", .global), ("64:ff9b::808:808", .global),
      ("3fff:1::1", .documentation), ("4000::1", .reserved),
    ])
  func scope(text: String, expected: IPAddress.Scope) throws {
    #expect(try #require(IPAddress(text)).scope == expected)
  }
}

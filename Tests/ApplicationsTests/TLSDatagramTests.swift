import Applications
import Bytes
import Records
import TestSupport
import Testing

@Suite("DTLS over UDP")
struct TLSDatagramTests {
  private let hello = TLSBytes.clientHello(
    version: 0xfefd, suites: [0xc02b],
    extensions: [TLSBytes.sni("turn.example"), TLSBytes.ext(21, [UInt8](repeating: 0, count: 300))],
    cookie: [1, 2, 3])

  private func rows(_ datagrams: [(Side, [UInt8])], cut: Int? = nil) -> [EmittedRow] {
    let sink = RecordSink(captureID: 1)
    let context = ApplicationContext(sink: sink)
    let parser = DTLSParser(flow: ParserDriver.flow(port: 4433))
    for (index, (side, bytes)) in datagrams.enumerated() {
      parser.consume(
        bytes.bytes.part(from: 0, to: cut ?? bytes.count), length: bytes.count, from: side,
        in: FrameStamp(id: Int64(index + 1), time: nil), context: context)
    }
    parser.finish(context: context)
    return sink.emittedRows()
  }

  @Test("hellos and certificates in datagrams are rows")
  func handshake() {
    let answer = TLSBytes.serverHello(version: 0xfefd, suite: 0xc02b)
    let rows = rows([
      (.client, TLSBytes.datagram(TLSBytes.fragment(1, hello))),
      (
        .server,
        TLSBytes.datagram(TLSBytes.fragment(2, answer))
          + TLSBytes.datagram(TLSBytes.fragment(11, TLSBytes.certificates([TLSBytes.certificate]), sequence: 1))
      ),
      (.client, TLSBytes.datagram([1], type: 20) + TLSBytes.datagram([UInt8](repeating: 1, count: 48), epoch: 1)),
    ])
    let client = rows.of("tls_client_hellos")
    #expect(client.map { $0["transport"] } == ["udp"])
    #expect(client.map { $0["version"] } == ["DTLSv1.2"])
    #expect(client.map { $0["server_name"] } == ["turn.example"])
    #expect(client.first?["ja4"].text?.hasPrefix("dd2d010200_") == true)
    #expect(rows.of("tls_server_hellos").map { $0["version"] } == ["DTLSv1.2"])
    #expect(rows.of("tls_server_hellos").map { $0["frame_id"] } == [2])
    #expect(rows.of("tls_certificates").map { $0["subject"] } == ["CN=www.example.org,O=Example\\, Inc.,C=XX"])
    #expect(rows.of("diagnostics") == [])
  }

  @Test("a ClientHello of DTLS 1.3 is one")
  func newest() {
    let hello = TLSBytes.clientHello(
      version: 0xfefd, suites: [0x1301], extensions: [TLSBytes.versions([0xfefc, 0xfefd])], cookie: [])
    let rows = rows([(.client, TLSBytes.datagram(TLSBytes.fragment(1, hello)))]).of("tls_client_hellos")
    #expect(rows.map { $0["version"] } == ["DTLSv1.3"])
    #expect(rows.first?["ja4"].text?.hasPrefix("dd3i010100_") == true)
  }

  @Test("alerts in the clear are rows")
  func alerts() {
    let rows = rows([
      (.client, TLSBytes.datagram(TLSBytes.fragment(1, hello))), (.server, TLSBytes.datagram([2, 40], type: 21)),
      (.server, TLSBytes.datagram([2, 40], type: 21, epoch: 1)), (.client, TLSBytes.datagram([1, 2, 3], type: 21)),
    ])
    #expect(rows.of("tls_alerts").map { $0["description"] } == ["handshake_failure"])
    #expect(rows.of("tls_alerts").map { $0["from_client"] } == [0])
  }

  @Test("fragments in any order, overlapping and repeated, are put together")
  func fragments() {
    let parts = [(200, 300), (0, 100), (0, 100), (90, 210), (290, hello.count)]
    let rows = rows(
      parts.map { (.client, TLSBytes.datagram(TLSBytes.fragment(1, hello, sequence: 1, from: $0.0, to: $0.1))) })
    #expect(rows.of("tls_client_hellos").map { $0["server_name"] } == ["turn.example"])
    #expect(rows.of("tls_client_hellos").map { $0["frame_id"] } == [1])
    #expect(rows.of("diagnostics") == [])
  }

  @Test("a hello that the snaplen cuts gives its server name and a diagnostic")
  func truncated() {
    let rows = rows([(.client, TLSBytes.datagram(TLSBytes.fragment(1, hello)))], cut: 150)
    #expect(rows.of("tls_client_hellos").map { $0["server_name"] } == ["turn.example"])
    #expect(rows.of("diagnostics").map { $0["code"] } == ["truncated-tls-handshake"])
  }

  @Test("datagrams tell the protocol and who is the client")
  func probing() {
    let flow = ParserDriver.flow(port: 4433)
    func probe(_ bytes: [UInt8], _ side: Side) -> Probe { DTLSParser.probe(bytes.bytes, from: side, flow: flow) }
    let client = TLSBytes.datagram(TLSBytes.fragment(1, hello))
    #expect(probe(client, .client) == .match)
    #expect(probe(client, .server) == .reversed)
    #expect(probe(TLSBytes.datagram([1, 2, 3], type: 23, epoch: 1), .server) == .match)
    #expect(probe([0x16, 0xfe], .client) == .no)
    #expect(probe([UInt8](repeating: 0x16, count: 40), .client) == .no)
    #expect(probe(TLSBytes.datagram([1, 0, 0, 9, 0, 0, 0, 0, 9, 0, 0, 9]), .client) == .no)
  }

  @Test("unfinished messages are bounded and end as diagnostics")
  func bounded() {
    let rows = rows(
      (0..<40).map { (.client, TLSBytes.datagram(TLSBytes.fragment(1, hello, sequence: $0, from: 0, to: 20))) })
    #expect(rows.of("tls_client_hellos") == [])
    #expect(rows.of("diagnostics").count == 32)
  }

  @Test("datagrams cut or changed anywhere never trap")
  func hostile() {
    let whole =
      TLSBytes.datagram(TLSBytes.fragment(1, hello, from: 0, to: 200))
      + TLSBytes.datagram(TLSBytes.fragment(1, hello, from: 200))
    for length in 0..<whole.count {
      let rows = rows([(.client, Array(whole[..<length]))])
      #expect(rows.of("tls_client_hellos").count + rows.of("diagnostics").count <= 3)
    }
    var state: UInt32 = 1
    for index in 0..<3000 {
      var bytes = whole
      state = state &* 1_664_525 &+ 1_013_904_223
      bytes[index % 60] = UInt8(truncatingIfNeeded: state >> 16)
      bytes[Int(state >> 8) % bytes.count] = UInt8(truncatingIfNeeded: state >> 24)
      #expect(rows([(.client, bytes), (.server, bytes)]).count < 50)
    }
  }
}

import Testing

/// nghttp and curl with nghttpd and Apache; see `make/http2.py`. The values are tshark's.
@Suite("HTTP/2 in the clear")
struct HTTP2Tests {
  let session: Case

  init() throws { session = try Case("h2c_session.pcap") }

  @Test("requests of both ways in, by stream, with their responses")
  func exchanges() throws {
    #expect(
      try session.rows(
        """
        SELECT q.frame_id, q.method, q.uri, q.version, q.host, q.stream_id, r.frame_id, r.status, r.body_length,
          r.decoded_length
        FROM http_requests q LEFT JOIN http_responses r ON r.id = q.response_id ORDER BY q.id
        """) == [
          "6|GET|/noise.bin|2|echo.example.com:8080|1|8|200|4000|4000",
          "6|GET|/more.bin|2|echo.example.com:8080|3|8|200|4000|4000",
          "26|GET|/index.html|2|echo.example.com:8080|1|28|200|620|620",
          // Promised by the server.
          "28|GET|/style.css|2|echo.example.com:8080|2|28|200|420|420",
          "38|POST|/upload.txt|2|echo.example.com:8080|1|42|200|2200|2200",
          "54|POST|/login|2|echo.example.com:8080|1|60|200|32|32",
          "71|POST|/zipped|2|echo.example.com:8080|1|77|200|49|49",
          "88|GET|/style.css|2|echo.example.com:8080|1|92|200|420|420",
          "101|GET|/article.html|2|h2.example.com|1|109|200|384|3722",
          "101|GET|/images/logo.png|2|h2.example.com|3|107|200|983|983",
          "125|GET|/article.html|2|h2.example.com|1|126|200|384|3722",
          // Refused before the upgrade; upgraded, and answered on stream 1.
          "134|GET|/basic/plan.html|1.1|h2.example.com||136|401|2|2",
          "144|GET|/basic/plan.html|1.1|h2.example.com|1|150|200|438|438",
          "159|GET|/images/logo.png|1.1|h2.example.com|1|165|200|983|983",
          // The server left before it answered.
          "167|GET|/style.css|2|h2.example.com|3||||",
          "181|HEAD|/style.css|2|h2.example.com|1|182|200|0|0",
        ])
    #expect(try session.rows("SELECT * FROM diagnostics").isEmpty)
    #expect(
      try session.rows("SELECT service, count(*) FROM flows GROUP BY service ORDER BY service") == [
        "http|1", "http2|11",
      ])
  }

  @Test("the response that changes the protocol belongs to the request that HTTP/2 answers")
  func upgrade() throws {
    #expect(
      try session.rows(
        """
        SELECT r.status, r.version, r.stream_id FROM http_responses r JOIN http_requests q ON q.id = r.request_id
        WHERE q.frame_id = 144 ORDER BY r.id
        """) == ["101|1.1|", "200|2|1"])
  }

  @Test("pseudo fields and trailers are fields")
  func fields() throws {
    #expect(
      try session.rows("SELECT name, value FROM http_headers WHERE request_id = 1 ORDER BY position LIMIT 4") == [
        ":method|GET", ":path|/noise.bin", ":scheme|http", ":authority|echo.example.com:8080",
      ])
    #expect(
      try session.rows(
        """
        SELECT q.uri, h.value FROM http_headers h JOIN http_requests q ON q.id = h.request_id WHERE h.name = 'x-sum'
        UNION ALL
        SELECT DISTINCT 'checksum', value FROM http_headers WHERE name = 'x-checksum' AND response_id
        """) == ["/upload.txt|1", "checksum|0815"])
  }

  @Test("logins are read as those of HTTP/1.x")
  func credentials() throws {
    #expect(
      try session.rows(
        "SELECT frame_id, protocol, mechanism, username, secret, accepted, answer_frame_id FROM credentials ORDER BY 1, id"
      )
        == [
          "54|http|form|frieda|h2-pass word||60", "71|http|form|frieda|h2-pass word||77",
          "88|http|Bearer||h2-token-0001|1|92", "88|http|cookie PHPSESSID||0a1b2c3d4e5f||92",
          "134|http|Basic|frieda|guess 1|0|136", "144|http|Basic|frieda|h2-pass word|1|150",
        ])
  }

  @Test("what streams carry in turns is hashed each by itself")
  func files() throws {
    #expect(
      try session.rows("SELECT name, size, substr(sha256, 1, 16) FROM files WHERE flow_id = 1 ORDER BY name") == [
        "more.bin|4000|afac3d64012a5234", "noise.bin|4000|5e3375a878609f6f",
      ])
  }

  @Test("each stream is a conversation of its own")
  func conversations() throws {
    let rows = try session.query("http_conversations")
    #expect(
      rows.prefix(2).map { [$0["client_messages"], $0["server_messages"], $0["turns"]] } == [
        ["2", "2", "2"], ["2", "2", "2"],
      ])
    #expect(try session.query("unusual_ports").isEmpty)
  }

  @Test("the packet list names the protocol")
  func packets() throws {
    #expect(
      try session.rows(
        "SELECT frame, protocol FROM packets WHERE frame IN (6, 8, 134, 144, 146, 150, 158) ORDER BY frame")
        == ["6|HTTP2", "8|HTTP2", "134|HTTP", "144|HTTP", "146|HTTP", "150|HTTP2", "158|TCP"])
    #expect(try session.rows("SELECT info FROM packets WHERE frame = 144") == ["GET /basic/plan.html HTTP/1.1"])
  }
}

/// Python's websockets with itself; see `make/websocket.py`. The values are tshark's.
@Suite("WebSocket connections")
struct WebSocketConnectionTests {
  let session: Case

  init() throws { session = try Case("websocket.pcap") }

  @Test("texts, fragments, pings and closes, with the request that asked for the connection")
  func messages() throws {
    #expect(
      try session.rows(
        """
        SELECT frame_id, last_frame_id, from_client, opcode, length, decoded_length, close_code, substr(text, 1, 19)
        FROM websocket_messages WHERE flow_id = 1 AND opcode NOT IN ('ping', 'pong') ORDER BY id
        """) == [
          "8|8|0|text|7|7||welcome", "10|10|1|text|5|5||hello", "13|13|0|text|5|5||hello",
          "14|14|1|text|19|19||hello, hello, hello", "17|17|0|text|19|19||hello, hello, hello",
          "18|18|1|binary|512|512||", "21|21|0|binary|512|512||", "22|27|1|text|8000|8000||Grüße Grüße Grüße G",
          "33|40|0|text|8000|8000||Grüße Grüße Grüße G", "42|46|1|text|15|15||one, two, three",
          "50|50|0|text|15|15||one, two, three", "53|53|1|text|6|6||enough", "56|56|0|text|6|6||enough",
          "57|57|0|close|13|13|4001|enough said", "59|59|1|close|13|13|4001|enough said",
        ])
    #expect(
      try session.rows(
        """
        SELECT m.flow_id, q.uri, count(*) FROM websocket_messages m JOIN http_requests q ON q.id = m.request_id
        GROUP BY 1 ORDER BY 1
        """) == ["1|/room?id=8001|29", "2|/room?id=8002|25", "3|/fresh|11"])
    #expect(try session.rows("SELECT count(*), sum(complete) FROM websocket_messages") == ["65|65"])
    #expect(try session.rows("SELECT DISTINCT service FROM flows") == ["websocket"])
    #expect(try session.rows("SELECT * FROM diagnostics").isEmpty)
  }

  @Test("compressed messages are read with and without the earlier ones")
  func compression() throws {
    #expect(
      try session.rows(
        """
        SELECT length, decoded_length, substr(text, 1, 19) FROM websocket_messages
        WHERE flow_id > 1 AND from_client AND opcode = 'text' ORDER BY id
        """) == [
          "7|5|hello", "8|19|hello, hello, hello", "41|8000|Grüße Grüße Grüße G", "34|15|one, two, three",
          "15|25|again and again and", "15|25|again and again and",
        ])
  }

  @Test("websockets: one row for each connection")
  func query() throws {
    let rows = try session.query("websockets")
    #expect(
      rows.map { [$0["url"], $0["client_messages"], $0["server_messages"], $0["client_bytes"], $0["pings"]] } == [
        ["ws://chat.example.com:8001/room?id=8001", "6", "7", "8557", "7"],
        ["ws://chat.example.com:8002/room?id=8002", "5", "6", "8551", "6"],
        ["ws://chat.example.com:8002/fresh", "2", "3", "50", "2"],
      ])
    #expect(
      rows.map { [$0["client_text"], $0["server_text"], $0["close_code"], $0["close_reason"]] } == [
        ["hello", "welcome", "4001", "enough said"], ["hello", "welcome", "1000", "NULL"],
        ["again and again and again", "welcome", "1000", "NULL"],
      ])
    #expect(try session.query("websockets", ["flow": "3"]).count == 1)
  }

  @Test("the packet list shows messages in Wireshark's words")
  func packets() throws {
    #expect(
      try session.rows(
        "SELECT frame, protocol, info FROM packets WHERE frame IN (4, 8, 10, 11, 57) ORDER BY frame") == [
          "4|HTTP|GET /room?id=8001 HTTP/1.1", "8|WebSocket|WebSocket Text [FIN]",
          "10|WebSocket|WebSocket Text [FIN] [MASKED]", "11|WebSocket|WebSocket Ping [FIN]",
          "57|WebSocket|WebSocket Connection Close [FIN]",
        ])
  }
}

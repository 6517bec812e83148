import Testing

/// What Python's HTTP server carried in every coding and form, and what a media server announced.
@Suite("Carried files")
struct CarriedFilesTests {
  let files: Case

  init() throws { files = try Case("carried_files.pcap") }

  @Test("images have the sizes that they were made with, wherever their headers stand")
  func images() throws {
    #expect(
      try files.rows("SELECT name, detected_type, width, height FROM files WHERE width IS NOT NULL ORDER BY id") == [
        "a.png|image/png|31|17", "a.gif|image/gif|33|9", "a.bmp|image/bmp|12|10", "a.jpg|image/jpeg|64|48",
        "progressive.jpg|image/jpeg|50|40", "lossy.webp|image/webp|40|30", "lossless.webp|image/webp|41|29",
        "extended.webp|image/webp|42|28", "camera.jpg|image/jpeg|80|60", "shown.png|image/jpeg|20|10",
      ])
  }

  @Test("brotli, zstd, and two codings in a row are undone for the type and the length; size and hash are as sent")
  func codings() throws {
    #expect(
      try files.rows(
        """
        SELECT content_encoding, body_length, decoded_length, f.detected_type, f.size, r.complete
        FROM http_responses r JOIN files f ON f.frame_id = r.frame_id WHERE content_encoding IS NOT NULL ORDER BY r.id
        """) == [
          "br|262|3638|text/html|262|1", "zstd|58|2160|text/plain|58|1", "gzip, br|382|3638|text/html|382|1",
        ])
    #expect(try files.rows("SELECT code FROM diagnostics").isEmpty)
  }

  @Test("content says what is a program and a script, whatever they are called")
  func types() throws {
    #expect(
      try files.query("executables").map { [$0["name"], $0["kind"], $0["note"]] } == [
        ["holiday.jpg", "program", "disguised: its name says jpg"],
        ["install.txt", "script", "disguised: its name says txt"],
      ])
    #expect(
      try files.query("type_mismatch").map { [$0["name"], $0["declared_kind"], $0["detected_kind"]] } == [
        ["holiday.jpg", "image", "program"], ["missing.woff2", "font", "text"],
      ])
  }

  @Test("HTTP/0.9: a request without a version, and a file that the close ends")
  func oldest() throws {
    #expect(
      try files.rows(
        """
        SELECT method, uri, q.version, q.response_id, f.name, f.size, f.detected_type, f.complete
        FROM http_requests q JOIN files f ON f.flow_id = q.flow_id WHERE q.version = '0.9'
        """) == ["GET|/old/page.html|0.9||page.html|38|text/html|1"])
    #expect(try files.rows("SELECT service FROM flows WHERE server_port = 8000") == ["http"])
  }

  @Test("user agents, with who sent them")
  func agents() throws {
    #expect(
      try files.query("user_agents").map { [$0["user_agent"], $0["requests"], $0["client_ips"], $0["hosts"]] } == [
        ["carrier/1.0", "15", "192.168.10.20", "1"], ["curl/7.88.1", "3", "192.168.10.20", "1"],
        ["NULL", "1", "192.168.10.20", "0"],
      ])
  }

  @Test("a media server's announcements, its answer and its farewell are one device")
  func devices() throws {
    let ssdp = try Case("ssdp.pcap")
    #expect(
      try ssdp.rows("SELECT method, host, count(*) FROM http_requests GROUP BY 1, 2 ORDER BY 1") == [
        "M-SEARCH|239.255.255.250:1900|1", "NOTIFY|239.255.255.250:1900|36",
      ])
    #expect(try ssdp.rows("SELECT frame_id, status, reason FROM http_responses") == ["30|200|OK"])
    #expect(
      try ssdp.rows(
        "SELECT protocol, info, count(*) FROM packets WHERE flow_id IS NOT NULL AND protocol = 'SSDP' GROUP BY 2")
        == ["SSDP|HTTP/1.1 200 OK|1", "SSDP|M-SEARCH * HTTP/1.1|1", "SSDP|NOTIFY * HTTP/1.1|36"])
    #expect(
      try ssdp.rows(
        """
        SELECT c.ip, s.ip FROM flows f JOIN addresses c ON c.id = f.client_id JOIN addresses s ON s.id = f.server_id
        WHERE f.service = 'ssdp' ORDER BY f.id
        """) == ["192.168.10.30|239.255.255.250", "192.168.10.20|239.255.255.250", "192.168.10.20|192.168.10.30"])
    let device = try ssdp.query("upnp_devices")
    #expect(device.count == 1)
    #expect(device.first?["ip"] == "192.168.10.30")
    #expect(device.first?["location"] == "http://192.168.10.30:8200/rootDesc.xml")
    #expect(
      device.first?["announcements"] == "12" && device.first?["departures"] == "24" && device.first?["answers"] == "1")
  }
}

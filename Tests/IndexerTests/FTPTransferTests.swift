import Foundation
import Testing

/// Files over FTP: vsftpd and pyftpdlib as the servers, ftplib, curl and sockets as the clients.
@Suite("FTP transfers")
struct FTPTransferTests {
  @Test("vsftpd: each file with its path, size and type, and whether it is whole")
  func files() throws {
    let ftp = try Case("ftp_transfers.pcap")
    #expect(
      try ftp.rows("SELECT flow_id, frame_id, name, detected_type, size, complete FROM files ORDER BY id") == [
        "2|21|logo.png|image/png|468|1",
        "3|39|readme.txt|application/vnd.microsoft.portable-executable|1000|1",
        "4|55|empty.txt||0|1",
        "5|73|report.csv|text/plain|488|0",
        "6|91|orders.csv|text/plain|2386|1",
        "7|109|orders.csv|text/plain|10|1",
        "8|125|orders.csv.1|text/plain|47|1",
        "11|169|video.bin||1460|0",
        "13|200|report.csv|text/plain|888|1",
      ])
    #expect(
      try ftp.rows("SELECT sha256 FROM files WHERE name IN ('empty.txt', 'video.bin') ORDER BY id") == [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "",
      ])
    #expect(
      try ftp.rows("SELECT sha256 FROM files WHERE flow_id = 13") == [Expected.sha256("report.csv (FTP") ?? "none"])
    #expect(
      try ftp.rows("SELECT sha256 FROM files WHERE flow_id = 6") == [Expected.sha256("incoming/orders.csv") ?? "none"])
    #expect(try ftp.rows("SELECT count(*) FROM tls_client_hellos") == ["0"])
  }

  @Test("vsftpd: who sent what to whom")
  func transfers() throws {
    let rows = try Case("ftp_transfers.pcap").query("ftp_transfers")
    #expect(
      rows.map { row in
        ["direction", "command", "path", "source", "destination", "mode", "offset", "complete"].compactMap { row[$0] }
          .joined(separator: " ").replacingOccurrences(of: "172.16.16.", with: ".")
      } == [
        "download RETR ~/spreadsheets/logo.png .121 .128 passive NULL yes",
        "download RETR /spreadsheets/readme.txt .121 .128 passive NULL yes",
        "download RETR /empty.txt .121 .128 passive NULL yes",
        "download RETR /report.csv .121 .128 passive 400 no",
        "upload STOR /incoming/orders.csv .128 .121 passive NULL yes",
        "upload APPE /incoming/orders.csv .128 .121 passive NULL yes",
        "upload STOU /incoming/orders.csv.1 .128 .121 passive NULL yes",
        "listing LIST /incoming .121 .128 passive NULL yes",
        "listing NLST / .121 .128 active NULL yes",
        "download RETR /video.bin .121 .128 passive NULL no",
        "upload STOR ~/copy of report.csv .121 .122 passive NULL yes",
        "download RETR /report.csv .121 .122 active NULL yes",
      ])
    // A file without bytes has its command's frame, and its direction from the command.
    let files = try Case("ftp_transfers.pcap").query("files", ["ip": "172.16.16.128"])
    #expect(files.first { $0["name"] == "empty.txt" }?["sender"] == "172.16.16.121")
    #expect(Set(rows.compactMap { $0["username"] }) == ["salesxfer"])
    #expect(rows.map { $0["data_type"] }.prefix(2) == ["I", "I"] && rows[7]["data_type"] == "A")
  }

  @Test("what follows AUTH TLS is TLS, and so is what its data connections carry")
  func encrypted() throws {
    let ftp = try Case("ftp_tls.pcap")
    #expect(try ftp.rows("SELECT id, service FROM flows ORDER BY id") == ["1|ftp", "2|tls"])
    #expect(try ftp.rows("SELECT command, reply_code FROM ftp_commands ORDER BY id") == ["|220", "AUTH|234"])
    #expect(try ftp.rows("SELECT DISTINCT flow_id FROM tls_client_hellos ORDER BY 1") == ["1", "2"])
    #expect(try ftp.rows("SELECT * FROM files") == [])
  }

  @Test("pyftpdlib over IPv6, which connects before it answers EPRT")
  func overIPv6() throws {
    let ftp = try Case("ftp_listings.pcap")
    #expect(
      try ftp.query("ftp_transfers").map { row in
        ["command", "path", "mode", "bytes", "complete"].compactMap { row[$0] }.joined(separator: " ")
      } == [
        "MLSD ~ passive 166 yes", "RETR /q1/plan \"a\"/figures.csv passive 300 yes", "STOR /q1/new.csv active 500 yes",
        "STOR /q1/new.csv active 200 no", "RETR /q1/new.csv passive 700 yes", "RETR /report.csv active 888 yes",
      ])
    #expect(
      try ftp.rows("SELECT service, service_source, count(*) FROM flows GROUP BY 1, 2") == [
        "ftp|content|3", "ftp-data|negotiated|6",
      ])
    #expect(
      try ftp.rows("SELECT sha256 FROM files WHERE name = 'report.csv'") == [
        Expected.sha256("report.csv (FTP") ?? "none"
      ])
    #expect(try ftp.rows("SELECT count(*) FROM ftp_data_channels WHERE data_flow_id IS NULL") == ["0"])
  }
}

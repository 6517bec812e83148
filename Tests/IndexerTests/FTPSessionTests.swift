import Testing

/// The write-up's FTP session, spoken by a real server and client, and one over IPv6.
@Suite("An FTP session")
struct FTPSessionTests {
  let session: Case

  init() throws { session = try Case("ftp_session.pcap") }

  static let commands = """
    SELECT frame_id, command, argument, reply_code, reply_text, reply_frame_id FROM ftp_commands
    """
  static let channels = """
    SELECT n.command, n.frame_id, d.mode, a.ip, d.port, f.first_frame_id, f.last_frame_id, t.command, t.argument,
      t.frame_id
    FROM ftp_data_channels d
    JOIN ftp_commands n ON n.id = d.command_id
    JOIN addresses a ON a.id = d.address_id
    LEFT JOIN flows f ON f.id = d.data_flow_id
    LEFT JOIN ftp_commands t ON t.id = d.transfer_command_id
    ORDER BY d.id
    """

  @Test("is a row for every command with its final reply, the greeting first")
  func dialogue() throws {
    #expect(
      try session.rows(Self.commands + " WHERE frame_id < 108 ORDER BY id") == [
        "4|||220|Sales transfer server ready|4",
        "5|USER|salesxfer|331|Please specify the password.|7",
        "8|PASS|p@ssw0rd|230|Login successful.|9",
        "10|OPTS|utf8 on|200|Always in UTF8 mode.|11",
        "12|SYST||215|UNIX Type: L8|13",
        "14|SITE|help|214|CHMOD UMASK HELP|15",
        "16|PWD||257|\"/\" is the current directory|17",
        "18|TYPE|A|200|Switching to ASCII mode.|19",
        "20|PASV||227|Entering Passive Mode (172,16,16,121,192,11).|21",
        "25|LIST||226|Directory send OK.|32",
        "34|TYPE|I|200|Switching to Binary mode.|35",
        "36|PASV||227|Entering Passive Mode (172,16,16,121,192,11).|37",
        "41|RETR|report.csv|226|Transfer complete.|48",
        "50|SIZE|report.csv|213|888|51",
        "52|MDTM|report.csv|213|20231114221320|53",
        "54|TYPE|I|200|Switching to Binary mode.|55",
        "56|EPSV||229|Entering Extended Passive Mode (|||49163|)|57",
        "61|STOR|incoming/orders.csv|226|Transfer complete.|70",
        "72|PORT|172,16,16,128,195,101|200|PORT command successful. Consider using PASV.|73",
        "74|NLST||226|Directory send OK.|84",
        "86|TYPE|I|200|Switching to Binary mode.|87",
        "88|PASV||227|Entering Passive Mode (172,16,16,121,192,11).|89",
        "93|RETR|missing.csv|550|Failed to open file.|94",
        "96|CWD|incoming|250|Directory successfully changed.|97",
        "98|RNFR|orders.csv|350|Ready for RNTO.|99",
        "100|RNTO|orders-2010.csv|250|Rename successful.|101",
        "102|QUIT||221|Goodbye.|103",
      ])
    #expect(
      try session.rows(Self.commands + " WHERE frame_id >= 108 ORDER BY id") == [
        "111|||220|Sales transfer server ready|111",
        "112|USER|salesxfer|331|Please specify the password.|114",
        "115|PASS|wrong|530|Login incorrect.|116",
        "117|QUIT||221|Goodbye.|118",
      ])
  }

  @Test("keeps the preliminary reply beside the final one")
  func preliminaryReplies() throws {
    #expect(
      try session.rows(
        """
        SELECT c.command, r.frame_id, r.code, r.text FROM ftp_replies r JOIN ftp_commands c ON c.id = r.command_id
        WHERE c.command IN ('LIST', 'RETR', 'STOR', 'NLST') ORDER BY r.id
        """) == [
          "LIST|26|150|Here comes the directory listing.",
          "LIST|32|226|Directory send OK.",
          "RETR|42|150|Opening BINARY mode data connection for report.csv (888 bytes).",
          "RETR|48|226|Transfer complete.",
          "STOR|62|150|Ok to send data.",
          "STOR|70|226|Transfer complete.",
          "NLST|78|150|Here comes the directory listing.",
          "NLST|84|226|Directory send OK.",
          "RETR|94|550|Failed to open file.",
        ])
  }

  @Test(
    "has every line that tshark shows, in its frame",
    arguments: ["ftp_session.pcap", "ftp_ipv6.pcap", "ftp_transfers.pcap", "ftp_listings.pcap", "browse.pcapng"])
  func everyLine(capture: String) throws {
    let expected = try Expected.table("FTP", of: capture)
    #expect(!expected.isEmpty)
    let lines = expected.compactMap { row -> String? in
      guard let frame = row["frame"], let line = row["line"] else { return nil }
      return frame + (line.hasPrefix("→") ? line.uppercased() : line)
    }
    let seen = try Case(capture).rows(
      """
      SELECT number || line FROM (
        SELECT frame_id, '→ ' || upper(command || ifnull(' ' || argument, '')) AS line FROM ftp_commands
        WHERE command IS NOT NULL
        UNION ALL SELECT frame_id, '← ' || code || ' ' || text FROM ftp_replies)
      JOIN frames ON frames.id = frame_id ORDER BY number
      """)
    #expect(seen == lines)
  }

  @Test("computes the port of a 227 reply, and joins each data channel to its connection and its transfer")
  func dataChannels() throws {
    #expect(
      try session.rows(Self.channels) == [
        "PASV|20|passive|172.16.16.121|\(192 * 256 + 11)|22|31|LIST||25",
        "PASV|36|passive|172.16.16.121|49163|38|47|RETR|report.csv|41",
        "EPSV|56|passive|172.16.16.121|49163|58|69|STOR|incoming/orders.csv|61",
        "PORT|72|active|172.16.16.128|\(195 * 256 + 101)|75|83|NLST||74",
        "PASV|88|passive|172.16.16.121|49163|90|107|RETR|missing.csv|93",
      ])
  }

  @Test("names its data connections by what the control connection agreed on")
  func services() throws {
    #expect(
      try session.rows(
        """
        SELECT c.ip, f.client_port, s.ip, f.server_port, f.service, f.service_source, f.client_payload,
          f.server_payload,
          f.state
        FROM flows f JOIN addresses c ON c.id = f.client_id JOIN addresses s ON s.id = f.server_id ORDER BY f.id
        """) == [
          "172.16.16.128|2555|172.16.16.121|21|ftp|content|317|982|SF",
          "172.16.16.128|51470|172.16.16.121|49163|ftp-data|negotiated|0|272|SF",
          "172.16.16.128|51478|172.16.16.121|49163|ftp-data|negotiated|0|888|SF",
          "172.16.16.128|51488|172.16.16.121|49163|ftp-data|negotiated|2386|0|SF",
          "172.16.16.121|20|172.16.16.128|50021|ftp-data|negotiated|48|0|SF",
          "172.16.16.128|51496|172.16.16.121|49163|ftp-data|negotiated|0|0|RSTR",
          "172.16.16.128|2560|172.16.16.121|21|ftp|content|34|103|SF",
        ])
  }

  @Test("yields the password, and whether the server took it")
  func credentials() throws {
    #expect(
      try session.rows(
        "SELECT frame_id, protocol, mechanism, username, secret, kind, accepted FROM credentials ORDER BY id") == [
          "8|ftp|USER/PASS|salesxfer|p@ssw0rd|password|1",
          "115|ftp|USER/PASS|salesxfer|wrong|password|0",
        ])
    #expect(
      try session.query("cleartext_passwords").map { [$0["secret"], $0["accepted"], $0["frame"]] } == [
        ["p@ssw0rd", "yes", "8"], ["wrong", "no", "115"],
      ])
  }

  @Test("answers the write-up's question for the passive port by a query")
  func passivePorts() throws {
    let rows = try session.query("ftp_passive_ports").map(Self.port)
    #expect(rows.first == ["172.16.16.121", "49163", "192 * 256 + 11"])
    #expect(rows.count == 4)
  }

  private static func port(_ row: [String: String]) -> [String?] {
    [
      row.values.first { $0 == "172.16.16.121" }, row.values.first { $0 == "49163" },
      row.values.first { $0.contains("*") },
    ]
  }

  @Test("over IPv6 announces its ports by EPSV and EPRT")
  func extendedCommands() throws {
    let session = try Case("ftp_ipv6.pcap")
    #expect(
      try session.rows(Self.channels) == [
        "EPSV|14|passive|fd00:16::121|49163|16|25|RETR|readme.txt|19",
        "EPRT|30|active|fd00:16::128|36871|33|41|LIST||32",
      ])
    #expect(
      try session.rows(Self.commands + " WHERE command IN ('EPSV', 'EPRT') ORDER BY id") == [
        "14|EPSV||229|Entering Extended Passive Mode (|||49163|)|15",
        "30|EPRT||2|fd00:16::128|36871||200|EPRT command successful. Consider using EPSV.|31",
      ])
    #expect(
      try session.rows("SELECT frame_id, username, secret, accepted FROM credentials") == [
        "10|anonymous|guest@example.com|1"
      ])
  }

  @Test(
    "gives nothing to complain about",
    arguments: ["ftp_session.pcap", "ftp_ipv6.pcap", "ftp_transfers.pcap", "ftp_listings.pcap"])
  func clean(capture: String) throws {
    #expect(try Case(capture).rows("SELECT code, detail FROM diagnostics") == [])
  }
}

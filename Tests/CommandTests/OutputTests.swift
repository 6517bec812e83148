import Foundation
import Testing

/// What is written, to files and to terminals.
@Suite struct OutputTests {
  /// A query with everything that formats trip over.
  private static let awkward = """
    -- Awkward values
    -- Question: does every format survive them?
    -- Columns:
    --   text: text
    --   number: number
    SELECT 'plain' AS text, 1 AS number UNION ALL
    SELECT 'a,b "c" | d', -20 UNION ALL
    SELECT 'two' || char(10) || 'lines' || char(9) || 'tab', 2.5 UNION ALL
    SELECT 'esc' || char(27) || '[31m' || char(7) || char(127) || char(155) || char(8238) || '!', NULL UNION ALL
    SELECT '', 0 UNION ALL
    SELECT NULL, 300;

    """

  let folder: Folder
  let database: String

  init() throws {
    folder = try Folder()
    try folder.write("awkward.sql", text: OutputTests.awkward)
    database = try Samples.database("sll.pcap")
  }

  private func awkward(_ format: String) throws -> String {
    let outcome = try Program.run(
      "query", "awkward", database, "--queries", folder.path, "--format", format)
    #expect(outcome.status == 0 && outcome.err.isEmpty, "\(outcome.err)")
    return outcome.out
  }

  // MARK: Formats

  @Test("table: aligned, numbers to the right, control characters as escapes")
  func table() throws {
    let blank = { (count: Int) in String(repeating: " ", count: count) }
    #expect(
      try awkward("table")
        == [
          "text\(blank(30))number",
          "\(String(repeating: "-", count: 32))  ------",
          "plain\(blank(34))1",
          "a,b \"c\" | d\(blank(26))-20",
          "two\\nlines\\ttab\(blank(22))2.5",
          "esc\\x1b[31m\\x07\\x7f\\x9b\\u{202e}!",
          "\(blank(39))0",
          "\(blank(37))300\n",
        ].joined(separator: "\n"))
  }

  @Test("line: a line for each column, a blank line between rows")
  func line() throws {
    let text = try awkward("line")
    #expect(text.hasPrefix("text    plain\nnumber  1\n\ntext    a,b \"c\" | d\nnumber  -20\n\n"))
    #expect(text.hasSuffix("\n\ntext\nnumber  0\n\ntext\nnumber  300\n"))
  }

  @Test("csv: RFC 4180, NULL nothing and an empty text two quotes")
  func csv() throws {
    let text = try awkward("csv")
    #expect(
      text.hasPrefix(
        "text,number\r\nplain,1\r\n\"a,b \"\"c\"\" | d\",-20\r\n\"two\nlines\ttab\",2.5\r\n"))
    #expect(text.hasSuffix("\r\n\"\",0\r\n,300\r\n"))
    let rows = fields(csv: text)
    #expect(rows[4] == ["esc\u{1b}[31m\u{7}\u{7f}\u{9b}\u{202e}!", nil])
  }

  @Test("tsv: a line each, whatever is in the values")
  func tsv() throws {
    #expect(
      try awkward("tsv") == #"""
        text	number
        plain	1
        a,b "c" | d	-20
        two\nlines\ttab	2.5
        esc\x1b[31m\x07\x7f\x9b\u{202e}!	
        	0
        	300

        """#)
  }

  @Test("json: one array with types, every control character escaped")
  func json() throws {
    let text = try awkward("json")
    let rows = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    #expect(rows.count == 6)
    #expect(rows[1]["text"] as? String == "a,b \"c\" | d")
    #expect(rows[2]["text"] as? String == "two\nlines\ttab")
    #expect(rows[3]["text"] as? String == "esc\u{1b}[31m\u{7}\u{7f}\u{9b}\u{202e}!")
    #expect(rows[3]["number"] is NSNull)
    #expect(rows[4]["text"] as? String == "")
    #expect(rows[5]["text"] is NSNull)
    #expect(text.contains(#""esc\u001b[31m\u0007\u007f\u009b\u202e!""#))
    #expect(text.contains("\"number\": 2.5}"))
  }

  @Test("jsonl: an object a line")
  func jsonl() throws {
    let lines = try awkward("jsonl").split(separator: "\n")
    #expect(lines.count == 6)
    #expect(lines.first == #"{"text": "plain", "number": 1}"#)
    #expect(lines.last == #"{"text": null, "number": 300}"#)
  }

  @Test("markdown: a table with its bars escaped")
  func markdown() throws {
    #expect(
      try awkward("markdown") == #"""
        | text | number |
        | --- | ---: |
        | plain | 1 |
        | a,b "c" \| d | -20 |
        | two\nlines\ttab | 2.5 |
        | esc\x1b[31m\x07\x7f\x9b\u{202e}! |  |
        |  | 0 |
        |  | 300 |

        """#)
  }

  @Test("an answer without rows is a well-formed answer without rows")
  func noRows() throws {
    let none = { (format: String) in
      try Program.run("query", "arp_table", database, "--capture", "99", "--format", format)
    }
    #expect(try none("json").out == "[]\n")
    #expect(try none("jsonl").out.isEmpty)
    #expect(try none("tsv").out.hasPrefix("ip\tmac\t"))
    #expect(try none("csv").out.hasPrefix("ip,mac,"))
    for format in ["table", "line", "csv", "tsv", "json", "jsonl", "markdown"] {
      let outcome = try none(format)
      #expect(outcome.status == 0 && outcome.err.isEmpty)
    }
  }

  @Test("without --format it is tab-separated where there is no terminal")
  func defaultFormat() throws {
    let plain = try Program.run("query", "top_talkers", database)
    #expect(plain.out == (try Program.run("query", "top_talkers", database, "--format", "tsv").out))
  }

  // MARK: Terminals

  @Test("on a terminal it is a table where that fits, under bold headings")
  func tableOnTerminal() throws {
    let (status, screen) = try Program.onTerminal(
      columns: 60, ["query", "awkward", database, "--queries", folder.path])
    #expect(status == 0)
    let lines = screen.split(separator: "\n")
    #expect(lines.first == "\u{1b}[1mtext\(String(repeating: " ", count: 30))number\u{1b}[0m")
    #expect(lines.dropFirst().first == "\(String(repeating: "-", count: 32))  ------")
  }

  @Test("on a terminal that is a little too narrow the widest column is cut, and a message says so")
  func cutOnTerminal() throws {
    let packets = try Samples.database("browse.pcapng")
    let (_, screen) = try Program.onTerminal(columns: 160, ["query", "packet_list", packets])
    let lines = screen.split(separator: "\n")
    #expect(lines.count == 335)
    #expect(lines.dropLast().allSatisfy { $0.count <= 160 + 8 })
    #expect(lines.contains { $0.contains("…") })
    #expect(lines.last == "column info is cut to the screen; '--format line' shows all of it")
  }

  @Test("on a terminal that is too narrow it is a line for each column")
  func linesOnTerminal() throws {
    let arguments = ["query", "awkward", database, "--queries", folder.path]
    let (_, screen) = try Program.onTerminal(columns: 30, arguments)
    #expect(screen.hasPrefix("\u{1b}[1mtext\u{1b}[0m    plain\n\u{1b}[1mnumber\u{1b}[0m  1\n\n"))
    let (_, asked) = try Program.onTerminal(columns: 30, arguments + ["--format", "table"])
    #expect(asked.hasPrefix("\u{1b}[1mtext   "), "a table that was asked for stays one")
  }

  @Test("NO_COLOR and a dumb terminal get no escape sequence at all", arguments: [["NO_COLOR": "1"], ["TERM": "dumb"]])
  func noColour(environment: [String: String]) throws {
    let database = try Samples.database("browse.pcapng")
    let (_, screen) = try Program.onTerminal(["query", "unknown_ips", database], environment: environment)
    #expect(screen.contains("45.77.12.34") && !screen.contains("\u{1b}"))
  }

  @Test("an answer without rows says so on a terminal, and where to look for the reason")
  func noRowsOnTerminal() throws {
    let (status, screen) = try Program.onTerminal(["query", "cleartext_passwords", database])
    #expect(status == 0)
    #expect(screen.contains("no rows") && screen.contains("pcapindex query diagnostics"))
  }

  @Test("with --redact no secret is in any query's answer, and what is not secret stays", arguments: QueryTests.names)
  func redacted(query: String) throws {
    for capture in ["guessing.pcap", "http_session.pcap", "http_logins.pcap"] {
      let database = try Samples.database(capture)
      let open = try Program.run("query", query, database, "--format", "csv")
      let hidden = try Program.run("query", query, database, "--format", "csv", "--redact")
      #expect(hidden.status == 0)
      for secret in [
        "p@ssw0rd", "p@ssword", "letmein", "123456", "s3cret-plan", "guess,", "corr3ct", "staple", "guess 1",
        "guess%205",
        "expired-token", "eyJ", "pk-7f3a9c", "A1B2C3D4",
      ] {
        #expect(!hidden.out.contains(secret), "\(query): \(secret)")
      }
      #expect(hidden.out.split(separator: "\n").count == open.out.split(separator: "\n").count)
    }
    let ftp = try Program.run("query", "ftp_sessions", Samples.database("guessing.pcap"), "--format", "csv", "--redact")
    #expect(ftp.out.contains("PASS") && ftp.out.contains("********") && ftp.out.contains("Login incorrect"))
  }

  @Test(
    "control characters from the wire never reach a terminal",
    arguments: ["table", "line", "csv", "tsv", "json", "jsonl", "markdown"])
  func hostileCapture(format: String) throws {
    let capture = TinyCapture(ftp: [
      Array("220 \u{1b}]0;owned\u{7} ready".utf8), Array(">USER \u{1b}[31mroot\u{1b}[0m".utf8) + [0x9b, 0x32, 0x4a],
      Array("331 \u{202e}password".utf8), Array(">PASS \u{8}\u{8}se\u{7f}cret\u{0}\u{c}".utf8),
      Array("230 \u{9b}2J".utf8),
    ])
    let path = folder.file("hostile.sqlite")
    let made = try Program.run("ingest", try folder.write("hostile.pcap", capture.bytes), path)
    try #require(made.status == 0, "\(made.err)")
    // What ends lines and fields of the format itself.
    let allowed: [Unicode.Scalar] = format == "tsv" ? ["\n", "\t"] : format == "csv" ? ["\n", "\r"] : ["\n"]
    for query in ["cleartext_passwords", "ftp_sessions", "packet_list"] {
      let (status, screen) = try Program.onTerminal(["query", query, path, "--format", format])
      #expect(status == 0)
      #expect(screen.contains("root"))
      let plain = screen.replacingOccurrences(of: "\u{1b}[1m", with: "").replacingOccurrences(of: "\u{1b}[0m", with: "")
      for scalar in plain.unicodeScalars where !allowed.contains(scalar) {
        let isControl = scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
        #expect(!isControl, "\(query): U+\(String(scalar.value, radix: 16))")
      }
      let quiet = try Program.onTerminal(["query", query, path, "--format", format], environment: ["NO_COLOR": "1"])
      #expect(!quiet.screen.contains("\u{1b}"))
    }
    let passwords = try Program.run("query", "cleartext_passwords", path, "--format", "tsv")
    #expect(passwords.out.contains(#"\x1b[31mroot\x1b[0m\x9b2J"#))
  }

  @Test("a bar shows on a terminal how far a slow ingest is, and is gone at the end; elsewhere there is none")
  func progress() throws {
    let capture = Repository.capture("arp_icmp.pcap")
    for isTerminal in [true, false] {
      let name = isTerminal ? "terminal" : "file"
      let pipe = folder.file(name + ".pipe")
      mkfifo(pipe, 0o600)
      let writer = try Child(
        "/bin/sh", ["-c", "{ cat '\(capture)'; sleep 0.8; } > '\(pipe)'"], input: "/dev/null", output: "/dev/null",
        error: "/dev/null", folder: nil, [:])
      let arguments = ["ingest", pipe, folder.file(name + ".sqlite")]
      if isTerminal {
        let (status, screen) = try Program.onTerminal(columns: 100, arguments)
        #expect(status == 0)
        let parts = screen.components(separatedBy: "\r\u{1b}[2K")
        #expect(parts.count >= 3, "\(parts)")
        #expect(parts.dropFirst().first?.contains("40 frames") == true, "\(parts)")
        #expect(parts.dropFirst().allSatisfy { $0.count < 100 || $0 == parts.last }, "\(parts)")
        #expect(parts.last == "\(pipe): 40 frames from 8.8 kB\n")
      } else {
        let outcome = try Program.run(arguments)
        #expect(outcome.err == "\(pipe): 40 frames from 8.8 kB\n")
      }
      #expect(writer.wait() == 0)
    }
  }

  // MARK: Help

  @Test(
    "the help of every command has an example, in 80 columns",
    arguments: [[], ["ingest"], ["query"], ["allow"], ["triage"], ["report"], ["datasette"]])
  func help(command: [String]) throws {
    for arguments in [command + ["--help"], command + ["-h"], ["help"] + command] {
      let outcome = try Program.run(arguments)
      #expect(outcome.status == 0 && outcome.err.isEmpty)
      #expect(outcome.out.contains("Example"))
      #expect(outcome.out.contains("pcapindex \(command.first ?? "ingest") "))
      for line in outcome.out.split(separator: "\n") where !line.hasPrefix("USAGE: ") {
        #expect(line.count <= 80, "\(line)")
      }
    }
  }

  @Test("examples stand on a line each")
  func examples() throws {
    let help = try Program.run("ingest", "--help").out
    #expect(help.contains("\n  pcapindex ingest trace.pcap case.sqlite\n"))
    #expect(help.contains("\n  tcpdump -w - -i eth0 | pcapindex ingest - live.sqlite\n"))
    let all = try Program.run("--help").out
    #expect(all.contains("\n  pcapindex query unknown_ips case.sqlite      get one answered\n"))
  }

  @Test("alone it shows what it can do")
  func alone() throws {
    let outcome = try Program.run()
    #expect(outcome.status == 0)
    #expect(outcome.out == (try Program.run("--help").out))
    for command in ["ingest", "query", "allow", "triage"] { #expect(outcome.out.contains("\n  \(command) ")) }
  }

  @Test("--help of a query has its question, parameters and every column that it gives", arguments: QueryTests.names)
  func queryHelp(query: String) throws {
    let help = try Program.run("query", query, "--help")
    #expect(help.status == 0 && help.err.isEmpty)
    #expect(help.out == (try Program.run("query", "-h", query).out))
    let columns = try Program.run("query", query, database, "--format", "tsv").out.prefix { $0 != "\n" }
    for column in columns.split(separator: "\t") { #expect(help.out.contains("\n  \(column) "), "\(column)") }
    #expect(help.out.contains("?\n"))
    #expect(help.out.contains("\n  --capture "))
    #expect(help.out.contains("\nUsage: pcapindex query \(query) [DATABASE]"))
    #expect(help.out.contains("\nExamples:\n  pcapindex query \(query) "))
  }

  @Test("on a terminal the list and the help of a query are wrapped to it")
  func wrapped() throws {
    for arguments in [["query"], ["query", "unknown_ips", "--help"]] {
      let (status, screen) = try Program.onTerminal(columns: 80, arguments)
      #expect(status == 0)
      for line in screen.split(separator: "\n") where !line.hasPrefix("'pcapindex") {
        #expect(line.count <= 80, "\(line)")
      }
    }
  }

  @Test("--version")
  func version() throws {
    let outcome = try Program.run("--version")
    #expect(outcome.status == 0)
    #expect(outcome.out.split(separator: ".").count == 3)
    #expect(try sqlite(database, "SELECT version FROM captures") == [outcome.out.trimmingCharacters(in: .newlines)])
  }
}

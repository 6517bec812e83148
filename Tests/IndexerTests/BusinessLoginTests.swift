import Testing

/// Logins to real servers of files, messages and chats.
@Suite("Logins to files, messages and chats")
struct BusinessLoginTests {
  static let credentials = """
    SELECT frame_id, protocol, mechanism, domain, username, substr(secret, 1, 32), kind, accepted, answer_frame_id
    FROM credentials ORDER BY id
    """
  static let services = "SELECT service, service_source, count(*) FROM flows GROUP BY 1, 2"

  @Test("SMB: Samba and smbclient; the anonymous session has no row")
  func smb() throws {
    let files = try Case("smb_logins.pcap")
    #expect(
      try files.rows(Self.credentials) == [
        "9|smb|NTLMv2|SALES|frieda|74a3c73f05775bd863d7f4064018e60e|hash|0|10",
        "21|smb|NTLMv2|SALES|frieda|a3ba583878910a2a5e9fd4418f0537b1|hash|1|22",
        "51|smb|NTLMv2|SALES|frieda|618026ef8d070bbcd23794bc98b003e9|hash|1|52",
        "63|smb|NTLMv1|SALES|frieda|3edb251dcad6469f110d8a45150d618f|hash|0|64",
        "71|smb|NTLMv1|SALES|frieda|62da3b5dbacc4368f0d859a0909d94bb|hash|1|72",
        "83|smb|NTLMv2|SALES|frieda|47ac47313c0f75f09d9c819eef8b5966|hash|1|84",
        "97|smb|plaintext|SALES|frieda|guess 3|password|0|98",
        "107|smb|plaintext|SALES|frieda|guess 4|password|0|108",
      ])
    #expect(try files.rows(Self.services) == ["smb|content|9"])
    #expect(try files.rows("SELECT max(length(secret)) FROM credentials") == ["428"])
    #expect(try files.rows("SELECT code, detail FROM diagnostics") == [])
  }
}

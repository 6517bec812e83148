import Testing

/// Logins to real web servers, and to one that knows what they do not; see `make/weblogins.py`.
@Suite("Web logins")
struct WebLoginTests {
  let logins: Case

  init() throws { logins = try Case("http_logins.pcap") }

  @Test("Basic, Digest, forms, tokens, signatures and NTLM, each refused and accepted")
  func credentials() throws {
    #expect(
      try logins.rows(
        """
        SELECT frame_id, mechanism, domain, username, secret, kind, accepted, answer_frame_id
        FROM credentials ORDER BY frame_id, id
        """) == [
          "4|Basic||frieda|guess 1|password|0|6",
          "8|Basic||frieda|corr3ct horse|password|1|9",
          "12|Digest|Archive|frieda|bfb0dec0866de4fbc1cc5536cb26cd96|hash|0|13",
          "16|Digest|Archive|frieda|65f45c556b77512f46c81c30a3a91c05|hash|1|17",
          "22|form||frieda|guess 2|password|0|23",
          "24|form||frieda|corr3ct horse|password||25",
          "26|cookie *_session|||DDMFz0kECdGDd0Uz5SFFWIb31wkBRnYfQJ1mcPV6K98FyMHGqTTPIx3rHYDgUZ+pr74Fghe/rfXer8"
            + "otzIjrYkS7N2zGhu1st89tiS6pZl04vhICXZ/VLg==|token||27",
          "34|form||frieda|guess 3|password|0|38",
          "40|form||frieda|corr3ct horse|password||43",
          "44|form||frieda@example.com|guess 4|password|0|45",
          "46|form||frieda@example.com|corr3ct horse|password||47",
          "48|form||frieda|corr3ct horse|password||49",
          "50|form||frieda|guess 5|password|0|51",
          "52|form||frieda|corr3ct horse|password||53",
          "54|Bearer|||expired-token-0001|token|0|55",
          "56|Bearer|||eyJhbGciOiJub25lIn0.eyJzdWIiOiJmcmllZGEifQ.bm9uZQ|token|1|57",
          "60|X-API-Key|||pk-0000000000000000|token|0|61",
          "62|X-API-Key|||pk-7f3a9c52e1d84b60|token|1|63",
          "64|URL access_token|||expired-token-0002|token|0|65",
          "66|URL access_token|||eyJhbGciOiJub25lIn0.eyJzdWIiOiJmcmllZGEifQ.bm9uZQ|token|1|67",
          "68|cookie JSESSIONID|||00000000000000000000000000000000|token|0|69",
          "70|cookie JSESSIONID|||A1B2C3D4E5F60718293A4B5C6D7E8F90|token||71",
          "72|AWS4-HMAC-SHA256|eu-west-1/s3|AKIDEXAMPLE|a4d0b0db9200f7d69d2c4c9d63f0007f3b0eb3bb3d599cf23d00173"
            + "64556bcb2|hash|0|73",
          "74|AWS4-HMAC-SHA256|eu-west-1/s3|AKIAIOSFODNN7EXAMPLE|c5aee7740b4f228de78d6c4894bf4887f8cd096205f0ea"
            + "67dd1b12480882d0f1|hash|1|75",
          "86|NTLMv2|CORP|frieda|5eac538d61dcac72156e9798eed55e160101000000000000003e5710d979dd0146a30deeb8c9f8"
            + "2c000000000200080043004f00520050000000000000000000|hash|0|87",
          "98|NTLMv2|CORP|frieda|2e7985b15fd695997b7c6921b613e3570101000000000000003e5710d979dd012a10cfac827141"
            + "c6000000000200080043004f00520050000000000000000000|hash|1|99",
        ])
  }

  @Test("rounds without a login, and what is repeated, give no row")
  func rounds() throws {
    // Of twelve answers that ask for a login, seven refuse one.
    #expect(
      try logins.rows(
        """
        SELECT count(*), count(k.id) FROM http_responses r
        LEFT JOIN credentials k ON k.answer_frame_id = r.frame_id WHERE r.status = 401
        """) == ["12|7"])
    #expect(try logins.rows("SELECT count(*) FROM http_headers WHERE value LIKE 'Bearer eyJ%'") == ["2"])
    #expect(try logins.rows("SELECT count(*) FROM http_headers WHERE value LIKE 'Digest username%'") == ["3"])
  }

  @Test("gives nothing to complain about")
  func clean() throws {
    #expect(try logins.rows("SELECT code, detail FROM diagnostics") == [])
    #expect(try logins.rows("SELECT service, service_source, count(*) FROM flows GROUP BY 1, 2") == ["http|content|4"])
  }
}

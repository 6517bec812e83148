import Testing

@testable import Report

@Suite("HTML by construction")
struct HTMLTests {
  @Test(
    "text never becomes markup",
    arguments: [
      ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
      ("a & b &amp; c", "a &amp; b &amp;amp; c"), ("\" onload='x'", "&quot; onload=&#39;x&#39;"),
      ("]]><!--", "]]&gt;&lt;!--"), ("\u{0}\u{1b}[31m", "\\x00\\x1b[31m"), ("a\nb\tc\r", "a\\nb\\tc\\r"),
      ("user\u{202e}gpj.exe", "user\\u{202e}gpj.exe"), ("\u{2066}\u{feff}\u{85}", "\\u{2066}\\u{feff}\\x85"),
      ("\u{fffe}\u{1ffff}", "\\u{fffe}\\u{1ffff}"), ("\u{ef80}\u{ef00}", "\\x80\\x00"), ("é 漢", "é 漢"),
    ])
  func text(text: String, expected: String) {
    #expect(HTML(text).markup == expected)
    #expect(HTML(.p, [.title(text)], "x").markup == "<p title=\"\(expected)\">x</p>\n")
    #expect(HTML(.td, [.label(text)], "x").markup == "<td aria-label=\"\(expected)\">x</td>\n")
  }

  @Test("lines stay lines where they are wanted, and nothing else does")
  func lines() {
    #expect(HTML(lines: "SELECT '<'\n\tFROM \u{202e}x").markup == "SELECT &#39;&lt;&#39;\n  FROM \\u{202e}x")
  }

  @Test("a place's name holds nothing but letters, digits, hyphens and underscores")
  func fragments() {
    #expect(Fragment("query", "unknown_ips").name == "query-unknown_ips")
    #expect(Fragment("query", "\" onclick=\"x", "<É>").name == "query---onclick--x----")
    #expect(HTML(.a, [.href(Fragment("a\"b"))], "x").markup == "<a href=\"#a-b\">x</a>")
  }
}

/// The elements that a report is made of.
enum HTMLTag: String {
  case html, head, meta, title, body, header, footer, main, nav, section, div, p, h1, h2, h3, ul, ol, li, dl, dt, dd
  case table, caption, thead, tbody, tr, th, td, details, summary, pre, code, a, span, time, strong, wbr
  case svg, g, rect, line, text, desc

  /// Whether a line ends behind it, to keep the file readable.
  var isBlock: Bool {
    switch self {
    case .code, .a, .span, .time, .strong, .wbr, .text, .desc, .rect, .g, .line, .svg: false
    default: true
    }
  }
}

import Crypto
import FoundationEssentials

/// How the page looks: light and dark, on screens of any width and on paper. It is the only style that the page's policy
/// admits.
enum StyleSheet {
  /// The rules. Neither `<` nor `&` may stand in them, so that they read the same as HTML and as XML.
  static let text: StaticString = """

    :root {
      color-scheme: light dark;
      --paper: #ffffff; --ink: #1c2127; --soft: #565f69; --rule: #d4dae0; --band: #f4f6f8; --link: #0a559c;
      --focus: #b3261e; --mark: #fff3cf;
      --s0: #2f6fae; --s1: #c0601a; --s2: #2e7d5b; --s3: #7a6f8f;
    }
    @media screen and (prefers-color-scheme: dark) {
      :root {
        --paper: #15181c; --ink: #e3e7eb; --soft: #a3adb8; --rule: #39414a; --band: #1e2329; --link: #8abdf2;
        --focus: #ffb4a9; --mark: #453a17;
        --s0: #5d9fe0; --s1: #e58f4c; --s2: #58b58a; --s3: #a99dc2;
      }
    }
    * { box-sizing: border-box; }
    html { background: var(--paper); -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
    body {
      margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 76rem; color: var(--ink); background: var(--paper);
      font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", "Noto Sans", "DejaVu Sans", Arial, sans-serif;
    }
    a { color: var(--link); text-underline-offset: 0.15em; }
    a:focus-visible, summary:focus-visible, .scroll:focus-visible, pre:focus-visible {
      outline: 2px solid var(--focus); outline-offset: 2px;
    }
    main:focus { outline: none; }
    code, pre {
      font-family: ui-monospace, "SF Mono", "Cascadia Mono", Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
      font-size: 0.92em;
    }
    .skip { position: absolute; left: 1rem; top: -4rem; padding: 0.5rem 1rem; background: var(--paper); z-index: 1; }
    .skip:focus { top: 0.5rem; }
    header { border-bottom: 3px solid var(--ink); padding-bottom: 1rem; }
    h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 0.5rem; font-weight: 650; overflow-wrap: anywhere; }
    header p { margin: 0; color: var(--soft); }
    header strong { color: var(--ink); }
    nav { padding: 1rem 0 0.5rem; }
    nav h2 { font-size: 0.85rem; margin: 0 0 0.25rem; color: var(--soft); font-weight: 600; }
    nav ol { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.15rem 1.4rem; }
    section { margin-top: 2.75rem; }
    section h2 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 0.4rem; font-weight: 650; }
    section h3 { font-size: 1rem; margin: 1.5rem 0 0.4rem; font-weight: 650; overflow-wrap: anywhere; }
    .lead { margin: 0 0 1rem; max-width: 46rem; color: var(--soft); }
    .block { margin: 1.25rem 0 2rem; }
    .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(11.5rem, 1fr)); gap: 0; margin: 1rem 0 0; }
    dl.figures { border: solid var(--rule); border-width: 1px 0; padding: 0.4rem 0; }
    dl.figures div { padding: 0.5rem 1rem 0.5rem 0; }
    dt { color: var(--soft); font-size: 0.9rem; }
    dd { margin: 0; font-size: 1.5rem; line-height: 1.3; font-variant-numeric: tabular-nums; }
    dd a { text-decoration: none; }
    dd a:hover, dd a:focus-visible { text-decoration: underline; }
    dd .note { display: block; font-size: 0.9rem; }
    dd .origin {
      display: block; font: 0.78rem/1.4 ui-monospace, "SF Mono", Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace;
      color: var(--soft);
    }
    .remarks { margin: 0.25rem 0; padding-left: 1.25rem; }
    .scroll { overflow-x: auto; max-width: 100%; }
    table { border-collapse: collapse; font-size: 0.875rem; min-width: 100%; font-variant-numeric: tabular-nums; }
    caption { text-align: left; font-size: 1rem; font-weight: 650; padding: 0 0 0.4rem; }
    caption .extent { font-weight: 400; font-size: 0.9rem; margin-left: 0.5rem; white-space: nowrap; }
    th, td { padding: 0.32rem 0.75rem 0.32rem 0; text-align: left; vertical-align: top; unicode-bidi: isolate; }
    th:last-child, td:last-child { padding-right: 0.25rem; }
    thead th, thead td {
      border-bottom: 2px solid var(--rule); color: var(--soft); font-weight: 600; vertical-align: bottom; line-height: 1.3;
    }
    tbody th { font-weight: 400; }
    tbody tr { border-bottom: 1px solid var(--rule); }
    tbody tr:hover { background: var(--band); }
    th.r, td.r { text-align: right; white-space: nowrap; }
    td, tbody th { max-width: 24rem; overflow-wrap: break-word; }
    .long { display: inline-block; min-width: 16rem; overflow-wrap: anywhere; }
    time { white-space: nowrap; }
    a.n { color: inherit; text-decoration: none; }
    a.n:hover { color: var(--link); text-decoration: underline; }
    th.d1 { padding-left: 1.2rem; } th.d2 { padding-left: 2.4rem; } th.d3 { padding-left: 3.6rem; }
    table.record { margin-bottom: 1.5rem; min-width: 0; width: 48rem; max-width: 100%; }
    table.record caption { overflow-wrap: anywhere; }
    table.record tbody th { width: 12rem; min-width: 8rem; color: var(--soft); }
    table.record td { max-width: none; }
    td.bar { width: 16rem; min-width: 8rem; padding-top: 0.55rem; }
    svg.bar { display: block; width: 100%; height: 0.65rem; }
    svg.plot { display: block; width: 100%; min-width: 40rem; height: auto; }
    svg.plot text { fill: var(--soft); font: 11px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", Arial, sans-serif; }
    svg .grid { stroke: var(--rule); stroke-width: 1; }
    svg .tick { stroke: var(--soft); stroke-width: 1; }
    rect.s0 { fill: var(--s0); } rect.s1 { fill: var(--s1); } rect.s2 { fill: var(--s2); } rect.s3 { fill: var(--s3); }
    .legends { margin: 0 0 0.5rem; }
    .legend { font-size: 0.875rem; font-weight: 400; color: var(--soft); margin-right: 0.9rem; white-space: nowrap; }
    caption .legend:first-of-type { margin-left: 1.5rem; }
    .key { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.35em; forced-color-adjust: none; }
    .key.s0 { background: var(--s0); } .key.s1 { background: var(--s1); }
    .key.s2 { background: var(--s2); } .key.s3 { background: var(--s3); }
    details.figures { display: block; margin: 0.5rem 0; }
    summary { cursor: pointer; color: var(--link); font-size: 0.875rem; width: fit-content; padding: 0.15rem 0; }
    .nothing { margin: 0; }
    .more { margin: 0.5rem 0 0; font-size: 0.875rem; overflow-wrap: anywhere; }
    .source { margin-top: 0.6rem; font-size: 0.875rem; color: var(--soft); }
    .source p { margin: 0; }
    .source .label { font-weight: 600; }
    .source:target { background: var(--mark); color: var(--ink); outline: 0.4rem solid var(--mark); }
    .command { overflow-wrap: anywhere; }
    pre {
      margin: 0.4rem 0 0; padding: 0.75rem 1rem; background: var(--band); color: var(--ink); overflow: auto;
      max-height: 32rem; line-height: 1.45; font-size: 0.8rem;
    }
    pre code { font-size: inherit; }
    footer { margin-top: 3rem; border-top: 1px solid var(--rule); padding-top: 0.75rem; color: var(--soft);
      font-size: 0.875rem; }
    @media (max-width: 40rem) {
      body { padding: 1.25rem 1rem 3rem; }
      h1 { font-size: 1.5rem; }
      .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); }
      dd { font-size: 1.25rem; }
      dd .origin { overflow-wrap: anywhere; }
      table.record tbody th { width: 7rem; min-width: 6rem; }
    }
    @media print {
      @page { size: A4 landscape; margin: 14mm 14mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; } }
      html { font-size: 9.5pt; }
      body { padding: 0; max-width: none; }
      nav, .skip, details { display: none; }
      a, a.n { color: inherit; text-decoration: none; }
      section { margin-top: 1.6rem; }
      h2, h3, caption, thead, .opening, .legends { break-after: avoid; }
      .lead { max-width: none; }
      tr, .opening, dl.figures div, svg.plot, .source { break-inside: avoid; }
      thead { display: table-header-group; }
      .scroll { overflow: visible; }
      .figures { grid-template-columns: repeat(6, 1fr); }
      table { width: 100%; font-size: 8pt; }
      th, td { padding: 0.2rem 0.45rem 0.2rem 0; }
      td, tbody th, .long { max-width: none; min-width: 0; }
      time { white-space: normal; }
      .long { min-width: 0; }
      td.bar { width: 12%; min-width: 0; }
      svg.plot { min-width: 0; }
      svg, .key { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      .block { margin: 0.8rem 0 1.2rem; }
      tbody tr:hover { background: none; }
    }

    """

  /// The sheet's digest as a content security policy has it (Content Security Policy Level 3, section 2.3.1).
  static var digest: String {
    "sha256-" + Data(SHA256.hash(data: Array(text.description.utf8))).base64EncodedString()
  }
}

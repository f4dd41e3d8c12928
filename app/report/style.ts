/** The look of a report: one column on a phone, two or three of curves on a screen, black on white on paper. */
export const STYLE = `
:root { color-scheme: light; --ground: #fff; --panel: #f5f6f6; --line: #cfd5d8; --text: #1b2227; --muted: #515c63; --trend: #46545d; --trend-fill: #c3ccd1;
  --high: #b3211c; --medium: #8a5200; --low: #5b4a9c; --hatch: #8b959b; }
@media screen and (prefers-color-scheme: dark) { :root { color-scheme: dark; --ground: #14191c; --panel: #1b2125; --line: #39434a; --text: #e2e6e8; --muted: #a3aeb5;
  --trend: #aab6bd; --trend-fill: #3a464d; --high: #ff8a80; --medium: #f2b45c; --low: #b8a9f5; --hatch: #77828a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.25rem 1rem 2.5rem; max-width: 72rem; background: var(--ground); color: var(--text);
  font: 0.9375rem/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif; font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 0.75rem; }
h2 { font-size: 1.125rem; margin: 2rem 0 0.5rem; padding-top: 0.5rem; border-top: 2px solid var(--text); }
th.n, td.n { width: 1%; }
table.narrow th.n, table.narrow td.n { width: auto; }
h3 { font-size: 1rem; margin: 0.75rem 0 0.25rem; }
p, ul, ol { margin: 0.4rem 0; }
small { font-size: 0.9em; font-weight: normal; color: var(--muted); }
code { font: 0.8125rem ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace; overflow-wrap: anywhere; }
.site { margin: 0; color: var(--muted); }
.verdict { font-size: 1.125rem; font-weight: 600; margin: 0 0 1rem; padding-left: 0.75rem; border-left: 6px solid var(--line); }
.verdict.high { border-color: var(--high); }
.verdict.medium { border-color: var(--medium); }
.note, footer { color: var(--muted); font-size: 0.8125rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.5rem; margin: 0; }
.figures div { background: var(--panel); padding: 0.5rem 0.75rem; }
.figures dt { color: var(--muted); font-size: 0.8125rem; }
.figures dd { margin: 0; font-size: 1.25rem; font-weight: 600; }
td.bad, .figures .bad dd { color: var(--high); font-weight: 700; }
.needs { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 30rem), 1fr)); gap: 0.75rem; }
.needs li { background: var(--panel); border-left: 6px solid var(--low); padding: 0.25rem 0.75rem 0.5rem; }
.needs li.high { border-color: var(--high); }
.needs li.medium { border-color: var(--medium); }
.level { font-size: 0.75rem; font-weight: 700; text-transform: uppercase; letter-spacing: 0.03em; color: var(--low); }
.level.high { color: var(--high); }
.level.medium { color: var(--medium); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0; font-size: 0.875rem; }
table.narrow { width: auto; min-width: min(100%, 34rem); }
.wide:focus-visible { outline: 2px solid var(--text); outline-offset: 2px; }
caption { text-align: left; color: var(--muted); font-size: 0.8125rem; padding-bottom: 0.25rem; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem 0.3rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--muted); font-weight: 600; font-size: 0.8125rem; vertical-align: bottom; }
th:last-child, td:last-child { padding-right: 0; }
.n { text-align: right; }
td.n { white-space: nowrap; }
.balance { font-weight: 600; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 0.25rem 1.25rem; }
.chart { margin: 0; }
figcaption { font-size: 0.8125rem; color: var(--muted); }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 10.5px; fill: var(--muted); }
.tick { text-anchor: middle; }
.tick.start { text-anchor: start; }
.tick.end, .tick.value, .limit-label { text-anchor: end; }
.grid { stroke: var(--line); stroke-width: 0.75; }
.curve path { fill: var(--trend-fill); stroke: var(--trend); stroke-width: 1.1; stroke-linejoin: round; }
.curve .dot { stroke-width: 3.5; stroke-linecap: round; }
.limit { stroke: var(--high); stroke-width: 1; stroke-dasharray: 5 3; }
svg .limit-label { fill: var(--high); }
.unknown { fill: url(#hatch); }
#hatch path { stroke: var(--hatch); stroke-width: 1; }
.shade { fill: var(--low); opacity: 0.1; }
.shade.high { fill: var(--high); }
.shade.medium { fill: var(--medium); }
.bar, .sample-bar { fill: var(--low); background: var(--low); }
.bar.high, .sample-bar.high { fill: var(--high); background: var(--high); }
.bar.medium, .sample-bar.medium { fill: var(--medium); background: var(--medium); }
.key { color: var(--muted); font-size: 0.8125rem; }
.key span { margin-right: 1rem; white-space: nowrap; }
.key i { display: inline-block; width: 1rem; margin-right: 0.15rem; vertical-align: baseline; }
.sample-bar { height: 3px; }
.sample-bar.medium { height: 6px; }
.sample-bar.high { height: 9px; }
.sample-unknown { height: 10px; background: repeating-linear-gradient(135deg, var(--hatch) 0 1px, transparent 1px 4px); }
.sample-limit { border-top: 1px dashed var(--high); height: 4px; }
footer { margin-top: 2rem; }
@media (max-width: 40rem) { body { padding: 1rem 0.75rem 2rem; } h1 { font-size: 1.3125rem; } th, td { padding-right: 0.45rem; }
  .stack thead { display: none; } .stack tr { display: block; padding: 0.35rem 0; border-bottom: 1px solid var(--line); }
  .stack th, .stack td { display: block; width: auto; text-align: left; border: 0; padding: 0.05rem 0; white-space: normal; }
  .stack td[data-name]::before { content: attr(data-name) ': '; color: var(--muted); } }
@page { size: A4; margin: 13mm 12mm 15mm; }
@media print {
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  h2, h3, caption { break-after: avoid; }
  h2 { margin-top: 1.2rem; }
  tr, li, figure, .figures div { break-inside: avoid; }
  thead { display: table-header-group; }
  .wide { overflow: visible; }
  table { font-size: 8.5pt; }
  .charts { grid-template-columns: repeat(3, 1fr); gap: 0.25rem 0.75rem; }
  svg text { font-size: 13px; }
  .figures { grid-template-columns: repeat(6, 1fr); }
  .figures dd { font-size: 1rem; }
  .needs { grid-template-columns: 1fr 1fr; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;

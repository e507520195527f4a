/** The report's style sheet: light and dark as the reader has it, and on paper. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1b1f24; --soft: #57606a; --page: #fff; --card: #f6f8fa; --line: #d0d7de;
  --accent: #0550ae; --good: #116329; --bad: #a40e26; --good-page: #dafbe1; --bad-page: #ffebe9; --open-page: #eaeef2; }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6edf3; --soft: #9ea7b3; --page: #0d1117; --card: #161b22; --line: #30363d;
    --accent: #79c0ff; --good: #56d364; --bad: #ff9492; --good-page: #12261e; --bad-page: #2d1619; --open-page: #21262d; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem; color: var(--text); background: var(--page);
  font: 16px/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { margin: 0; font-size: 1.7rem; line-height: 1.25; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.3rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem; }
h3 { margin: 1.5rem 0 .75rem; font-size: 1.05rem; }
header p { margin: .25rem 0 0; color: var(--soft); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; margin: 1rem 0 0; }
a { color: var(--accent); }
.skip { position: absolute; left: -999rem; }
.skip:focus { position: static; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem; border-bottom: 1px solid var(--line); overflow-wrap: break-word; min-width: 4.5rem; }
thead th { color: var(--soft); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 600; }
td ul { margin: 0; padding-left: 1rem; }
code, kbd { font: .88em ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 .3em; background: var(--card); }
.badge { display: inline-block; white-space: nowrap; border-radius: 1rem; padding: 0 .6rem; font-size: .85rem; font-weight: 600; background: var(--open-page); }
.badge.good { color: var(--good); background: var(--good-page); }
.badge.bad { color: var(--bad); background: var(--bad-page); }
.missing { color: var(--soft); }
.next { background: var(--card); border-left: 4px solid var(--accent); padding: .5rem 1rem; }
.trace { border: 1px solid var(--line); border-radius: 6px; margin: .4rem 0; background: var(--card); }
.trace summary { cursor: pointer; padding: .4rem .75rem; }
.steps { padding: .25rem 1rem .75rem; }
.steps ol { margin: .5rem 0; padding-left: 2rem; }
.steps li { padding: .25rem .5rem; border-left: 3px solid transparent; }
.steps p { margin: .1rem 0; }
.stepping ol { list-style: none; padding-left: .25rem; }
.stepping li { display: none; }
.stepping li[aria-current] { display: list-item; border-left-color: var(--accent); }
.controls { display: none; }
.stepping .controls { display: block; }
button { font: inherit; font-size: .9rem; color: var(--text); background: var(--page); border: 1px solid var(--soft); border-radius: 6px; padding: .2rem .7rem; cursor: pointer; }
button[aria-disabled="true"] { color: var(--soft); border-style: dashed; cursor: default; }
.change .kind { display: inline-block; min-width: 4.5rem; font-size: .8rem; font-weight: 600; color: var(--soft); }
.change.added .kind { color: var(--good); }
.change.removed .kind { color: var(--bad); }
.end { font-weight: 600; }
.plot { margin: 1rem 0; max-width: 46rem; }
.plot text { fill: var(--soft); font-size: 12px; }
.plot .grid { stroke: var(--line); }
.plot polyline { fill: none; stroke-width: 2; }
.plot .now { stroke: var(--accent); }
.plot .before { stroke: var(--soft); stroke-dasharray: 5 4; }
.plot .key { display: inline-block; width: 2rem; border-top: 2px solid var(--accent); vertical-align: middle; margin: 0 .25rem 0 .75rem; }
.plot .key.before { border-top: 2px dashed var(--soft); }
figcaption { color: var(--soft); font-size: .85rem; }
footer { margin-top: 3rem; color: var(--soft); font-size: .85rem; }
@media print {
  :root { color-scheme: light; --text: #000; --soft: #444; --page: #fff; --card: #fff; --line: #999; --accent: #000;
    --good: #000; --bad: #000; --good-page: #fff; --bad-page: #fff; --open-page: #fff; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, .skip, .controls, .stepping .controls { display: none; }
  .scroll { overflow: visible; }
  .stepping ol { list-style: decimal; padding-left: 2rem; }
  .stepping li { display: list-item; }
  .trace::details-content { content-visibility: visible; display: block; }
  tr, .steps li, .plot { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
  .badge { border: 1px solid; }
}
`;

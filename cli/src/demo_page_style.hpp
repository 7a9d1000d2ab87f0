// SPDX-License-Identifier: Apache-2.0
// SPDX-FileCopyrightText: 2026 The presil authors

/// \file
/// How a demonstration's page looks: on light and dark screens, narrow ones, and on paper.
#pragma once

namespace presil::cli {

inline constexpr const char* kDemoPageStyle = R"css(
:root {
  color-scheme: light dark;
  --paper: #ffffff; --panel: #f4f6f8; --line: #d5dbe1; --ink: #1a2028; --dim: #59646f;
  --busy: #1f5fbf; --rest: #b5cbea; --wrong: #b3261e; --right: #1a7f37;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #12161b; --panel: #1b2129; --line: #333d48; --ink: #e6eaef; --dim: #9aa6b2;
    --busy: #6ba3f5; --rest: #33496b; --wrong: #ff8a80; --right: #6fd08c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 66rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
h1 { margin: 0.1rem 0 0.4rem; font-size: 2.4rem; line-height: 1.15; letter-spacing: -0.02em; }
h2 {
  margin: 3rem 0 0.5rem; padding-top: 0.8rem; border-top: 1px solid var(--line);
  font-size: 1.3rem;
}
p { margin: 0 0 1rem; max-width: 44rem; }
.dim, .note { color: var(--dim); }
.mono {
  font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: 0.9em;
  overflow-wrap: anywhere;
}
.facts {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 0.75rem;
  margin: 1.5rem 0 0;
}
.facts div { padding: 0.75rem 1rem; background: var(--panel); border-radius: 0.4rem; }
.facts dt { color: var(--dim); font-size: 0.85rem; }
.facts dd { margin: 0; font-size: 1.45rem; line-height: 1.3; }
.pictures {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(7rem, 1fr)); gap: 1.25rem 1rem;
  padding: 0; margin: 1rem 0; list-style: none;
}
figure { margin: 0; break-inside: avoid; }
figure img {
  display: block; width: 100%; height: auto; aspect-ratio: 1; image-rendering: pixelated;
  border-radius: 0.25rem;
}
figure.wrong img { outline: 3px solid var(--wrong); outline-offset: 2px; }
figcaption { margin-top: 0.4rem; font-size: 0.9rem; line-height: 1.35; }
figcaption .right::before { content: "\2713\00a0"; color: var(--right); }
figcaption .wrong { color: var(--wrong); font-weight: 600; }
figcaption .wrong::before { content: "\2717\00a0"; }
.scores { display: block; width: 100%; height: 1.5rem; margin-top: 0.4rem; }
.scores rect { fill: var(--rest); }
.scores rect.chosen { fill: var(--busy); }
figure.wrong .scores rect.chosen { fill: var(--wrong); }
.wide { overflow-x: auto; }
.plot { display: block; width: 100%; min-width: 40rem; height: auto; font-size: 14px; }
.plot text { fill: var(--ink); }
.plot text.dim, .plot tspan.dim { fill: var(--dim); }
.plot .grid { stroke: var(--line); }
.busy { fill: var(--busy); }
.rest { fill: var(--rest); }
.key {
  display: inline-block; width: 0.8em; height: 0.8em; margin: 0 0.35em 0 0.8em;
  border-radius: 0.1em; print-color-adjust: exact;
}
.key.busy { background: var(--busy); margin-left: 0; }
.key.rest { background: var(--rest); }
table { width: 100%; margin-top: 1.5rem; border-collapse: collapse; font-size: 0.9rem; }
caption { text-align: left; color: var(--dim); padding-bottom: 0.4rem; }
th, td {
  padding: 0.35rem 0.6rem; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap;
}
thead th { color: var(--dim); font-weight: 500; vertical-align: bottom; }
th.name, td.name { text-align: left; }
thead th[scope="colgroup"] { text-align: center; }
tbody th { font-weight: 600; }
tfoot th, tfoot td { border-bottom: 0; border-top: 2px solid var(--line); font-weight: 600; }
.run { display: grid; grid-template-columns: max-content 1fr; gap: 0.3rem 1.5rem; margin: 1rem 0; }
.run dt { color: var(--dim); }
.run dd { margin: 0; min-width: 0; }
@media (max-width: 40rem) {
  .run { grid-template-columns: 1fr; }
  .run dd { margin-bottom: 0.5rem; }
  h1 { font-size: 1.9rem; }
}
@media print {
  :root {
    --paper: #ffffff; --panel: #ffffff; --line: #999999; --ink: #000000; --dim: #444444;
    --busy: #1f5fbf; --rest: #b5cbea; --wrong: #b3261e; --right: #1a7f37;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .facts div { border: 1px solid var(--line); }
  .pictures { grid-template-columns: repeat(8, 1fr); }
  .plot { min-width: 0; }
  .plot, table { break-inside: avoid; }
  table { font-size: 8pt; }
  th, td { padding: 0.2rem 0.3rem; }
  svg, .key { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
)css";

}  // namespace presil::cli

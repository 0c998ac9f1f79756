/** Colours are variables, so that charts follow the theme, too. All text has a contrast of at least 4.5 to 1 in both. */
const light = `
  --page: #f5f6f8; --card: #ffffff; --ink: #1a1f26; --soft: #4a5563; --muted: #5a6572;
  --line: #e3e7ec; --accent: #2a66b0; --base: #aab4c0; --budget: #9a6700; --over: #b3261e;
  --good: #1a7037; --kind-go: #b9def0; --kind-rust: #f3cfb6; --kind-python: #f4e3a6; --kind-npm: #f5c9d0;
  --kind-deb: #e5cbee; --kind-apk: #ccd2f5; --kind-program: #d3dae1; --kind-file: #c6e6c5; --kind-overhead: #e6e6e2;`;
const dark = `
  --page: #0e1217; --card: #161b22; --ink: #e7ebf0; --soft: #bcc5cf; --muted: #9ba7b4;
  --line: #29313a; --accent: #6cabf5; --base: #56626f; --budget: #e0b13c; --over: #ff8f82;
  --good: #62cf82; --kind-go: #1f4d62; --kind-rust: #65391d; --kind-python: #574a10; --kind-npm: #672937;
  --kind-deb: #513160; --kind-apk: #343c70; --kind-program: #3b4551; --kind-file: #28532b; --kind-overhead: #343a40;`;

export const style = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main, header { max-width: 80rem; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 2.5rem; }
h1, h2, h3 { line-height: 1.2; margin: 0; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: 1.9rem; letter-spacing: -0.02em; }
h2 { font-size: 1.35rem; letter-spacing: -0.01em; }
h3 { font-size: 1rem; color: var(--ink); }
p { margin: 0.35rem 0 0; max-width: 70ch; }
.about, figcaption, .kind, caption { color: var(--muted); font-size: 0.875rem; overflow-wrap: anywhere; }
a { color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 0.2em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: 0.75rem; margin: 1.5rem 0 0; }
.facts div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 0.75rem 1rem; }
.facts dt { color: var(--muted); font-size: 0.8125rem; }
.facts dd { margin: 0; font-size: 1.5rem; font-weight: 650; letter-spacing: -0.02em; font-variant-numeric: tabular-nums; }
.facts dd small { display: block; font-size: 0.8125rem; font-weight: 400; letter-spacing: 0; color: var(--muted); overflow-wrap: anywhere; }
section { margin-top: 2.5rem; scroll-margin-top: 1rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1rem; margin-top: 1rem; }
figure, .card { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1rem; min-width: 0; }
figure svg { display: block; width: 100%; max-width: 30rem; height: auto; margin-top: 0.75rem; font: 11px system-ui, sans-serif; fill: var(--ink); color: var(--muted); overflow: visible; }
svg text { white-space: pre; font-variant-numeric: tabular-nums; }
.kinds { display: flex; flex-wrap: wrap; gap: 0.25rem 0.9rem; list-style: none; margin: 0.75rem 0 0; padding: 0; font-size: 0.8125rem; color: var(--soft); }
.kinds svg { display: inline-block; width: 0.7rem; height: 0.7rem; margin: 0 0.35rem 0 0; }
.scroll { overflow-x: auto; margin-top: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.scroll + .scroll { margin-top: 0.75rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 0.75rem 1rem 0.25rem; }
th, td { padding: 0.45rem 1rem; text-align: left; vertical-align: baseline; border-top: 1px solid var(--line); white-space: nowrap; }
tr:first-child > th[scope=col] { border-top: 0; }
thead th { color: var(--muted); font-weight: 500; font-size: 0.8125rem; }
tbody th { font-weight: 550; white-space: normal; overflow-wrap: anywhere; min-width: 8rem; }
.number { text-align: right; }
.bar { width: 30%; min-width: 7rem; }
.bar svg { display: block; width: 100%; height: 0.6rem; }
.verdict { font-weight: 550; }
.over { color: var(--over); }
.within { color: var(--good); }
.unclear { color: var(--budget); }
.unmeasured { color: var(--muted); font-weight: 400; }
.note { border-left: 3px solid var(--budget); padding-left: 0.75rem; color: var(--soft); }
details { margin-top: 1rem; }
details > * + * { margin-top: 0.75rem; }
.cards + .scroll { margin-top: 1rem; }
summary { cursor: pointer; color: var(--accent); font-size: 0.9375rem; width: fit-content; }
footer { max-width: 80rem; margin: 3rem auto 2rem; padding: 0 1rem; color: var(--muted); font-size: 0.8125rem; }
@media (max-width: 40rem) { .bar { display: none; } tbody th { min-width: 7rem; max-width: 40vw; } header { padding-top: 1.5rem; } h1 { font-size: 1.5rem; } th, td { padding: 0.45rem 0.75rem; } figure { padding: 0.875rem; } }
@media print { body { background: none; } figure, section { break-inside: avoid; } }
`.replaceAll(/\n\s*/g, '\n');

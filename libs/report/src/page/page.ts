import { createHash } from 'node:crypto';
import type { BenchReport } from '@prism-build/measure';
import { groupComponents } from '../components';
import { formatBytes } from '../format';
import type { Figures } from '../history';
import { html, Markup } from '../markup';
import { keyFigures, overview } from './overview';
import { section } from './section';
import { style } from './style';

/** What the page is made of. */
interface PageContent {
  /** Name of the workspace. */
  readonly workspace: string;
  readonly reports: readonly BenchReport[];
  readonly history: readonly Figures[];
}

/** One page of HTML for all reports. It needs nothing else: no script, no font, no file, and its policy allows none. */
export function renderPage({ workspace, reports, history }: PageContent): string {
  const components = groupComponents(reports);
  const sectionOf = (at: number) => `project-${at}`;
  const title = `${workspace}: size, start and memory of its images`;
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const sections = components.map((component, at) => section(sectionOf(at), component, history));
  return html`${new Markup('<!doctype html>\n')}<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><title>${title}</title><style>${new Markup(style)}</style></head>
<body><header><h1>${title}</h1>${about(reports)}${keyFigures(components)}</header>
<main><section aria-labelledby="images"><h2 id="images">Images</h2>${overview(components, sectionOf)}</section>
${sections}</main>
<footer>Sizes are in powers of ten. Times are medians; the floor is a program that does nothing, started in the same way. Memory is PSS. Lines in ochre are budgets.</footer></body></html>
`.text;
}

/** Where the figures come from: several lines if reports differ. */
function about(reports: readonly BenchReport[]): Markup[] {
  const commits = new Set(reports.map(({ commit }) => commit?.slice(0, 12) ?? 'a changed work tree'));
  const hosts = reports.flatMap(({ start }) =>
    start
      ? [
          `${start.host.cpu}, ${start.host.cores} cores, ${formatBytes(start.host.memory)}, ${start.host.system}`,
        ]
      : [],
  );
  const days = reports.flatMap(({ start }) => (start ? [start.measuredAt.slice(0, 10)] : [])).sort();
  const period = days[0] === days.at(-1) ? days[0] : `${days[0]} to ${days.at(-1)}`;
  const lines = [
    `From ${[...commits].slice(0, 3).join(', ')}${commits.size > 3 ? ' and others' : ''}`,
    ...[...new Set(hosts)].map((host) => `Times measured ${period} on ${host}`),
  ];
  return lines.map((line) => html`<p class="about">${line}</p>`);
}

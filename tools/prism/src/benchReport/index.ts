import { basename, join } from 'node:path';
import type { Tree } from '@nx/devkit';
import { all, failed, measureFailure, ok, type Result } from '@prism-build/errors';
import { type BenchReport, parseBenchReport } from '@prism-build/measure';
import { encodeHistory, type Figures, parseHistory, record, renderPage } from '@prism-build/report';
import { readTextIfThere, run } from '@prism-build/shell';
import glob from 'fast-glob';
import { finish, say } from '../nx/finish';
import { parseOptions } from '../nx/parseOptions';
import { benchReportOptions } from './options';

/**
 * The `bench-report` generator: `nx g prism:bench-report [--record]`. Draws all report.json below dist/bench as one page of HTML.
 * Reads files that Nx does not track, so it uses the disk and not the tree, except for writing: `--dry-run` writes nothing.
 */
export async function benchReport(tree: Tree, value: unknown): Promise<void> {
  const {
    output,
    history: place,
    record: wanted,
  } = finish(parseOptions(benchReportOptions, value, 'prism:bench-report'));
  const reports = finish(readReports(tree.root));
  const known = finish(parseHistory(readTextIfThere(join(tree.root, place)) ?? '', place));
  const history = wanted ? finish(await recordAll(tree.root, known, reports)) : known;
  const page = renderPage({ workspace: nameOf(tree), reports, history });
  tree.write(output, page);
  if (wanted) tree.write(place, encodeHistory(history));
  const over = reports.filter(({ budgets }) => budgets.some(({ verdict }) => verdict === 'over'));
  const left = reports.filter(({ commit }) => commit === undefined).map(({ image }) => image);
  say([
    `${output}: ${reports.length} images, ${over.length} over budget, ${Math.ceil(Buffer.byteLength(page) / 1000)} kB`,
    ...(wanted && left.length > 0
      ? [`not recorded, because the work tree was changed when they were measured: ${left.join(', ')}`]
      : []),
  ]);
}

function readReports(root: string): Result<BenchReport[]> {
  const files = glob.sync('dist/bench/**/report.json', { cwd: root }).sort();
  if (files.length === 0)
    return failed(measureFailure('BENCH_REPORT_MISSING', { what: 'dist/bench has no report.json' }));
  const reports = all(files.map((file) => parseBenchReport(readTextIfThere(join(root, file)) ?? '', file)));
  return reports.ok ? ok(reports.value.sort((a, b) => (a.image < b.image ? -1 : 1))) : reports;
}

async function recordAll(
  root: string,
  known: readonly Figures[],
  reports: readonly BenchReport[],
): Promise<Result<readonly Figures[]>> {
  const commits = [...new Set(reports.flatMap(({ commit }) => commit ?? []))];
  const times = new Map<string, string>();
  for (const commit of commits) {
    const argv = ['git', '-C', root, 'show', '--no-patch', '--format=%cI', commit] as const;
    const shown = await run({ argv, timeout: 60_000 });
    if (!shown.ok) return shown;
    times.set(commit, shown.value.stdout.trim());
  }
  return ok(
    reports.reduce((history, report) => record(history, report, times.get(report.commit ?? '') ?? ''), known),
  );
}

/** The name in the workspace's package.json, else that of its directory. */
function nameOf(tree: Tree): string {
  const { name } = JSON.parse(tree.read('package.json', 'utf-8') ?? '{}') as { name?: unknown };
  return typeof name === 'string' && name !== '' ? name : basename(tree.root);
}

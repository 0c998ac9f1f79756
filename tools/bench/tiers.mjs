import { goSettings, searchPath } from '../setup/runners.mjs';
import { align, measure, median } from './lib/measure.mjs';
import { environment, run, time } from './lib/process.mjs';
import { cache, repository } from './lib/workspace.mjs';

const sdk = 'libs/plugin-sdk';
const plugins = ['memstore', 'sqlite', 'nats', 'redis', 'postgres', 'kafka'].map((name) => `plugins/${name}`);

/** Each row: what runs, its directories, arguments, variables, and the claim of ADR-049 in milliseconds. */
const rows = [
  { name: 'memstore, in process', directories: [plugins[0]], flags: ['-count=1', '-short'] },
  { name: 'SQLite in memory', directories: [plugins[1]], flags: ['-count=1', '-short'], claim: 52 },
  { name: 'SQLite files', directories: [plugins[1]], flags: ['-count=1'], env: { USE_SQLITE: 'true' } },
  { name: 'embedded NATS', directories: [plugins[2]], flags: ['-count=1'], env: { USE_SQLITE: 'true' } },
  { name: 'a real Redis', directories: [plugins[3]], flags: ['-count=1'] },
  { name: 'a real PostgreSQL', directories: [plugins[4]], flags: ['-count=1'], claim: 4500 },
  { name: 'embedded Kafka', directories: [plugins[5]], flags: ['-count=1'], env: { USE_SQLITE: 'true' } },
  { name: 'a real Kafka', directories: [plugins[5]], flags: ['-count=1'], claim: 23_000 },
  {
    name: 'all plugins and the SDK, -short, unchanged',
    directories: [sdk, ...plugins],
    flags: ['-short'],
    claim: 1000,
  },
];

/** The tiers of the plugins' tests, with compiled packages, beside the times of ADR-049. */
export async function tiers({ rounds = 3 }) {
  // Each command also links the tests. What `go test` itself reports is the tests alone.
  const tests = Object.fromEntries(rows.map(({ name }) => [name, []]));
  const sides = Object.fromEntries(
    rows.map(({ name, directories, flags, env }) => [
      name,
      () =>
        time(async () => {
          const argv = ['go', 'test', '-vet=off', ...flags, ...directories.map((one) => `./${one}/...`)];
          // Go and compiled packages as the tests have them.
          const settings = environment({ ...goSettings, PATH: searchPath(), PRISM_CACHE_DIR: cache, ...env });
          tests[name].push(longest(await run(argv, { cwd: repository, env: settings })));
        }),
    ]),
  );
  const times = await measure(sides, rounds);
  const head = ['', 'median', 'of it tests', 'ADR-049', ''];
  return `tests of the plugins by tier\n${align([head, ...rows.map(toCells)])}`;

  function toCells({ name, claim }) {
    const taken = median(times[name]);
    const verdict = taken <= claim ? 'met' : 'MISSED';
    const alone = median(tests[name].slice(-rounds));
    return [
      name,
      ...[taken, alone].map((one) => `${one.toFixed(0)} ms`),
      ...(claim ? [`${claim} ms`, verdict] : ['', '']),
    ];
  }
}

/** Milliseconds of the package that took longest: packages run at the same time. Cached ones took none. */
function longest(output) {
  const seconds = [...output.matchAll(/^ok\s+\S+\s+([\d.]+)s/gm)].map(([, text]) => Number(text));
  return Math.max(0, ...seconds) * 1000;
}

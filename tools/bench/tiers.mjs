import { align, measure, median } from './lib/measure.mjs';
import { environment, run, time } from './lib/process.mjs';
import { repository } from './lib/workspace.mjs';

const sdk = 'libs/plugin-sdk';
const plugins = ['memstore', 'sqlite', 'nats', 'redis', 'postgres'].map((name) => `plugins/${name}`);

/** Each row: what runs, its directories, arguments, variables, and the claim of ADR-049 in milliseconds. */
const rows = [
  { name: 'memstore, in process', directories: [plugins[0]], flags: ['-count=1', '-short'] },
  { name: 'SQLite in memory', directories: [plugins[1]], flags: ['-count=1', '-short'], claim: 52 },
  { name: 'SQLite files', directories: [plugins[1]], flags: ['-count=1'], env: { USE_SQLITE: 'true' } },
  { name: 'embedded NATS', directories: [plugins[2]], flags: ['-count=1'], env: { USE_SQLITE: 'true' } },
  { name: 'a real Redis', directories: [plugins[3]], flags: ['-count=1'] },
  { name: 'a real PostgreSQL', directories: [plugins[4]], flags: ['-count=1'], claim: 4500 },
  {
    name: 'all plugins and the SDK, -short, unchanged',
    directories: [sdk, ...plugins],
    flags: ['-short'],
    claim: 1000,
  },
];

/** The tiers of the plugins' tests, with compiled packages, beside the times of ADR-049. */
export async function tiers({ rounds = 3 }) {
  const sides = Object.fromEntries(
    rows.map(({ name, directories, flags, env }) => [
      name,
      () =>
        time(() =>
          run(['go', 'test', '-vet=off', ...flags, ...directories.map((one) => `./${one}/...`)], {
            cwd: repository,
            env: environment(env),
          }),
        ),
    ]),
  );
  const times = await measure(sides, rounds);
  return `tests of the plugins by tier\n${align([['', 'median', 'ADR-049', ''], ...rows.map(toCells)])}`;

  function toCells({ name, claim }) {
    const taken = median(times[name]);
    const verdict = taken <= claim ? 'met' : 'MISSED';
    return [name, `${taken.toFixed(0)} ms`, ...(claim ? [`${claim} ms`, verdict] : ['', ''])];
  }
}

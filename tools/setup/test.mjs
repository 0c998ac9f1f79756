// Runs every check and every test suite, and counts. Arguments pick suites by name: `npm test -- unit go`. A suite that
// fails does not stop the others.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
process.chdir(root);
const reports = join(root, '.prism', 'test');
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const bin = (name) => join(root, 'node_modules', '.bin', name);
const jest = (name, ...args) => ({
  argv: [bin('jest'), '--ci', '--json', `--outputFile=${join(reports, `${name}.json`)}`, ...args],
  count: () => countJest(join(reports, `${name}.json`)),
});
const bothCores = ['--maxWorkers=2'];
const e2e = (name, ...args) => jest(name, '--config', 'test/e2e/jest.config.cjs', '--runInBand', ...args);
const check = (...argv) => ({
  argv,
  count: (_output, status) => ({ passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: 0 }),
});
const go = (directory) => ({
  argv: ['go', 'test', '-json', './...'],
  cwd: directory,
  count: countGo,
  quiet: true,
});
const goDirectory = () => {
  const { version } = JSON.parse(readFileSync('containerfiles/go-builder/pin.json', 'utf8'));
  const cache = process.env.PRISM_CACHE_DIR ?? join(root, '.prism', 'cache');
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  return join(
    cache,
    'gomod/golang.org',
    `toolchain@v0.0.1-go${version}.${process.platform}-${architecture}`,
    'bin',
  );
};
const rust = {
  RUSTC: '/usr/bin/rustc',
  PATH: `/usr/bin:${process.env.PATH}`,
  CARGO_TARGET_DIR: join(root, '.prism/cache/cargo-test'),
};
const cargo = (...args) => ({ argv: ['/usr/bin/cargo', ...args], env: rust });

/** Those that `nx g prism:plugin` makes count from their first minute. */
const pluginsWith = (file) =>
  readdirSync('plugins').filter((name) => existsSync(join('plugins', name, file)));
const plugins = pluginsWith('go.mod');
const python = (command) => ({ argv: [command], count: countPython });

const suites = {
  format: check(bin('biome'), 'ci', '--colors=off', '--max-diagnostics=10', '.'),
  types: check(bin('tsc'), '--noEmit', '-p', '.'),
  imports: check(bin('depcruise'), 'libs', 'tools/prism/src', '--config', '.dependency-cruiser.cjs'),
  schemas: check(process.execPath, 'tools/prism/generate-schemas', '--check'),
  protocol: check('libs/proto/generate', '--check'),
  gofmt: {
    argv: ['gofmt', '-l', 'libs', 'plugins', 'test'],
    count: (output) => ({ passed: output === '' ? 1 : 0, failed: output === '' ? 0 : 1, skipped: 0 }),
  },
  vet: check(
    'go',
    'vet',
    './libs/proto/gen/go/...',
    './libs/plugin-sdk/...',
    ...plugins.map((name) => `./plugins/${name}/...`),
  ),
  rustfmt: { ...cargo('fmt', '--check'), count: check().count },
  clippy: {
    ...cargo('clippy', '--locked', '--workspace', '--all-targets', '--', '-D', 'warnings'),
    count: check().count,
  },
  unit: jest('unit', ...bothCores, '--testPathIgnorePatterns', '\\.tools\\.spec\\.ts$', '/test/component/'),
  // Each file has a workspace of its own.
  tools: jest('tools', ...bothCores, '--testPathPatterns', '\\.tools\\.spec\\.ts$', '/test/component/'),
  'go-sdk': go('libs/plugin-sdk'),
  ...Object.fromEntries(plugins.map((name) => [`go-${name}`, go(join('plugins', name))])),
  python: python('admin/run-tests'),
  'python-sdk': python('libs/plugin-sdk-python/run-tests'),
  ...Object.fromEntries(
    pluginsWith('requirements.lock').map((name) => [`python-${name}`, python(join('plugins', name, 'test'))]),
  ),
  cargo: { ...cargo('test', '--locked', '--workspace'), count: countCargo },
  e2e: e2e('e2e', '--testPathIgnorePatterns', 'clones\\.spec'),
  clones: e2e('clones', '--testPathPatterns', 'clones\\.spec'),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in suites));
if (unknown.length > 0) {
  console.error(`there is no suite ${unknown.join(', ')}; there are ${Object.keys(suites).join(', ')}`);
  process.exit(2);
}
const total = { passed: 0, failed: 0, skipped: 0 };
const rows = [];
const chosen = asked.length > 0 ? asked : Object.keys(suites);
// `clones` compiles on one core for minutes, away from the workspace in which `e2e` runs: they share the machine.
const beside = chosen.includes('e2e') ? chosen.filter((name) => name === 'clones') : [];
for (const name of chosen.filter((one) => !beside.includes(one))) {
  const others = name === 'e2e' ? beside : [];
  await Promise.all([countSuite(name), ...others.map((other) => countSuite(other, true))]);
}
console.log('\nsuite             passed  failed  skipped  seconds');
for (const [name, { passed, failed, skipped }, seconds] of rows) {
  const cells = [
    String(passed).padStart(6),
    String(failed).padStart(6),
    String(skipped).padStart(7),
    seconds.toFixed(1).padStart(7),
  ];
  console.log(`${name.padEnd(16)}  ${cells.join('  ')}`);
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

/** @param later print the output at the end, so that it does not mix with that of another suite */
async function countSuite(name, later = false) {
  const started = Date.now();
  const counts = await runSuite(name, suites[name], later);
  for (const key of Object.keys(total)) total[key] += counts[key];
  rows.push([name, counts, (Date.now() - started) / 1000]);
}

async function runSuite(name, { argv, cwd = root, env = {}, count, quiet }, later) {
  console.log(`\n== ${name}${later ? ', beside the next' : ''}`);
  const path = `${process.env.PATH}:${goDirectory()}`;
  const { status, output } = await run(
    argv,
    cwd,
    { ...process.env, PATH: path, NX_DAEMON: 'false', NX_TUI: 'false', ...env },
    quiet || later,
  );
  if (later && !quiet) console.log(`\n== ${name}\n${output}`);
  const counts = count(output, status);
  // A suite that failed without a failed test, or ran none, has failed all the same.
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  if (status === 0 && counts.passed + counts.failed + counts.skipped === 0) counts.failed = 1;
  if (quiet && status !== 0) console.log(failedLines(output));
  return counts;
}

function run([command, ...args], cwd, env, quiet) {
  return new Promise((resolve) => {
    const chunks = [];
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        chunks.push(chunk);
        if (!quiet) process.stdout.write(chunk);
      });
    }
    const end = (status) => resolve({ status, output: Buffer.concat(chunks).toString('utf8') });
    child.on('error', (error) => {
      console.error(String(error));
      end(127);
    });
    child.on('close', (status) => end(status ?? 1));
  });
}

function countJest(file) {
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests };
}

function countGo(output) {
  const events = output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line)] : []));
  const tests = events.filter(({ Test }) => Test);
  const number = (action) => tests.filter(({ Action }) => Action === action).length;
  const broken = events.filter(({ Action, Test }) => Action === 'fail' && !Test).length;
  return { passed: number('pass'), failed: number('fail') || broken, skipped: number('skip') };
}

function countPython(output) {
  const all = Number(/^Ran (\d+) tests? in /m.exec(output)?.[1] ?? 0);
  const number = (what) => Number(new RegExp(`\\b${what}=(\\d+)`).exec(output)?.[1] ?? 0);
  const failed = number('failures') + number('errors');
  return { passed: all - failed - number('skipped'), failed, skipped: number('skipped') };
}

function countCargo(output) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [, passed, failed, ignored] of output.matchAll(
    /^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored/gm,
  )) {
    counts.passed += Number(passed);
    counts.failed += Number(failed);
    counts.skipped += Number(ignored);
  }
  return counts;
}

function failedLines(output) {
  const lines = output
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? (JSON.parse(line).Output ?? '') : `${line}\n`));
  return lines.join('').slice(-8000);
}

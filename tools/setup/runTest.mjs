// The command of the test targets: `runTest.mjs <kind> <arguments>` runs one kind of test (runners.mjs), and writes its
// counts where `npm test` reads them: `.prism/test/<project>.<target>.json`.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { failedLines } from './counts.mjs';
import { reportOf, root, runners, searchPath } from './runners.mjs';

const [kind, ...args] = process.argv.slice(2);
if (!(kind in runners)) {
  console.error(`there is no kind ${kind}; there are ${Object.keys(runners).join(', ')}`);
  process.exit(2);
}
process.chdir(root);
const { NX_TASK_TARGET_PROJECT: project = 'none', NX_TASK_TARGET_TARGET: target = kind } = process.env;
const report = reportOf(project, target);
mkdirSync(dirname(report), { recursive: true });
for (const file of [report, `${report}.jest.cpu`]) rmSync(file, { force: true });

const { argv, cwd = root, env = {}, count, quiet = false } = runners[kind](args, `${report}.jest`);
// Tests start commands of nx of their own, which must not take themselves for a part of this one.
const own = Object.entries(process.env).filter(([name]) => !/^NX_/.test(name));
const environment = {
  ...Object.fromEntries(own),
  PATH: searchPath(),
  NX_DAEMON: 'false',
  NX_TUI: 'false',
  ...env,
};
const started = Date.now();
const { status, output } = await run(argv, cwd, environment);

const seconds = (Date.now() - started) / 1000;
const counts = { passed: 0, failed: 0, skipped: 0, ...count(output, status), seconds };
for (const file of [`${report}.jest`, `${report}.jest.cpu`]) rmSync(file, { force: true });
// A command that ends with an error without a failed test, or that ran no test, counts as failed.
if (status !== 0 && counts.failed === 0) counts.failed = 1;
if (status === 0 && counts.passed + counts.failed + counts.skipped === 0) counts.failed = 1;
if (quiet && counts.failed > 0) console.log(failedLines(output));
writeFileSync(report, JSON.stringify(counts));
process.exitCode = counts.failed > 0 ? 1 : 0;

function run([command, ...rest], cwd, env) {
  return new Promise((resolve) => {
    const chunks = [];
    const child = spawn(command, rest, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
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

// Runs every check and test suite, and counts. Arguments select suites by name: `npm test -- unit go-sdk`; `quick`
// selects those that take a minute or two. If a suite fails, the others still run.
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { failedLines } from './counts.mjs';
import { formatTable } from './formatTable.mjs';
import { goDirectory, quick, reports, root, suites } from './suites.mjs';

process.chdir(root);
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });

const asked = process.argv.slice(2).flatMap((name) => (name === 'quick' ? quick : [name]));
const unknown = asked.filter((name) => !(name in suites));
if (unknown.length > 0) {
  console.error(
    `there is no suite ${unknown.join(', ')}; there are quick, ${Object.keys(suites).join(', ')}`,
  );
  process.exit(2);
}
const chosen = asked.length > 0 ? asked : Object.keys(suites);
const rows = [];
const runsBeside = (name) => chosen.includes(suites[name].beside);
for (const name of chosen.filter((one) => !runsBeside(one))) {
  const others = chosen.filter((one) => runsBeside(one) && suites[one].beside === name);
  await Promise.all([countSuite(name), inTurn(others)]);
}
printTable();
printSlowest();
const total = rows.reduce(addCounts, { passed: 0, failed: 0, skipped: 0 });
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;

async function inTurn(names) {
  for (const name of names) await countSuite(name, true);
}

/** @param later print the output at the end, so that it does not mix with that of another suite */
async function countSuite(name, later = false) {
  const started = Date.now();
  const counts = await runSuite(name, suites[name], later);
  rows.push({ name, ...counts, seconds: (Date.now() - started) / 1000 });
}

async function runSuite(name, { argv, cwd = root, env = {}, count, quiet }, later) {
  console.log(`\n== ${name}${later ? ', beside' : ''}`);
  const path = `${process.env.PATH}:${goDirectory()}`;
  const environment = { ...process.env, PATH: path, NX_DAEMON: 'false', NX_TUI: 'false', ...env };
  const { status, output } = await run(argv, cwd, environment, quiet || later);
  const counts = { ...count(output, status) };
  // A suite that exits with an error without a failed test, or that ran no test, counts as failed.
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  if (status === 0 && counts.passed + counts.failed + counts.skipped === 0) counts.failed = 1;
  if (later && !quiet) console.log(`\n== ${name}\n${output}`);
  if (quiet && status !== 0) console.log(`\n== ${name}\n${failedLines(output)}`);
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

function addCounts(sum, { passed, failed, skipped }) {
  return { passed: sum.passed + passed, failed: sum.failed + failed, skipped: sum.skipped + skipped };
}

function printTable() {
  const counted = rows.map(({ name, passed, failed, skipped, seconds }) => [
    name,
    ...[passed, failed, skipped].map(String),
    seconds.toFixed(1),
  ]);
  const head = ['suite', 'passed', 'failed', 'skipped', 'seconds'];
  console.log(`\n${formatTable([head, ...counted], [1, 2, 3, 4])}`);
}

function printSlowest() {
  const tests = rows.flatMap(({ tests = [] }) => tests).sort((a, b) => b.seconds - a.seconds);
  if (tests.length === 0) return;
  const slowest = tests.slice(0, 10).map(({ name, seconds }) => [seconds.toFixed(1), name.slice(0, 90)]);
  console.log(formatTable([['seconds', 'slowest'], ...slowest], [0]));
}

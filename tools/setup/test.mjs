// `npm test`: runs the targets that check and test, by Nx, and adds up their counts. Arguments select targets by name, and
// options are passed to Nx: `npm test -- component --skip-nx-cache`. `quick` selects what takes a minute or two. If one
// target fails, the others still run.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { formatTable } from './formatTable.mjs';
import { reportOf, reports, root } from './runners.mjs';
import { chooseStages, targetNames, toArguments } from './stages.mjs';

const words = process.argv.slice(2);
const options = words.filter((word) => word.startsWith('-'));
const names = words.filter((word) => !word.startsWith('-'));
const unknown = names.filter((name) => name !== 'quick' && !targetNames.includes(name));
if (unknown.length > 0) {
  console.error(`there is no target ${unknown.join(', ')}; there are quick, ${targetNames.join(', ')}`);
  process.exit(2);
}

process.chdir(root);
const none = { passed: 0, failed: 0, skipped: 0, seconds: 0, files: [] };
rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
const rows = [];
const running = new Set();
for (const lanes of chooseStages(names)) await Promise.all(lanes.map(runLane));
printTable();
printCostly();
const sum = (what) => rows.reduce((all, row) => all + row[what], 0);
const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(sum);
console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

async function runLane(commands) {
  for (const command of commands) {
    if (command.program) await install(command);
    else await runCommand([...toArguments(command), ...options]);
  }
}

/** Without what it installs, nothing else can run; it has printed what is missing. */
async function install({ program, args }) {
  const { status } = await start(program, args, 'show');
  if (status === 0) return;
  for (const child of running) child.kill();
  process.exit(1);
}

async function runCommand(args) {
  const planned = await nx([...args, '--graph=stdout'], 'collect');
  const { status } = planned.status === 0 ? await nx(args, 'show') : planned;
  const tasks = planned.status === 0 ? Object.values(JSON.parse(planned.output).tasks.tasks) : [];
  const own = tasks.map(({ target }) => readReport(target, status));
  // Nx itself failed, or a target that writes no report did.
  if (status !== 0 && own.every((row) => row.failed === 0))
    own.push({ ...none, name: `nx ${args.join(' ')}`, failed: 1 });
  rows.push(...own);
}

/** Those of one task; of a task with an own command, its end is one test. */
function readReport({ project, target }, status) {
  const name = `${project}:${target}`;
  const file = reportOf(project, target);
  if (existsSync(file)) return { ...none, ...JSON.parse(readFileSync(file, 'utf8')), name };
  return { ...none, name, ...(status === 0 ? { passed: 1 } : { failed: 1 }) };
}

function nx(args, output) {
  return start('node_modules/.bin/nx', args, output);
}

function start(program, args, output) {
  return new Promise((resolve) => {
    const chunks = [];
    const env = { ...process.env, NX_DAEMON: 'false', NX_TUI: 'false' };
    const stdio = ['ignore', output === 'collect' ? 'pipe' : 'inherit', 'inherit'];
    const child = spawn(program, args, { env, stdio });
    running.add(child);
    child.stdout?.on('data', (chunk) => chunks.push(chunk));
    child.on('close', (status) => {
      running.delete(child);
      resolve({ status: status ?? 1, output: Buffer.concat(chunks).toString('utf8') });
    });
  });
}

function printTable() {
  const counted = rows.map(({ name, passed, failed, skipped, seconds }) => [
    name,
    ...[passed, failed, skipped].map(String),
    seconds.toFixed(1),
  ]);
  const head = ['target', 'passed', 'failed', 'skipped', 'seconds'];
  console.log(`\n${formatTable([head, ...counted], [1, 2, 3, 4])}`);
}

/** Where the time of two cores goes: a file that waits for others takes long, and costs little. */
function printCostly() {
  const files = rows.flatMap((row) => row.files).sort((a, b) => b.cpu - a.cpu);
  if (files.length === 0) return;
  const costly = files.slice(0, 15).map(({ name, cpu }) => [cpu.toFixed(1), name]);
  console.log(formatTable([['CPU s', 'test file'], ...costly], [0]));
}

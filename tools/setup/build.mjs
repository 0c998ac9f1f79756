// Builds the stack's images with Nx and prints a table. Arguments go to Nx: `npm run build -- -p base-debug`,
// `npm run build -- -t build-image build-image-debug`.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '..', '..');
process.chdir(root);
const nx = (...args) =>
  spawnSync(process.execPath, [require.resolve('nx/bin/nx'), ...args], { stdio: 'inherit' });
const wishes = process.argv.slice(2);
// Bases are built only if an image needs them; all of them are a gigabyte of packages.
const chosen = wishes.some((wish) => /^(-p|--projects?|--exclude)\b/.test(wish))
  ? []
  : ['--exclude=base-*,example-*'];
// Variants are built on request: their bases are bigger than the whole stack.
const targets = wishes.some((wish) => /^(-t|--targets?)\b/.test(wish)) ? [] : ['-t', 'build-image'];
const built = nx('run-many', ...targets, '--output-style=stream', ...chosen, ...wishes);
const { cacheDir } = require('nx/src/utils/cache-directory');
const { summarize } = require('../prism/load.cjs');

// A cache hit runs no code of ours, so restored outputs are verified here, and rebuilt if they are altered.
let summary = await summarize(root, join(cacheDir, 'run.json'));
if (summary.altered.length > 0) {
  const images = summary.altered.map(({ image }) => image).join(', ');
  process.stderr.write(`altered: ${images}; building again\n`);
  for (const { task } of summary.altered) nx('run', task);
  summary = await summarize(root, join(cacheDir, 'run.json'));
}
process.stdout.write(`\n${summary.table}`);
for (const line of summary.violations) process.stderr.write(`${line}\n`);
process.exitCode = built.status || (summary.violations.length > 0 ? 1 : 0);

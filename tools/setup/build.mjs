// Builds the stack's images with Nx and ends with a table. Arguments go to Nx: `npm run build -- -p base-debug`.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '..', '..');
process.chdir(root);
const nx = (...args) =>
  spawnSync(process.execPath, [require.resolve('nx/bin/nx'), ...args], { stdio: 'inherit' });
const wishes = process.argv.slice(2);
// Bases are built where an image needs them; all of them are a gigabyte of packages.
const chosen = wishes.some((wish) => /^(-p|--projects?|--exclude)\b/.test(wish))
  ? []
  : ['--exclude=base-*,example-*'];
// The variants of all images too; one that only a project.json declares is built by its own target.
const { plugins = [] } = JSON.parse(readFileSync('nx.json', 'utf8'));
const variants = plugins.find(({ plugin }) => plugin === 'prism')?.options?.variants ?? ['debug', 'regular'];
const targets = ['build-image', ...variants.map((name) => `build-image-${name}`)];
const built = nx('run-many', '-t', ...targets, '--output-style=stream', ...chosen, ...wishes);
const { cacheDir } = require('nx/src/utils/cache-directory');
const { summarize } = require('../prism/load.cjs');

// A cache hit runs no code of ours, so what it restored is verified here, and built again where it is altered.
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

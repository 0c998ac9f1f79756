// The demos of MEMO-007, through the targets that everyone uses. Each prints what the memo claims beside what it found here.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { formatTable } from './formatTable.mjs';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '..', '..');
process.chdir(root);
const settings = join(root, '.prism', 'containers.conf');
const env = {
  ...process.env,
  ...(existsSync(settings) ? { CONTAINERS_CONF: process.env.CONTAINERS_CONF ?? settings } : {}),
};
const demos = { size, startup, stack };
const project = 'plugin-memstore';
const host = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;

const [name, ...rest] = process.argv.slice(2);
if (!Object.hasOwn(demos, name ?? '') || (rest.length > 0 && name !== 'startup')) {
  process.stderr.write('usage: npm run demo -- size | startup [options of bench] | stack\n');
  process.exit(2);
}
demos[name](...rest);

/** Whether it succeeded; its output says why not. */
function nx(...args) {
  const argv = [require.resolve('nx/bin/nx'), ...args];
  const { status } = spawnSync(process.execPath, argv, { stdio: 'inherit', env });
  if (status !== 0) process.exitCode = 1;
  return status === 0;
}

function size() {
  if (!nx('run-many', '-t', 'build-image,build-image-regular', '-p', project)) return;
  const read = (variant) => {
    const path = join('dist', 'images', project, variant, 'digest.json');
    const { platforms } = JSON.parse(readFileSync(path, 'utf8'));
    return platforms.find(({ platform }) => `${platform.os}/${platform.architecture}` === host).totals
      .uncompressedSize;
  };
  const [regular, scratch] = [read('regular'), read('')];
  const smaller = (100 * (1 - scratch / regular)).toFixed(1);
  print([
    ['regular (Debian)', megabytes(regular), '127 MB'],
    ['scratch', megabytes(scratch), '6 MB'],
    ['smaller by', `${smaller} %`, '95.3 %'],
  ]);
}

/** `bench` starts each image many times, and takes the start of an empty program as the floor of the engine. */
function startup(...options) {
  if (!nx('run-many', '-t', 'bench,bench-regular', '-p', project, ...options)) return;
  const rows = [
    ['regular (Debian)', 'regular', '150 ms'],
    ['scratch', '', '10 ms'],
  ].map(([label, variant, memo]) => {
    const { start } = JSON.parse(
      readFileSync(join('dist', 'bench', project, variant, 'report.json'), 'utf8'),
    );
    const median = (where) => {
      const side = start.sides.find((one) => one.where === where);
      return side ? `${side.ready.median.toFixed(1)} ms` : '–';
    };
    return [label, median('container'), median('bare'), memo];
  });
  print(rows, ['ready in Podman', 'without an engine']);
}

/** The pod is removed in any case. */
function stack() {
  if (!makeSecret()) return;
  const shown = nx('up', 'prism-stack') && nx('logs', 'prism-stack', '--tail=10');
  if (!nx('down', 'prism-stack') || !shown) return;
  process.stdout.write(
    '\nMEMO-007 waits 5 s and asks two addresses; up waits until every probe has answered.\n',
  );
}

/** The password of the database, made once and never shown. */
function makeSecret() {
  if (spawnSync('podman', ['secret', 'inspect', 'prism-stack'], { env }).status === 0) return true;
  const password = Buffer.from(randomBytes(16).toString('hex')).toString('base64');
  // Podman reads a real pipe only, and Node gives a socket.
  const made = spawnSync('sh', ['-c', 'printf %s "$SECRET" | podman secret create prism-stack -'], {
    env: { ...env, SECRET: JSON.stringify({ 'database-password': password }) },
    encoding: 'utf8',
  });
  if (made.status === 0) return true;
  process.stderr.write(made.stderr);
  process.exitCode = 1;
  return false;
}

function print(rows, here = ['here']) {
  process.stdout.write(`\n${formatTable([[project, ...here, 'MEMO-007'], ...rows], [1, 2, 3])}`);
}

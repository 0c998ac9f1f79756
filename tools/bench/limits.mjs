import * as fs from 'node:fs';
import { join } from 'node:path';
import { align, median } from './lib/measure.mjs';
import { run } from './lib/process.mjs';
import { commit, linkModules, packPlugin, startWorkspace, temporaryDirectory } from './lib/workspace.mjs';

const script = join(import.meta.dirname, 'lib', 'image.cjs');
/** The memory limit of a build, in bytes. */
const most = 300 * 1e6;

/**
 * The cost of size: an image of many files of 1 to 4 KB, and one of a single file of more than 2 GiB. Measures time
 * and memory of a first build, of a build with nothing changed, and of inference.
 */
export async function limits({ rounds = 3, size = '100000' }) {
  const root = join(temporaryDirectory(), 'workspace');
  startWorkspace(root, { plugins: ['prism'] });
  linkModules(root, await packPlugin(`${root}-packed`));
  makeMany(join(root, 'many'), Number(size));
  makeLarge(join(root, 'large'), 2400 * 2 ** 20);
  await commit(root);
  // Digests of files that changed a moment ago are not stored, so the next build would read them again.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const rows = [];
  for (const [project, what] of [
    ['many', `${size} files`],
    ['large', 'a file of 2.4 GiB'],
  ]) {
    const call = async (mode) =>
      JSON.parse(
        await run([process.execPath, script, root, project, `${project}/Containerfile`, mode], { cwd: root }),
      );
    const found = { infer: [], first: [], second: [] };
    for (let round = 0; round < rounds; round += 1) {
      fs.rmSync(join(root, '.prism'), { recursive: true, force: true });
      found.infer.push(await call('infer'));
      found.first.push(await call('build'));
      found.second.push(await call('build'));
      process.stderr.write(`${project} ${round + 1}/${rounds} `);
    }
    for (const [name, all] of Object.entries(found)) {
      const resident = Math.max(...all.map((one) => one.resident));
      const goal = `≤ ${most / 1e6} MB ${resident <= most ? 'met' : 'MISSED'}`;
      const time = median(all.map((one) => one.milliseconds));
      rows.push([
        `${what}: ${NAMES[name]}`,
        `${time.toFixed(0)} ms`,
        `${(resident / 1e6).toFixed(0)} MB`,
        goal,
      ]);
    }
  }
  process.stderr.write('\n');
  return `what size costs\n${align([['', 'median', 'most resident', 'goal'], ...rows])}`;
}

const NAMES = { infer: 'inference', first: 'the first build', second: 'nothing changed' };

function makeMany(directory, count) {
  for (let at = 0; at < count; at += 1) {
    const place = join(directory, 'data', String(at % 100), String(Math.floor(at / 100) % 10));
    if (at < 1000) fs.mkdirSync(place, { recursive: true });
    fs.writeFileSync(join(place, `file-${at}.txt`), `${at} `.repeat(200 + (at % 300)));
  }
  fs.writeFileSync(join(directory, 'Containerfile'), 'FROM scratch\nCOPY data /data/\n');
}

/** Not committed to git. */
function makeLarge(directory, bytes) {
  fs.mkdirSync(directory, { recursive: true });
  fs.writeFileSync(join(directory, 'model.bin'), '');
  fs.truncateSync(join(directory, 'model.bin'), bytes);
  fs.appendFileSync(join(directory, 'model.bin'), 'end');
  fs.writeFileSync(join(directory, '.gitignore'), 'model.bin\n');
  fs.writeFileSync(join(directory, 'Containerfile'), 'FROM scratch\nCOPY model.bin /m/\n');
}

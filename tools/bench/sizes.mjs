import * as fs from 'node:fs';
import { join } from 'node:path';
import { align } from './lib/measure.mjs';
import { nxOf, repository } from './lib/workspace.mjs';

const megabytes = (bytes) => (bytes / 1e6).toFixed(2);
const variants = ['debug', 'regular'];

/**
 * The size of every image by variant, from digest.json: uncompressed, compressed, and the part that is not from a
 * base. Builds missing images first, except builders. `project` selects some projects.
 */
export async function sizes({ project }) {
  const chosen = project ? ['-p', project] : ['--exclude=base-*-builder,example-*'];
  const targets = ['build-image', ...variants.map((name) => `build-image-${name}`)];
  await nxOf(repository, { daemon: false })('run-many', '-t', targets.join(), ...chosen);
  const wanted = (name) =>
    project ? project.split(',').includes(name) : !/^(base-.*-builder|example-.*)$/.test(name);
  const directory = join(repository, 'dist', 'images');
  const rows = fs
    .readdirSync(directory)
    .filter(wanted)
    .sort()
    .flatMap((name) => [undefined, ...variants].flatMap((variant) => describe(directory, name, variant)));
  const head = ['image', 'variant', 'platform', 'MB', 'MB compressed', 'MB of its own', 'layers'];
  return `uncompressed, 10⁶ bytes\n${align([head, ...rows])}`;
}

function describe(directory, name, variant) {
  const path = join(directory, name, variant ?? '', 'digest.json');
  if (!fs.existsSync(path)) return [];
  return JSON.parse(fs.readFileSync(path, 'utf8')).platforms.map(({ platform, totals, layers }) => {
    const own = layers.filter(({ origin }) => origin === 'own');
    const ownSize = own.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0);
    const numbers = [totals.uncompressedSize, totals.size, ownSize].map(megabytes);
    return [name, variant ?? '', platform.architecture, ...numbers, `${own.length} of ${layers.length}`];
  });
}

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineSettings } from '../../../test/support/engineSettings';
import { type Argv, type BuilderStore, podmanBuilder } from '../src/index';

// What the calls of `podman build` that one would write first get wrong, with a real Podman.
let directory: string;
let store: BuilderStore;

beforeAll(() => {
  directory = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'prism-builder-'));
  fs.mkdirSync(join(directory, 'context'));
  store = { root: join(directory, 'root'), runroot: 'run', driver: call(podmanBuilder.driver()) };
});
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }));

function call([command, ...args]: Argv): string {
  const env = { ...process.env, ...engineSettings, TMPDIR: directory };
  return execFileSync(command, args, { cwd: directory, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}
/** As `podmanBuilder` calls it, for questions that it does not ask. */
const ask = (...args: string[]) => {
  const [command, ...rest] = podmanBuilder.push(store, '', '');
  return call([command, ...rest.slice(0, rest.indexOf('push')), ...args]);
};

/** Gives the image's ID. */
function build(architecture: string, text: string): string {
  fs.writeFileSync(join(directory, 'Containerfile'), text);
  call(
    podmanBuilder.build(store, {
      platform: `linux/${architecture}`,
      containerfile: join(directory, 'Containerfile'),
      context: join(directory, 'context'),
      iidfile: join(directory, 'id'),
      network: 'none',
      secrets: [],
    }),
  );
  return fs.readFileSync(join(directory, 'id'), 'utf8').replace('sha256:', '');
}
const architectureOf = (id: string) => ask('image', 'inspect', '--format', '{{.Architecture}}', id);
const architectures = ['amd64', 'arm64', 'amd64'];

test('equal files for two platforms: each image is of its own platform, whatever was built before', () => {
  fs.writeFileSync(join(directory, 'context/file'), 'the same');
  const ids = architectures.map((one) => build(one, 'FROM scratch\nCOPY file /file\n'));
  expect(ids.map(architectureOf)).toEqual(architectures);
});

test('an edit is in the next image, and no list or name keeps the one before', () => {
  fs.writeFileSync(join(directory, 'context/file'), 'one');
  const first = build('amd64', 'FROM scratch\nCOPY file /file\n');
  fs.writeFileSync(join(directory, 'context/file'), 'two');
  const second = build('amd64', 'FROM scratch\nCOPY file /file\n');
  expect(second).not.toBe(first);
  const names = ask('images', '--all', '--format', '{{.Repository}}').split('\n');
  expect([...new Set(names)]).toEqual(['<none>']);
});

test('a base that is in the store alone is found for every platform, and no registry is asked', () => {
  const both = architectures.slice(0, 2);
  for (const architecture of both) {
    const base = build(architecture, 'FROM scratch\nCOPY file /file\nENV BASE=yes\n');
    const id = build(architecture, `FROM ${base}\nCOPY file /again\n`);
    expect(architectureOf(id)).toBe(architecture);
    expect(ask('image', 'inspect', '--format', '{{.Config.Env}}', id)).toContain('BASE=yes');
  }
});

test('of a result only the layer on top is written, not the file system below', () => {
  fs.writeFileSync(join(directory, 'context/big'), randomBytes(4 << 20));
  const base = build('amd64', 'FROM scratch\nCOPY big /big\n');
  const id = build('amd64', `FROM ${base}\nCOPY file /small\n`);
  const diffIDs = JSON.parse(ask('image', 'inspect', '--format', '{{json .RootFS.Layers}}', id)) as string[];
  const blobs = join(directory, 'result/blobs/sha256');
  fs.mkdirSync(blobs, { recursive: true });
  fs.writeFileSync(join(directory, 'result/oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const below = diffIDs[0]!.replace('sha256:', '');
  fs.writeFileSync(join(blobs, below), '');
  call(podmanBuilder.push(store, id, 'result'));
  expect(diffIDs).toHaveLength(2);
  const sizes = fs.readdirSync(blobs).map((name) => fs.statSync(join(blobs, name)).size);
  expect(fs.statSync(join(blobs, below)).size).toBe(0);
  expect(sizes).toHaveLength(4);
  expect(Math.max(...sizes)).toBeLessThan(1 << 16);
});

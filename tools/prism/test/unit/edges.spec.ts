import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { noFacts, openFiles } from '@prism-build/workspace';
import { type ComponentUses, listEdges, listNodes, resolveEdges } from '../../src/inference/make/edges';
import { readRegistryImages } from '../../src/inference/read/registryImages';

const root = fs.mkdtempSync(join(tmpdir(), 'prism-edges-'));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const digest = `sha256:${'ab'.repeat(32)}`;
const node = 'oci:docker-io/library/debian:12@abababababab';
const uses: ComponentUses = {
  file: 'svc/a/Containerfile',
  root: 'svc/a',
  siblings: ['static', 'gone'],
  builder: 'localhost/p/base-go-builder',
  language: 'go',
  compiled: [
    { from: 'svc/a/main.go', to: 'libs/one' },
    { from: 'libs/one/one.go', to: 'libs/two' },
    { from: 'svc/a/main.go', to: 'svc/a/inner' },
  ],
  images: [{ node, name: 'docker.io/library/debian:12', digest }],
};
const components = new Map([
  ['a', 'svc/a'],
  ['static', 'bases/static'],
]);

beforeAll(() => {
  fs.mkdirSync(join(root, 'libs/two'), { recursive: true });
  fs.writeFileSync(join(root, 'libs/two/project.json'), '{}');
});

test('what the lock beside a Containerfile pins is a node of its digest', () => {
  const images = { 'docker.io/library/debian:12': { digest } };
  const read = (path: string) =>
    path === 'svc/a/images.lock.json' ? JSON.stringify({ version: 1, images }) : undefined;
  expect(readRegistryImages(read, uses.file, ['debian:12', 'quay.io/x/unlocked:1'])).toEqual(uses.images);
});

test('modules outside of components are projects, images of registries are nodes of their digest', () => {
  const { projects, externalNodes } = listNodes(uses, new Set(components.values()), openFiles(root, noFacts));
  // `libs/two` is a project by itself, `svc/a/inner` part of the component.
  expect(Object.values(projects)).toMatchObject([
    { name: 'libs-one', root: 'libs/one', projectType: 'library' },
  ]);
  const data = { version: digest, packageName: 'docker.io/library/debian:12', hash: digest };
  expect(externalNodes).toEqual({ [node]: { type: 'oci', name: node, data } });
});

test('each edge has the file that it comes from', () => {
  const edges = listEdges(uses, components);
  const roots = {
    a: 'svc/a',
    one: 'libs/one',
    two: 'libs/two',
    static: 'bases/static',
    builder: 'containerfiles/go-builder',
  };
  const projects = Object.fromEntries(Object.entries(roots).map(([name, at]) => [name, { root: at }]));
  const file = (path: string) => ({ file: path, hash: '1' });
  const found = resolveEdges(edges, {
    projects,
    externalNodes: { [node]: { type: 'oci', name: node, data: { version: '', packageName: '' } } },
    fileMap: {
      nonProjectFiles: [],
      projectFileMap: { a: [file('svc/a/Containerfile'), file('svc/a/main.go')] },
    },
  });
  expect(found.map(({ source, target, ...how }) => [source, target, Object.values(how).join(' ')])).toEqual([
    ['a', 'static', 'static svc/a/Containerfile'],
    ['a', 'builder', 'static svc/a/Containerfile'],
    ['a', 'one', 'static svc/a/main.go'],
    // Git ignores the file: Nx would refuse it.
    ['one', 'two', 'implicit'],
    ['a', node, 'static svc/a/Containerfile'],
  ]);
});

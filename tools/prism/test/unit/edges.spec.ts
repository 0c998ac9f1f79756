import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ComponentUses, listEdges, listNodes, resolveEdges } from '../../src/inference/edges';

const root = fs.mkdtempSync(join(tmpdir(), 'prism-edges-'));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const digest = `sha256:${'ab'.repeat(32)}`;
const uses: ComponentUses = {
  file: 'svc/a/Containerfile',
  root: 'svc/a',
  siblings: ['bases/static'],
  builder: 'localhost/p/base-go-builder',
  language: 'go',
  reading: {
    closure: {
      parts: [],
      except: [],
      placeholders: [],
      uses: [],
      workspace: [],
      edges: [
        { from: 'svc/a/main.go', to: 'libs/one' },
        { from: 'libs/one/one.go', to: 'libs/two' },
        { from: 'svc/a/main.go', to: 'svc/a/inner' },
      ],
    },
  },
  foreign: ['debian:12', 'quay.io/x/unlocked:1'],
};

beforeAll(() => {
  fs.mkdirSync(join(root, 'svc/a'), { recursive: true });
  fs.mkdirSync(join(root, 'libs/two'), { recursive: true });
  fs.writeFileSync(join(root, 'libs/two/project.json'), '{}');
  const images = { 'docker.io/library/debian:12': { digest } };
  fs.writeFileSync(join(root, 'svc/a/images.lock.json'), JSON.stringify({ version: 1, images }));
});

const node = 'oci:docker-io/library/debian:12@abababababab';

test('modules outside of components are projects, images of registries are nodes of their digest', () => {
  const edges = listEdges(root, uses);
  const { projects, externalNodes } = listNodes(root, uses, edges, new Set(['svc/a', 'bases/static']));
  // `libs/two` is a project by itself, `svc/a/inner` part of the component.
  expect(Object.values(projects)).toMatchObject([
    { name: 'libs-one', root: 'libs/one', projectType: 'library' },
  ]);
  const data = { version: digest, packageName: 'docker.io/library/debian:12', hash: digest };
  expect(externalNodes).toEqual({ [node]: { type: 'oci', name: node, data } });
});

test('each edge has the file that it comes from', () => {
  const edges = listEdges(root, uses);
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

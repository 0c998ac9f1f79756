import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ProjectConfiguration } from '@nx/devkit';
import { noFacts, openFiles } from '@prism-build/workspace';
import { resolveEdges } from '../../src/inference/make/edges';
import { makeStacks, readStacks } from '../../src/inference/make/stacks';

const root = fs.mkdtempSync(join(tmpdir(), 'prism-stacks-'));
afterAll(() => fs.rmSync(root, { recursive: true, force: true }));

const write = (file: string, text: string) => {
  fs.mkdirSync(dirname(join(root, file)), { recursive: true });
  fs.writeFileSync(join(root, file), text);
};
const digest = `sha256:${'ab'.repeat(32)}`;
const pod = (...images: string[]) =>
  `apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers:\n${images
    .map((image, index) => `    - {name: c${index}, image: "${image}"}\n`)
    .join('')}`;
const components = [
  { name: 'api', root: 'svc/api', label: undefined },
  { name: 'web', root: 'svc/web', label: undefined },
  { name: 'unused', root: 'svc/unused', label: undefined },
];

function make(files: readonly string[], declared = new Map()) {
  const stacks = makeStacks(readStacks(files, openFiles(root, noFacts)), components, declared, 'p');
  const projects: Record<string, ProjectConfiguration> = Object.assign(
    {},
    ...stacks.map(({ node }) => node[1].projects),
  );
  return { stacks, projects };
}

test('a stack is a project with edges to every image that it names, and to nothing else', () => {
  write(
    'deploy/shop/stack.yaml',
    pod('localhost/p/api', 'localhost/p/web:latest', 'localhost/p/gone', `docker.io/library/redis@${digest}`),
  );
  const { stacks, projects } = make(['deploy/shop/stack.yaml']);
  const shop = projects['deploy/shop']!;
  const targets = shop.targets!;
  expect(shop).toMatchObject({ name: 'shop', projectType: 'application' });
  expect(Object.keys(targets).sort()).toEqual(
    ['deploy', 'dev', 'down', 'history', 'logs', 'render', 'restart', 'rollback', 'status', 'up'].sort(),
  );
  expect(targets.rollback!.executor).toBe('prism:stack-rollback');
  expect(targets.up!.dependsOn).toEqual([{ target: 'build-image', projects: ['api', 'web'] }]);
  expect(targets.render!.dependsOn).toEqual([{ target: 'build-image', projects: ['api', 'web'] }]);
  expect(targets.down!.dependsOn).toBeUndefined();
  const named = [...components, { name: 'shop', root: 'deploy/shop' }];
  const edges = resolveEdges(stacks[0]!.edges, {
    projects: Object.fromEntries(named.map((one) => [one.name, { root: one.root }])),
    externalNodes: stacks[0]!.node[1].externalNodes!,
    fileMap: {
      projectFileMap: { shop: [{ file: 'deploy/shop/stack.yaml', hash: '' }] },
      nonProjectFiles: [],
    },
  });
  expect(edges.map(({ source, target }) => [source, target])).toEqual([
    ['shop', 'api'],
    ['shop', 'web'],
    ['shop', 'oci:docker-io/library/redis@abababababab'],
  ]);
});

test("a stack.yaml of Haskell's tool is no stack, and one with errors is", () => {
  write('haskell/stack.yaml', 'resolver: lts-22.0\npackages: [.]\n');
  write('broken/stack.yaml', `${pod('localhost/p/api')}  nonsense: [\n`);
  const { projects } = make(['haskell/stack.yaml', 'broken/stack.yaml']);
  expect(Object.keys(projects)).toEqual(['broken']);
});

test('names: the declared one, that of a component in the same directory, and one that no component has', () => {
  for (const directory of ['one', 'svc/api', 'deploy/web'])
    write(`${directory}/stack.yaml`, pod('localhost/p/api'));
  const declared = new Map([['one/project.json', { name: 'declared', targets: {} }]]);
  const { projects } = make(['one/stack.yaml', 'svc/api/stack.yaml', 'deploy/web/stack.yaml'], declared);
  // `rollback` is the component's: it moves the tag of its image.
  expect(projects['svc/api']!.targets).not.toHaveProperty('rollback');
  expect(projects['svc/api']!.targets).toHaveProperty('stack-rollback');
  const names = Object.entries(projects).map(([directory, { name }]) => [directory, name]);
  expect(names).toEqual([
    ['one', 'declared'],
    ['svc/api', 'api'],
    ['deploy/web', 'deploy-web'],
  ]);
});

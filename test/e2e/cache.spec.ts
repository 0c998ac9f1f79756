import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { which } from '../support/needs';
import { expectWholeImage } from './support/blobs';
import { makeClone, ownCaches, takeCompiled } from './support/clone';
import { sharedCompilers } from './support/compilers';
import { removeDirectory } from './support/directory';
import { git } from './support/snapshot';
import { executed, fromCache } from './support/tasks';
import { components, memstore, nx, postgres, projectList, proxy, readDigest } from './support/workspace';

const tasksOf = (...names: { project: string }[]) =>
  names.flatMap(({ project }) => [`${project}:build-image`, `${project}:compile`]).sort();
const everything = [
  ...new Set([...tasksOf(...components), ...components.flatMap(({ bases }) => bases)]),
].sort();
const digests = (clone: string) =>
  Object.fromEntries(components.map(({ project }) => [project, readDigest(project, clone).index.digest]));

/** Files with their inodes and times: a rewritten file is different. */
const inodes = (directory: string) =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => ({ name, stat: statSync(join(directory, name), { bigint: true }) }))
    .filter(({ stat }) => stat.isFile())
    .map(({ name, stat }) => `${name} ${stat.ino} ${stat.mtimeNs}`);

/** A change that every Go program keeps, in code that never runs. */
const change =
  '\nvar e2eNever bool\n\nfunc init() {\n\tif e2eNever {\n\t\tpanic("changed by a test")\n\t}\n}\n';

let clone: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  clone = await makeClone('clone');
  takeCompiled(clone);
  env = { ...ownCaches(clone), PRISM_CACHE_DIR: sharedCompilers };
});
afterAll(() => removeDirectory(dirname(clone)));

test('a first build runs everything, and gives the digests of the workspace', async () => {
  const output = await nx(['run-many', '-t', 'build-image', projectList], { clone, env });
  expect(executed(output)).toEqual(everything);
  for (const { project } of components) {
    expectWholeImage(project, clone);
    expect(readDigest(project, clone)).toEqual(readDigest(project));
  }
});

test('a second one takes everything from the cache, and touches nothing', async () => {
  const output = await nx(['run-many', '-t', 'build-image', projectList], { clone, env });
  expect(fromCache(output)).toEqual(everything);
  expect(executed(output)).toEqual([]);
});

describe('without dist, without .prism, and without go, cargo and podman', () => {
  let bare: NodeJS.ProcessEnv;

  beforeAll(() => {
    const bin = join(dirname(clone), 'bin');
    mkdirSync(bin);
    for (const name of ['node', 'git', 'sh']) symlinkSync(which(name)!, join(bin, name));
    const { PRISM_CACHE_DIR: _, ...rest } = env;
    bare = { ...rest, PATH: bin };
    for (const name of ['dist', '.prism']) rmSync(join(clone, name), { recursive: true });
  });

  test('everything comes from the cache, every blob as it should be', async () => {
    const before = components.map(({ project }) => readDigest(project));
    const output = await nx(['run-many', '-t', 'build-image', projectList], { clone, env: bare });
    expect(fromCache(output)).toEqual(everything);
    expect(executed(output)).toEqual([]);
    for (const { project } of components) expectWholeImage(project, clone);
    expect(components.map(({ project }) => readDigest(project, clone))).toEqual(before);
  });

  test('layouts are made of what was restored', async () => {
    const output = await nx(['run-many', '-t', 'materialize', projectList], { clone, env: bare });
    expect(executed(output)).toEqual(components.map(({ project }) => `${project}:materialize`).sort());
    for (const { project } of components) {
      const index = JSON.parse(readFileSync(join(clone, 'dist/layouts', project, 'index.json'), 'utf8'));
      expect(index.manifests[0].digest).toBe(readDigest(project).index.digest);
    }
  });
});

/** They share with the other plugins what those share, and Kafka, SQLite and NATS take minutes to compile. */
const leftOut = '--exclude=plugin-kafka,plugin-nats,plugin-redis,plugin-sqlite';

describe('nx affected, after a commit', () => {
  const commit = async (edit: () => void) => {
    edit();
    await git(clone, 'add', '--all');
    await git(clone, 'commit', '--quiet', '--message=an edit');
    const before = digests(clone);
    const output = await nx(['affected', '-t', 'build-image', '--base=HEAD~1', leftOut], { clone, env });
    const after = digests(clone);
    const changed = components.map(({ project }) => project).filter((name) => before[name] !== after[name]);
    for (const { project } of components) expectWholeImage(project, clone);
    return { ran: executed(output), changed };
  };
  const at = (...path: string[]) => join(clone, ...path);

  test('of one source of one plugin: that image and no other', async () => {
    const { ran, changed } = await commit(() => appendFileSync(at(memstore.directory, 'store.go'), change));
    expect(ran).toEqual(tasksOf(memstore));
    expect(changed).toEqual([memstore.project]);
  });

  test('of what both plugins share: both, and not the proxy', async () => {
    const file = at('libs/plugin-sdk/main.go');
    const { ran, changed } = await commit(() => appendFileSync(file, change));
    expect(ran).toEqual(tasksOf(memstore, postgres));
    expect(changed.sort()).toEqual([memstore.project, postgres.project].sort());
  });

  test('of a comment: compiled, and no image made anew', async () => {
    const file = at(postgres.directory, 'store.go');
    const images = at('dist/images', postgres.project);
    const before = inodes(images);
    const { ran, changed } = await commit(() => appendFileSync(file, '\n// A comment.\n'));
    // Nx computes the keys of a batch before it runs. It may start the image's task, which then finds nothing
    // changed.
    expect(tasksOf(postgres)).toEqual(expect.arrayContaining(ran));
    expect(ran).toContain(`${postgres.project}:compile`);
    expect(changed).toEqual([]);
    expect(inodes(images)).toEqual(before);
  });

  test('of documents and tests: nothing is compiled', async () => {
    const { ran, changed } = await commit(() => {
      for (const { directory } of components) appendFileSync(at(directory, 'README.md'), '\nMore.\n');
      appendFileSync(at('libs/plugin-sdk/README.md'), '\nMore.\n');
      appendFileSync(at(memstore.directory, 'store_test.go'), '\n// A comment.\n');
      appendFileSync(at('libs/plugin-sdk/serve_test.go'), '\n// A comment.\n');
      appendFileSync(at(proxy.directory, 'tests/suite/main.rs'), '\n// A comment.\n');
      writeFileSync(at('README.md'), 'Another.\n');
    });
    expect(ran).toEqual([]);
    expect(changed).toEqual([]);
  });

  test('and taken back: the first digests, out of the cache', async () => {
    await git(clone, 'checkout', '--quiet', 'HEAD~4', '--', 'plugins', 'libs');
    const output = await nx(['run-many', '-t', 'build-image', projectList], { clone, env });
    expect(executed(output)).toEqual([]);
    for (const { project } of components) {
      expect(readDigest(project, clone)).toEqual(readDigest(project));
      expectWholeImage(project, clone);
    }
  });
});

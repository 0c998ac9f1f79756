import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { walkDirectory } from '@prism-build/shell';
import { treeSeed } from '../../../../test/support/treeSeed';
import { createDependencies, createNodes } from '../../src/inference';
import { inferenceGlob } from '../../src/inference/places';

const mockLooks: string[] = [];
jest.mock('node:fs', () => {
  const actual: typeof fs = jest.requireActual('node:fs');
  const lstatSync = (path: string, options?: object) => {
    mockLooks.push(path);
    return actual.lstatSync(path, options);
  };
  return { ...actual, lstatSync };
});

/** What inference says after any change is the same whether or not it kept what it said before. */
let root: string;
let ahead: number;

beforeEach(() => {
  root = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'prism-kept-'));
  fs.mkdirSync(data(), { recursive: true });
  // Files that changed a moment ago are not kept; nobody wants to wait for them to settle.
  ahead = 1000;
  const now = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + ahead);
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  jest.restoreAllMocks();
  fs.rmSync(root, { recursive: true, force: true });
});

const goStage =
  'FROM localhost/p/base-go-builder AS compile\nWORKDIR /src\nCOPY . .\nRUN ["compile-go","./cmd/x"]\n';
const files: Readonly<Record<string, string>> = {
  'base/static/Containerfile': 'FROM scratch\nCOPY etc /etc\n',
  'base/static/etc/passwd': 'root:x:0:0::/:/x\n',
  'svc/plain/Containerfile': 'FROM localhost/p/static\nCOPY one two*.txt /\n',
  'svc/plain/one': '1',
  'svc/plain/two.txt': '2',
  'svc/simple/Containerfile': 'FROM scratch\nCOPY one d/two /\n',
  'svc/simple/one': '1',
  'svc/simple/d/two': '2',
  'svc/linked/Containerfile': 'FROM scratch AS debug\nCOPY d /d\nFROM scratch\nCOPY link /x\n',
  'svc/linked/link': '-> d/file',
  'svc/linked/d/file': 'x',
  'svc/go/Containerfile': `${goStage}FROM debian:12\nCOPY --from=compile /out/x /x\n`,
  'svc/go/images.lock.json': JSON.stringify({
    version: 1,
    images: { 'docker.io/library/debian:12': { digest: `sha256:${'ab'.repeat(32)}` } },
  }),
  'svc/go/go.mod': 'module m\n',
  'svc/go/cmd/x/main.go': 'package main\n\nimport _ "m/lib"\n',
  'svc/go/lib/lib.go': 'package lib\n',
  'svc/go/idle/idle.go': 'package idle\n',
  'svc/root/Containerfile': 'FROM scratch\nCOPY svc/plain/one /one\n',
  'svc/root/project.json': JSON.stringify({ targets: { 'build-image': { options: { context: '.' } } } }),
  'svc/made/Containerfile': 'FROM scratch\nCOPY dist/made /made\n',
  'svc/maker/project.json': JSON.stringify({
    targets: {
      build: { outputs: ['{workspaceRoot}/dist/made'] },
      docker: { command: 'docker build -f svc/root/Containerfile .' },
    },
  }),
  '.gitignore': 'dist\n',
  '.dockerignore': '**/*.md\n',
};

function write(name: string, content: string): void {
  const path = join(root, name);
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.rmSync(path, { recursive: true, force: true });
  if (content.startsWith('-> ')) fs.symlinkSync(content.slice(3), path);
  else fs.writeFileSync(path, content);
}

function list(): string[] {
  return [...walkDirectory(root)]
    .flatMap(({ path, entry }) => (entry.isDirectory() ? [] : [path]))
    .filter((name) => !name.startsWith('.nx/'))
    .sort();
}

const data = () => join(root, '.nx', 'workspace-data');

async function infer(): Promise<unknown> {
  const [glob, make] = createNodes;
  expect(glob).toBe(inferenceGlob);
  const found = list().filter((name) =>
    /(^|\/)(Containerfile|[^/]+\.Containerfile|project\.json|package\.json|compose\.yaml)$/.test(name),
  );
  const context = { workspaceRoot: root, nxJsonConfiguration: {} };
  const nodes = await make(found, { prefix: 'p' }, context);
  const projects = Object.assign({}, ...nodes.map(([, { projects }]) => projects)) as Record<
    string,
    { name: string }
  >;
  const edges = await createDependencies(
    {},
    {
      ...context,
      projects: Object.fromEntries(
        Object.entries(projects).map(([at, one]) => [one.name, { ...one, root: at }]),
      ),
      externalNodes: Object.assign({}, ...nodes.map(([, { externalNodes }]) => externalNodes)),
      fileMap: { nonProjectFiles: [], projectFileMap: {} },
      filesToProcess: { nonProjectFiles: [], projectFileMap: {} },
    },
  );
  return JSON.parse(JSON.stringify({ nodes, edges }));
}

async function inferAnew(): Promise<unknown> {
  const aside = `${root}-aside`;
  fs.renameSync(data(), aside);
  try {
    return await infer();
  } finally {
    fs.rmSync(data(), { recursive: true, force: true });
    fs.renameSync(aside, data());
  }
}

/** Times of files have steps; two changes within one look the same. */
const tick = () => new Promise((resolve) => setTimeout(resolve, 12));
const pick = <T>(items: readonly T[], random: () => number): T => items[Math.floor(random() * items.length)]!;

function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const contents: readonly string[] = [
  ...Object.values(files),
  'services: { a: { build: { context: ., dockerfile: svc/simple/Containerfile } } }\n',
  '-> ../go',
  '-> /svc',
  '*\n!lib\n',
  '{',
  '',
];
const extra: readonly string[] = [
  'svc/plain/.containerignore',
  'svc/plain/Containerfile.dockerignore',
  'svc/plain/rootfs.json',
  'svc/plain/project.json',
  'svc/plain/twofold.txt',
  'svc/simple/.dockerignore',
  'svc/simple/Containerfile.containerignore',
  'svc/simple/rootfs.json',
  'svc/simple/package.json',
  'svc/simple/d',
  'svc/go/lib/lib_test.go',
  'svc/go/lib/more.go',
  'svc/go/vendor/x/x.go',
  'svc/go/go.work',
  'svc/new/Containerfile',
  'go.work',
  'svc/linked',
  'compose.yaml',
  'svc/made/dist/made/x',
  'dist/made/x',
];

/** Not behind a link, and not below a file. */
function isDirectory(name: string): boolean {
  try {
    return fs.lstatSync(join(root, name)).isDirectory();
  } catch {
    return false;
  }
}

function change(random: () => number): string {
  const names = list();
  const name = pick([...names, ...extra], random);
  const action = pick(
    ['write', 'write', 'append', 'remove', 'rename', 'mode', 'link', 'directory', 'time'] as const,
    random,
  );
  const there = fs.lstatSync(join(root, name), { throwIfNoEntry: false })?.isFile();
  if (action === 'append' && there) fs.appendFileSync(join(root, name), '\n');
  else if (action === 'mode' && there) fs.chmodSync(join(root, name), 0o755);
  else if (action === 'time' && there) {
    fs.writeFileSync(join(root, name), pick(contents, random));
    fs.utimesSync(join(root, name), 1e9, 1e9);
  } else if (action === 'link' && name !== 'svc/linked') {
    if (isDirectory(dirname(name))) write(name, pick(['-> one', '-> d/file', '-> nowhere'], random));
  } else if (action === 'directory') {
    const above = pick(['base/static/etc', 'svc/linked/d', 'svc/go/lib'], random);
    if (isDirectory(above)) fs.mkdirSync(join(root, above, 'empty'), { recursive: true });
  } else if (action === 'remove') fs.rmSync(join(root, name), { recursive: true, force: true });
  else if (action === 'rename' && there) {
    const to = pick(extra, random);
    fs.rmSync(join(root, to), { recursive: true, force: true });
    fs.mkdirSync(dirname(join(root, to)), { recursive: true });
    if (fs.existsSync(join(root, name))) fs.renameSync(join(root, name), join(root, to));
  } else {
    const above = dirname(name);
    if (isDirectory(above) || !fs.existsSync(join(root, above))) write(name, pick(contents, random));
  }
  return `${action} ${name}`;
}

const seed = Number(process.env.KEPT_SEED ?? treeSeed());

test.each([0, 1, 2, 3].map((step) => seed + step))(
  'after every change the same as without a memory, seed %i',
  async (one) => {
    const random = generator(one);
    for (const [name, content] of Object.entries(files)) write(name, content);
    const done: string[] = [];
    await infer();
    for (let round = 0; round < 30; round += 1) {
      await tick();
      done.push(change(random));
      const kept = await infer();
      expect({ done, said: kept }).toEqual({ done, said: await inferAnew() });
    }
  },
  60_000,
);

const answer = () => join(data(), 'prism-answer.json');

/** Without links: a component with one is read every time, so there is no answer for the whole workspace. */
function writeWithoutLinks(): void {
  for (const [name, content] of Object.entries(files)) if (!content.startsWith('-> ')) write(name, content);
}

test.each([0, 1, 2].map((step) => seed + step))(
  'after every change the same as without the answer of the last command, seed %i',
  async (one) => {
    const random = generator(one);
    writeWithoutLinks();
    const done: string[] = [];
    await infer();
    for (let round = 0; round < 20; round += 1) {
      fs.rmSync(answer(), { force: true });
      // Reads nothing anew, so it keeps its answer.
      await infer();
      // A link or a warning came in.
      if (!fs.existsSync(answer())) await startAgain();
      expect(fs.existsSync(answer())).toBe(true);
      await tick();
      done.push(change(random));
      const kept = await infer();
      expect({ done, said: kept }).toEqual({ done, said: await inferAnew() });
    }
  },
  60_000,
);

async function startAgain(): Promise<void> {
  for (const name of fs.readdirSync(root))
    if (name !== '.nx') fs.rmSync(join(root, name), { recursive: true });
  writeWithoutLinks();
  await infer();
  await infer();
}

/** Marks the answer of the last command, and returns whether inference gives that answer. */
async function isAnswered(): Promise<boolean> {
  const [head, body] = fs.readFileSync(answer(), 'utf8').split('\n') as [string, string];
  fs.writeFileSync(answer(), `${head}\n${JSON.stringify({ ...JSON.parse(body), nodes: [['marked', {}]] })}`);
  const { nodes } = (await infer()) as { nodes: [string, object][] };
  return nodes[0]?.[0] === 'marked';
}

test('a command that follows one without changes gives its answer, and looks once at each place', async () => {
  writeWithoutLinks();
  await infer();
  expect(fs.existsSync(answer())).toBe(false);
  await infer();
  const { places } = JSON.parse(fs.readFileSync(answer(), 'utf8').split('\n')[0]!);
  mockLooks.splice(0);
  expect(await isAnswered()).toBe(true);
  expect(mockLooks.length).toBeGreaterThan(20);
  expect(mockLooks.length).toBeLessThanOrEqual(places.length);
  expect(new Set(mockLooks).size).toBe(mockLooks.length);
});

test('an answer with warnings, or for a process that outlives commands, is made every time', async () => {
  writeWithoutLinks();
  await infer();
  Object.assign(globalThis, { NX_DAEMON: true });
  try {
    await infer();
    expect(fs.existsSync(answer())).toBe(false);
  } finally {
    Object.assign(globalThis, { NX_DAEMON: undefined });
  }
  await infer();
  expect(fs.existsSync(answer())).toBe(true);
  write('svc/plain/Containerfile', 'FROM scratch\nNONSENSE\n');
  for (const _ of [1, 2, 3]) {
    const said = jest.spyOn(process.stderr, 'write').mockClear();
    await infer();
    expect(said).toHaveBeenCalled();
  }
});

test('a component that is read anew without a trace leaves no answer', async () => {
  writeWithoutLinks();
  // What svc/simple copies, as the root of the workspace has it: a component that reads a link has no trace.
  for (const [name, content] of [
    ['one', '-> two'],
    ['two', '1'],
    ['d/two', '2'],
  ] as const)
    write(name, content);
  await infer();
  await infer();
  expect(fs.existsSync(answer())).toBe(true);
  await tick();
  write('compose.yaml', 'services: { a: { build: { context: ., dockerfile: svc/simple/Containerfile } } }\n');
  fs.rmSync(answer());
  await infer();
  expect(fs.existsSync(answer())).toBe(false);
  await tick();
  write('one', '-> d/two');
  expect(await infer()).toEqual(await inferAnew());
});

test('an answer that is cut off is made again', async () => {
  writeWithoutLinks();
  const expected = await infer();
  await infer();
  const text = fs.readFileSync(answer(), 'utf8');
  for (const length of [0, 10, text.indexOf('\n') + 1, text.length - 1]) {
    fs.writeFileSync(answer(), text.slice(0, length));
    expect(await infer()).toEqual(expected);
  }
});

/** Puts a mark into what was kept of every component, and says which of them show it. */
async function inferMarked(): Promise<string[]> {
  const place = join(data(), 'prism-projects.json');
  const kept = JSON.parse(fs.readFileSync(place, 'utf8'));
  for (const one of Object.values<{ reads: { rootfs?: object } }>(kept.projects))
    one.reads.rootfs = { cache: true };
  fs.writeFileSync(place, JSON.stringify(kept));
  const { nodes } = (await infer()) as {
    nodes: [string, { projects: Record<string, { targets: object }> }][];
  };
  return nodes.flatMap(([file, { projects }]) =>
    Object.values(projects).some(({ targets }) => 'rootfs' in targets) ? [dirname(file)] : [],
  );
}

test('only what has changed is read again', async () => {
  for (const [name, content] of Object.entries(files)) if (!content.startsWith('-> ')) write(name, content);
  await infer();
  const all = ['base/static', 'svc/go', 'svc/linked', 'svc/made', 'svc/plain', 'svc/root', 'svc/simple'];
  expect((await inferMarked()).sort()).toEqual(all);
  await tick();
  // What a COPY takes is the key's matter, not inference's.
  write('svc/plain/one', 'longer');
  fs.appendFileSync(join(root, 'base/static/etc/passwd'), 'x\n');
  fs.appendFileSync(join(root, 'svc/go/lib/lib.go'), '\nvar x = 1\n');
  expect((await inferMarked()).sort()).toEqual([
    'base/static',
    'svc/linked',
    'svc/made',
    'svc/root',
    'svc/simple',
  ]);
  await tick();
  write('base/static/project.json', '{"name":"other"}');
  // What is made of a base follows its name, and is not read again for it.
  const others = ['svc/go', 'svc/linked', 'svc/made', 'svc/plain', 'svc/root', 'svc/simple'];
  expect((await inferMarked()).sort()).toEqual(others);
});

test("what comes to lie beside what counts is nobody's matter", async () => {
  for (const [name, content] of Object.entries(files)) if (!content.startsWith('-> ')) write(name, content);
  await infer();
  await tick();
  write('notes.md', 'x');
  write('svc/other/notes.md', 'x');
  expect(await inferMarked()).toHaveLength(7);
  await tick();
  // What decides which modules Go sees may come to lie above it.
  write('svc/go/go.work', 'go 1.24\n');
  expect((await inferMarked()).sort()).toEqual([
    'base/static',
    'svc/linked',
    'svc/made',
    'svc/plain',
    'svc/root',
    'svc/simple',
  ]);
});

test('what changed a moment ago is read again', async () => {
  // The clock stands still behind the changes: a busy machine takes longer than files need to settle.
  ahead = -1000;
  for (const [name, content] of Object.entries(files)) write(name, content);
  await infer();
  expect(fs.existsSync(join(data(), 'prism-projects.json'))).toBe(false);
});

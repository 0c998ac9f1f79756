import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { digestOf, goStage, storedBlobs, writeGo, writePin } from '../../../../test/support/components';
import { type FakeGo, makeFakeGo } from '../../../../test/support/fakeGo';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';

import {
  commitSubmodule,
  makeChangingComponents,
  metadataChanges,
  openRandom,
} from '../support/metadataChanges';

let workspace: Workspace;
let go: FakeGo;

beforeAll(() => {
  workspace = makeWorkspace();
  go = makeFakeGo(workspace.path('.nx/go'));
  writePin(workspace, go.version);
  writeGo(workspace, 'app');
  workspace.write('svc/app/.containerignore', '*.md\nignored\n');
  workspace.write(
    'svc/files/Containerfile',
    'FROM scratch\nARG TARGETARCH\nCOPY data link /x/\nCOPY bin/$TARGETARCH /bin\n',
  );
  workspace.write('svc/files/data', '1');
  workspace.write('svc/files/bin/amd64/tool', '1');
  workspace.write('svc/files/bin/arm64/tool', '1');
  workspace.write('svc/files/bin/riscv64/tool', '1');
  workspace.write('svc/files/elsewhere/inner', '1');
  symlinkSync('elsewhere', workspace.path('svc/files/link'));
  workspace.git('add', '-A');
  workspace.git('commit', '-qm', 'start');
});
afterAll(() => {
  workspace.remove();
});

const compileHit = /nx run app:compile .*\[(local cache|existing outputs)/;
const imageHit = (name: string) =>
  new RegExp(`nx run ${name}:build-image.*\\[(local cache|existing outputs)`);

/** Builds both, and says which of the three tasks came from the cache. */
async function build(...args: string[]): Promise<{ compile: boolean; app: boolean; files: boolean }> {
  const ran = await workspace.nx(['run-many', '-t', 'build-image', ...args], {
    PATH: `${go.bin}:${process.env.PATH}`,
  });
  if (ran.status !== 0) throw new Error(ran.output);
  const { output } = ran;
  return {
    compile: compileHit.test(output),
    app: imageHit('app').test(output),
    files: imageHit('files').test(output),
  };
}
const everything = { compile: true, app: true, files: true };
const append = (name: string, text: string) => workspace.write(name, `${workspace.read(name)}${text}`);

test('what decides an image misses, and only that', async () => {
  expect(await build()).toEqual({ compile: false, app: false, files: false });
  // Nothing of this is read by any build.
  for (const name of [
    'svc/app/README.md',
    'svc/app/cmd/app/main_test.go',
    'svc/app/ignored/x',
    'svc/files/notes',
    'other/x',
  ])
    workspace.write(name, 'new');
  workspace.write('package.json', JSON.stringify({ name: 'workspace', private: true, version: '2.0.0' }));
  expect(await build()).toEqual(everything);
  workspace.write('svc/files/data', '2');
  expect(await build()).toEqual({ ...everything, files: false });
  append('svc/files/Containerfile', 'ENV A=b\n');
  append('svc/app/go.mod', '// a line\n');
  expect(await build()).toMatchObject({ compile: false, files: false });
});

test('what a symbolic link in a COPY leads to is in the key', async () => {
  await build();
  workspace.write('svc/files/elsewhere/inner', '2');
  expect(await build()).toEqual({ ...everything, files: false });
});

test('a file that becomes executable misses, below a directory, too; what a README is does not', async () => {
  await build();
  const before = digestOf(workspace, 'files');
  const changeMode = (name: string, mode: number) => chmodSync(workspace.path(`svc/files/${name}`), mode);
  changeMode('notes', 0o755);
  changeMode('data', 0o664); // git and images know one bit of it
  expect(await build()).toEqual(everything);
  changeMode('data', 0o755);
  expect(await build()).toEqual({ ...everything, files: false });
  const executable = digestOf(workspace, 'files');
  expect(executable).not.toBe(before);
  expect(await build()).toEqual(everything);
  changeMode('data', 0o644);
  await build();
  expect(digestOf(workspace, 'files')).toBe(before);
  changeMode('elsewhere/inner', 0o755);
  expect(await build()).toEqual({ ...everything, files: false });
  expect(digestOf(workspace, 'files')).not.toBe(before);
  const target = await workspace.nx(['show', 'target', 'files:build-image', '--json']);
  expect(JSON.parse(target.output).options.unhashed).toEqual(['elsewhere/inner*', 'link -> elsewhere']);
});

/** Each changes something that Nx does not hash, and nothing else. */
const unseen: Readonly<Record<string, () => void>> = {
  'a mode': () => chmodSync(workspace.path('svc/od(d)/d/f'), 0o755),
  'where a link leads': () => {
    rmSync(workspace.path('svc/od(d)/d/link'));
    symlinkSync('b', workspace.path('svc/od(d)/d/link'));
  },
  'an empty directory': () => mkdirSync(workspace.path('svc/od(d)/d/empty')),
  'contents with an old time': () => {
    workspace.write('svc/od(d)/d/old', '2');
    utimesSync(workspace.path('svc/od(d)/d/old'), 1e9, 1e9);
  },
  'what Nx passes over': () => workspace.write('svc/od(d)/d/node_modules/x.js', '2'),
};

test("with Nx's daemon: what Nx does not hash is in the key, also where a name is a pattern", async () => {
  const daemon = { NX_DAEMON: 'true' };
  workspace.write('svc/od(d)/Containerfile', 'FROM scratch\nCOPY d /d\n');
  for (const name of ['a', 'b', 'f', 'old', 'node_modules/x.js']) workspace.write(`svc/od(d)/d/${name}`, '1');
  symlinkSync('a', workspace.path('svc/od(d)/d/link'));
  utimesSync(workspace.path('svc/od(d)/d/old'), 1e9, 1e9);
  const run = async () => {
    const ran = await workspace.nx(['build-image', 'od-d'], daemon);
    if (ran.status !== 0) throw new Error(ran.output);
    return digestOf(workspace, 'od-d');
  };
  try {
    const seen = [await run()];
    for (const [name, change] of Object.entries(unseen)) {
      change();
      seen.push(await run());
      expect([name, new Set(seen).size]).toEqual([name, seen.length]);
    }
    workspace.write('svc/od(d)/Containerfile', 'FROM scratch\nCOPY d /e\n');
    expect(seen).not.toContain(await run());
  } finally {
    await workspace.nx(['daemon', '--stop'], daemon);
  }
});

describe.each([
  ['without a daemon', {}],
  ["with Nx's daemon", { NX_DAEMON: 'true' }],
])('random changes of what Nx does not hash, %s', (_, env) => {
  const names = ['r0', 'r1', 'r2', 'r3', 'third'];
  const seed = Number(process.env.PRISM_TEST_SEED ?? Date.now() % 1e9);
  const random = openRandom(seed);
  const done: string[] = [`PRISM_TEST_SEED=${seed}`];
  beforeAll(() => process.stdout.write(`${done[0]}\n`));
  const run = async (...args: string[]) => {
    const ran = await workspace.nx(args, env);
    if (ran.status !== 0) throw new Error(`${done.join('\n')}\n${ran.output}`);
    return ran.output;
  };
  const build = async (...args: string[]) => {
    await run('run-many', '-t', 'build-image', `--projects=${names.join()}`, ...args);
    return Object.fromEntries(names.map((name) => [name, digestOf(workspace, name)]));
  };
  afterAll(() => workspace.nx(['daemon', '--stop'], env));

  test('a result from the cache is the one that a build makes, and affected selects what differs', async () => {
    if (!existsSync(workspace.path('svc/third'))) makeChangingComponents(workspace, names);
    workspace.git('add', '-A');
    workspace.git('commit', '-qm', 'components', '--allow-empty');
    let before = await build();
    for (let step = 0; step < 2; step += 1) {
      const visible = names.filter((name) => {
        const kind = Object.keys(metadataChanges)[random(Object.keys(metadataChanges).length)]!;
        const seen = metadataChanges[kind]!((path) => workspace.path(`svc/${name}/${path}`), random);
        done.push(`${step} ${name}: ${kind}`);
        if (name === 'third') commitSubmodule(workspace, 'svc/third/d');
        return seen;
      });
      const cached = await build();
      expect({ done, ...cached }).toEqual({ done, ...(await build('--skip-nx-cache')) });
      const affected = JSON.parse(
        await run('show', 'projects', '--affected', '-t', 'build-image', '--base=HEAD', '--json'),
      );
      const missed = visible.filter((name) => cached[name] !== before[name] && !affected.includes(name));
      expect({ done, missed }).toEqual({ done, missed: [] });
      workspace.git('add', '-A');
      workspace.git('commit', '-qm', 'step', '--allow-empty');
      before = cached;
    }
  });
});

test('early cut-off: a comment compiles again and changes nothing behind the binary', async () => {
  await build();
  const before = [digestOf(workspace, 'app'), go.calls().length];
  const blobs = storedBlobs(workspace);
  append('svc/app/cmd/app/main.go', '// only a comment\n');
  expect(await build()).toMatchObject({ compile: false, files: true });
  expect([digestOf(workspace, 'app'), go.calls().length]).toEqual([before[0], Number(before[1]) + 2]);
  // Compile and image are one batch, where Nx looks up no key in between: the image step itself keeps its work.
  expect(storedBlobs(workspace)).toEqual(blobs);
  expect(await build()).toEqual(everything);
});

test('the pin and the platforms are in the key', async () => {
  await build();
  workspace.write('.nx/go/VERSION', 'go9.9.10\n');
  writePin(workspace, '9.9.10');
  expect(await build()).toMatchObject({ compile: false, files: true });
  const one = JSON.parse(workspace.read('dist/images/files/digest.json')).platforms.length;
  expect(await build('--platforms=linux/arm64')).toEqual({ compile: false, app: false, files: false });
  const other = JSON.parse(workspace.read('dist/images/files/digest.json')).platforms.length;
  expect([one, other]).toEqual([2, 1]);
});

test('a platform of the command line reads files that are in its key', async () => {
  await build('--platforms=linux/riscv64', '--projects=files');
  const before = digestOf(workspace, 'files');
  workspace.write('svc/files/bin/riscv64/tool', '2');
  await build('--platforms=linux/riscv64', '--projects=files');
  expect(digestOf(workspace, 'files')).not.toBe(before);
  await build();
  expect(JSON.parse(workspace.read('dist/images/files/digest.json')).platforms).toHaveLength(2);
});

test('a file that git ignores and that a COPY takes is in the key', async () => {
  workspace.write('svc/files/.gitignore', 'data\n');
  await build();
  const before = digestOf(workspace, 'files');
  workspace.write('svc/files/data', 'ignored, and copied');
  await build();
  expect(digestOf(workspace, 'files')).not.toBe(before);
});

test('affected picks what a change touches, also through a context that is wider than the project', async () => {
  workspace.write('libs/shared/lib.go', 'package shared\n');
  workspace.write(
    'svc/wide/project.json',
    JSON.stringify({
      name: 'wide',
      targets: { 'build-image': { options: { context: '.', platforms: ['linux/amd64'] } } },
    }),
  );
  workspace.write(
    'svc/wide/Containerfile',
    `${goStage('wide').replace('COPY . .', 'COPY libs/shared libs/shared\nCOPY svc/wide .')}FROM scratch\nCOPY --from=compile /out/wide /wide\n`,
  );
  workspace.write('svc/wide/cmd/wide/main.go', 'package main\n');
  workspace.git('add', '-A');
  workspace.git('commit', '-qm', 'wide');
  const affected = async (file: string) => {
    const ran = await workspace.nx([
      'show',
      'projects',
      '--affected',
      '-t',
      'build-image',
      '--json',
      `--files=${file}`,
    ]);
    return JSON.parse(ran.output.slice(ran.output.indexOf('['))).sort();
  };
  expect(await affected('libs/shared/lib.go')).toEqual(['wide']);
  expect(await affected('svc/app/cmd/app/main.go')).toEqual(['app']);
  // One declaration of platforms holds for both steps.
  const ran = await workspace.nx(['build-image', 'wide'], { PATH: `${go.bin}:${process.env.PATH}` });
  expect(ran).toMatchObject({ status: 0 });
  expect(JSON.parse(workspace.read('dist/compile/wide/compile.json')).platforms).toHaveLength(1);
});

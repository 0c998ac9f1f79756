import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../../../test/support/components';
import { repository } from '../../../../test/support/plugin';
import { compileSharedObject, writeWheel } from '../../../../test/support/wheels';
import { makeWorkspace, type Workspace } from '../../../../test/support/workspace';

/** The real interpreter, pip and strip, as pinned by the repository; wheels of a directory instead of an index. */
const pin = fs.readFileSync(join(repository, 'containerfiles/python-builder/pin.json'), 'utf8');
const directory = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'prism-wheels-'));
const wheels = join(directory, 'wheels');
const workspaces: Workspace[] = [];
const caches = { first: join(directory, 'cache-1'), second: join(directory, 'cache 2') };
// A frozenset, names that other modules have interned already, and constants that are shared.
const source = (value: number) =>
  `import os, sys\n\nWORDS = {"a", "path", "sys"}\n\ndef find(path, name="path"):\n    return name in {"x", "y", "path", "os"} and (1, "path", ${value})\n`;
let lock: string;

beforeAll(() => {
  const native = (machine: string, compiler: string) =>
    writeWheel(wheels, 'native', `cp311-cp311-manylinux_2_17_${machine}`, {
      'native/__init__.py': `MACHINE = "${machine}"\n`,
      'native/fast.cpython-311.so': compileSharedObject(compiler, directory),
    });
  const hashes = [native('x86_64', 'gcc'), native('aarch64', 'aarch64-linux-gnu-gcc')];
  const pure = writeWheel(wheels, 'pure_one', 'py3-none-any', {
    'pure_one/__init__.py': source(1),
    'pure_one/template.py': 'this is {no} Python\n',
    'pure_one/data.txt': 'data',
    'pure_one-1.0.data/purelib/extra.py': 'X = 1\n',
    'pure_one-1.0.data/scripts/run': '#!python\n',
  });
  const arm = writeWheel(wheels, 'only_arm', 'py3-none-any', { 'only_arm.py': '' });
  const nowhere = `--hash=sha256:${'0'.repeat(64)}`;
  lock = `# by hand
native==1.0 \\
    ${hashes.join(' \\\n    ')}
pure-one[extra]==1.0 ; python_version >= "3.8" ${pure}
only-arm==1.0 ; platform_machine == "aarch64" \\
    ${arm}
    # via native
colorama==0.4.6 ; sys_platform == 'win32' ${nowhere}
`;
});
afterAll(() => {
  for (const workspace of workspaces) workspace.remove();
  fs.rmSync(directory, { recursive: true });
});

function make(): Workspace {
  const workspace = makeWorkspace();
  workspaces.push(workspace);
  workspace.write('containerfiles/python-builder/pin.json', pin);
  workspace.write(
    'svc/app/Containerfile',
    `FROM localhost/p/base-python-builder AS compile
WORKDIR /src
COPY . .
RUN ["compile-python", "--requirements=requirements.lock", "app", "main.py"]
FROM scratch
COPY --from=compile /out/dependencies /dependencies
COPY --from=compile /out/application /application
`,
  );
  workspace.write('svc/app/requirements.lock', lock);
  workspace.write('svc/app/app/__init__.py', source(2));
  workspace.write('svc/app/app/page.html', '<p>');
  workspace.write('svc/app/main.py', 'import app\n');
  // Bytecode of the developer's own runs enters neither key nor image.
  workspace.write('svc/app/app/__pycache__/__init__.cpython-311.pyc', String(workspaces.length));
  return workspace;
}

const build = (workspace: Workspace, cache: string, env: NodeJS.ProcessEnv = {}) =>
  workspace.nx(['build-image', 'app'], {
    PRISM_CACHE_DIR: cache,
    PIP_CONFIG_FILE: '/dev/null',
    PIP_NO_INDEX: '1',
    PIP_FIND_LINKS: wheels,
    ...env,
  });
const listed = (workspace: Workspace, platform: string) =>
  fs
    .readdirSync(workspace.path(`dist/compile/app/linux-${platform}`), {
      recursive: true,
      withFileTypes: true,
    })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).split(`linux-${platform}/`)[1]!)
    .sort();

test('both platforms; another place, cache, user settings, umask and time zone give the same digest', async () => {
  const one = make();
  expect(await build(one, caches.first)).toMatchObject({ status: 0 });
  const names = ['METADATA', 'RECORD', 'WHEEL'].map((name) => `only_arm-1.0.dist-info/${name}`);
  const arm = [...names, 'only_arm.py'];
  const onlyArm = [...arm, '__pycache__/only_arm.cpython-311.pyc'].map((path) => `dependencies/${path}`);
  expect(listed(one, 'amd64')).toEqual(listed(one, 'arm64').filter((path) => !onlyArm.includes(path)));
  expect(listed(one, 'arm64')).toEqual(
    [
      ...onlyArm,
      'application/app/__init__.py',
      'application/app/__pycache__/__init__.cpython-311.pyc',
      'application/app/page.html',
      'application/main.py',
      'application/__pycache__/main.cpython-311.pyc',
      'dependencies/__pycache__/extra.cpython-311.pyc',
      'dependencies/extra.py',
      'dependencies/native-1.0.dist-info/METADATA',
      'dependencies/native-1.0.dist-info/RECORD',
      'dependencies/native-1.0.dist-info/WHEEL',
      'dependencies/native/__init__.py',
      'dependencies/native/__pycache__/__init__.cpython-311.pyc',
      'dependencies/native/fast.cpython-311.so',
      'dependencies/pure_one-1.0.dist-info/METADATA',
      'dependencies/pure_one-1.0.dist-info/RECORD',
      'dependencies/pure_one-1.0.dist-info/WHEEL',
      'dependencies/pure_one/__init__.py',
      'dependencies/pure_one/__pycache__/__init__.cpython-311.pyc',
      'dependencies/pure_one/data.txt',
      'dependencies/pure_one/template.py',
    ].sort(),
  );
  const read = (platform: string, path: string) =>
    fs.readFileSync(one.path(`dist/compile/app/linux-${platform}/${path}`));
  for (const [platform, machine] of [
    ['amd64', 62],
    ['arm64', 183],
  ] as const) {
    const object = read(platform, 'dependencies/native/fast.cpython-311.so');
    expect(object.readUInt16LE(18)).toBe(machine);
    expect([object.includes('shown'), object.includes('hidden'), object.includes('.debug_info')]).toEqual([
      true,
      false,
      false,
    ]);
  }
  // PEP 552: by hash of the source, and never compared with it.
  const bytecode = read('amd64', 'application/app/__pycache__/__init__.cpython-311.pyc');
  expect(bytecode.readUInt32LE(4)).toBe(1);
  expect(bytecode.includes(one.root)).toBe(false);

  const two = make();
  const settings = {
    PYTHONOPTIMIZE: '2',
    PYTHONHASHSEED: '7',
    PYTHONPATH: one.path('svc/app'),
    SOURCE_DATE_EPOCH: '1',
    TZ: 'Asia/Tokyo',
    LC_ALL: 'C',
  };
  const umask = process.umask(0o077);
  try {
    expect(await build(two, caches.second, settings)).toMatchObject({ status: 0 });
  } finally {
    process.umask(umask);
  }
  expect(digestOf(two, 'app')).toBe(digestOf(one, 'app'));
});

test('an edit needs no index and changes the application alone; an error names file and line', async () => {
  const workspace = make();
  const offline = { PIP_FIND_LINKS: '/nowhere' };
  expect(await build(workspace, caches.first, offline)).toMatchObject({ status: 0 });
  const layers = () =>
    JSON.parse(workspace.read('dist/images/app/digest.json')).platforms[0].layers.map(
      ({ digest }: { digest: string }) => digest,
    );
  const before = layers();
  workspace.write('svc/app/app/__init__.py', source(3));
  expect(await build(workspace, caches.first, offline)).toMatchObject({ status: 0 });
  expect(layers()[0]).toBe(before[0]);
  expect(layers()[1]).not.toBe(before[1]);
  workspace.write('svc/app/app/__init__.py', 'x = 1\nif:\n');
  const wrong = await build(workspace, caches.first, offline);
  expect(wrong.status).toBe(1);
  expect(wrong.output).toMatch(/svc\/app\/Containerfile:4: COMPILE_FAILED[\s\S]*app\/__init__\.py:2: /);
});

test('a wheel that is not the locked one, and a lock without hashes, are refused', async () => {
  const workspace = make();
  const altered = lock.replace(/(pure-one\S+ ; .* --hash=sha256:)\w{8}/, '$100000000');
  workspace.write('svc/app/requirements.lock', altered);
  const ran = await build(workspace, caches.first);
  expect(ran.status).toBe(1);
  expect(ran.output).toMatch(
    /svc\/app\/Containerfile:4: HASH_DIFFERS: pure-one 1\.0 does not match the lock/,
  );
  workspace.write('svc/app/requirements.lock', 'pure-one==1.0\n');
  const bare = await build(workspace, caches.first);
  expect(bare.output).toMatch(
    /svc\/app\/requirements\.lock:1: LOCK_UNUSABLE: requirements without --hash: pure-one \(line 1\)/,
  );
});

test('what lies in the cache is checked again when it is used', async () => {
  const workspace = make();
  const cache = join(directory, 'cache-3');
  expect(await build(workspace, cache)).toMatchObject({ status: 0 });
  const fetched = join(cache, 'python/wheels/cp311-linux-x86_64');
  const kept = fs.readdirSync(fetched, { recursive: true }).find((name) => `${name}`.includes('pure_one'));
  fs.appendFileSync(join(fetched, String(kept)), 'altered');
  workspace.write('svc/app/app/__init__.py', source(4));
  const ran = await build(workspace, cache);
  expect(ran.status).toBe(1);
  expect(ran.output).toMatch(/COMPILE_FAILED[\s\S]*no wheel of pure-one 1\.0 with a hash of the lock/);
});

test('bytecode of the library: of the modules that are named, and for both platforms the same', async () => {
  const workspace = make();
  const stage = (modules: string) =>
    `FROM localhost/p/base-python-builder AS compile\nRUN ["compile-python-library", ${modules}]\nFROM scratch\nCOPY --from=compile /out /\n`;
  workspace.write('svc/app/Containerfile', stage('"json", "abc"'));
  expect(await build(workspace, caches.first)).toMatchObject({ status: 0 });
  const expected = ['__init__', 'decoder', 'encoder', 'scanner', 'tool'].map(
    (name) => `usr/lib/python3.11/json/__pycache__/${name}.cpython-311.pyc`,
  );
  const own = ['usr/lib/python3.11/__pycache__/abc.cpython-311.pyc', ...expected];
  expect(listed(workspace, 'amd64')).toEqual(own);
  workspace.write('svc/app/Containerfile', stage('"json", "nosuch"'));
  expect((await build(workspace, caches.first)).output).toMatch(/COMPILE_FAILED[\s\S]*has no nosuch/);
});

test('the lock is made of requirements.in, by pip, for both platforms', async () => {
  const workspace = make();
  const settings = { PIP_CONFIG_FILE: '/dev/null', PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels };
  const relock = () => workspace.nx(['g', 'prism:lock', '--project=app'], settings);
  workspace.write('svc/app/requirements.in', 'pure-one\nnative\nonly-arm; platform_machine == "aarch64"\n');
  workspace.write('svc/app/requirements.lock', 'gone==1.0\n');
  const first = await relock();
  expect(first.output).toMatch(/- gone 1\.0[\s\S]*\+ native 1\.0[\s\S]*\+ pure-one 1\.0/);
  const hashes = (text: string) => text.match(/[0-9a-f]{64}/g)?.sort();
  const written = workspace.read('svc/app/requirements.lock');
  expect(hashes(written)).toEqual(hashes(lock)?.filter((one) => !/^0+$/.test(one)));
  expect(written).toContain('only-arm==1.0 ; platform_machine == "aarch64" \\\n');
  expect((await relock()).output).toContain('app: nothing changed');
  expect(await build(workspace, caches.first)).toMatchObject({ status: 0 });
  fs.renameSync(join(wheels, 'native-1.0-cp311-cp311-manylinux_2_17_aarch64.whl'), join(directory, 'away'));
  const gone = await relock();
  expect(gone.status).toBe(1);
  expect(gone.output).toMatch(/WHEELS_UNRESOLVED: pip finds no wheels for linux\/arm64[\s\S]*native/);
});

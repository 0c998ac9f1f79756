import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePin } from '../src/index';
import { python } from '../src/python';
import { amd64, arm64, machineOf, requestOf } from './support';

const argv = ['compile-python', '--requirements=requirements.lock', 'app'];
const library = ['compile-python-library', 'asyncio', 'json'];
const toolchain = { command: '/usr/bin/python3.11', root: '/usr' };

test.each([
  [argv, { units: ['app'], flags: { requirements: 'requirements.lock' } }],
  [['compile-python', 'app', 'main.py'], { units: ['app', 'main.py'], flags: {} }],
  [
    ['compile-python', '--requirements', 'deploy/requirements.txt', 'src/app'],
    { units: ['src/app'], flags: { requirements: 'deploy/requirements.txt' } },
  ],
  [library, { units: ['asyncio', 'json'], flags: { library: '' } }],
  [['compile-python-library'], { units: [], flags: { library: '' } }],
])('recognises %j', (command, expected) => {
  expect(python.recognise(command)).toEqual({ language: 'python', ...expected });
});

test.each([
  [['compile-python']],
  [['compile-python', '--requirements=requirements.lock']],
  // Fetching is keyed by the lockfiles' names.
  [['compile-python', '--requirements=other.lock', 'app']],
  // Nothing outside the sources is read, and no program of the host is named.
  [['compile-python', '/etc']],
  [['compile-python', '../../home']],
  [['compile-python', 'app/../../x']],
  [['compile-python', '--requirements=/tmp/requirements.lock', 'app']],
  [['compile-python', '--requirements=../requirements.lock', 'app']],
  [['compile-python', '--strip=/bin/evil', 'app']],
  [['compile-python', '--wheels=/tmp', 'app']],
  [['compile-python-library', '--out=/tmp']],
  [['python3', '-m', 'compileall']],
])('does not recognise %j', (command) => {
  expect(python.recognise(command)).toBeUndefined();
});

test('argv and environment of a compile: one program a platform, on standard input, isolated', () => {
  const calls = python.compile(requestOf(python, argv, { toolchain }));
  expect(calls.map(({ input: _, ...call }) => call)).toMatchInlineSnapshot(`
[
  {
    "argv": [
      "/usr/bin/python3.11",
      "-I",
      "-S",
      "-B",
      "-",
      "--out=/w/out/linux-amd64",
      "application",
      "--requirements=requirements.lock",
      "--wheels=/c/python/wheels/cp311-linux-x86_64",
      "--unpacked=/c/python/unpacked",
      "--strip=/usr/bin/x86_64-linux-gnu-strip",
      "--",
      "app",
    ],
    "cwd": "/w/source/src/x",
    "env": {
      "HOME": "/h",
      "LANG": "C.UTF-8",
      "PATH": "/usr/bin:/bin",
      "TZ": "UTC",
    },
  },
  {
    "argv": [
      "/usr/bin/python3.11",
      "-I",
      "-S",
      "-B",
      "-",
      "--out=/w/out/linux-arm64",
      "application",
      "--requirements=requirements.lock",
      "--wheels=/c/python/wheels/cp311-linux-aarch64",
      "--unpacked=/c/python/unpacked",
      "--strip=/usr/bin/aarch64-linux-gnu-strip",
      "--",
      "app",
    ],
    "cwd": "/w/source/src/x",
    "env": {
      "HOME": "/h",
      "LANG": "C.UTF-8",
      "PATH": "/usr/bin:/bin",
      "TZ": "UTC",
    },
  },
]
`);
  for (const { input } of calls) expect(input).toContain('def write_bytecode(');
});

test('the library is compiled without wheels, and fetches nothing', () => {
  const request = requestOf(python, library, { toolchain, targets: [arm64] });
  const own = '/usr/bin/python3.11 -I -S -B - --out=/w/out/linux-arm64 library -- asyncio json';
  expect(python.compile(request).map((call) => call.argv.join(' '))).toEqual([own]);
  expect(python.fetch(request)).toEqual([]);
  expect(python.fetch(requestOf(python, ['compile-python', 'app'], { toolchain }))).toEqual([]);
});

test('fetching takes wheels only, by hash, for the platform that is built', () => {
  const calls = python.fetch(requestOf(python, argv, { toolchain, targets: [amd64, arm64] }));
  expect(calls.map((call) => call.argv.join(' '))).toMatchInlineSnapshot(`
[
  "/usr/bin/python3.11 -I -m pip download --quiet --no-input --no-deps --require-hashes --no-cache-dir --disable-pip-version-check --dest=/c/python/wheels/cp311-linux-x86_64 --only-binary=:all: --implementation=cp --python-version=3.11 --abi=cp311 --abi=abi3 --abi=none --platform=manylinux_2_36_x86_64 --platform=manylinux_2_35_x86_64 --platform=manylinux_2_34_x86_64 --platform=manylinux_2_33_x86_64 --platform=manylinux_2_32_x86_64 --platform=manylinux_2_31_x86_64 --platform=manylinux_2_30_x86_64 --platform=manylinux_2_29_x86_64 --platform=manylinux_2_28_x86_64 --platform=manylinux_2_27_x86_64 --platform=manylinux_2_26_x86_64 --platform=manylinux_2_25_x86_64 --platform=manylinux_2_24_x86_64 --platform=manylinux_2_23_x86_64 --platform=manylinux_2_22_x86_64 --platform=manylinux_2_21_x86_64 --platform=manylinux_2_20_x86_64 --platform=manylinux_2_19_x86_64 --platform=manylinux_2_18_x86_64 --platform=manylinux_2_17_x86_64 --platform=manylinux2014_x86_64 --platform=linux_x86_64 --requirement=/w/source/src/x/requirements.lock",
  "/usr/bin/python3.11 -I -m pip download --quiet --no-input --no-deps --require-hashes --no-cache-dir --disable-pip-version-check --dest=/c/python/wheels/cp311-linux-aarch64 --only-binary=:all: --implementation=cp --python-version=3.11 --abi=cp311 --abi=abi3 --abi=none --platform=manylinux_2_36_aarch64 --platform=manylinux_2_35_aarch64 --platform=manylinux_2_34_aarch64 --platform=manylinux_2_33_aarch64 --platform=manylinux_2_32_aarch64 --platform=manylinux_2_31_aarch64 --platform=manylinux_2_30_aarch64 --platform=manylinux_2_29_aarch64 --platform=manylinux_2_28_aarch64 --platform=manylinux_2_27_aarch64 --platform=manylinux_2_26_aarch64 --platform=manylinux_2_25_aarch64 --platform=manylinux_2_24_aarch64 --platform=manylinux_2_23_aarch64 --platform=manylinux_2_22_aarch64 --platform=manylinux_2_21_aarch64 --platform=manylinux_2_20_aarch64 --platform=manylinux_2_19_aarch64 --platform=manylinux_2_18_aarch64 --platform=manylinux_2_17_aarch64 --platform=manylinux2014_aarch64 --platform=linux_aarch64 --requirement=/w/source/src/x/requirements.lock",
]
`);
  expect(calls[0]!.cwd).toBe('/h');
});

test('a stage and the user cannot change bytes', () => {
  process.env.PYTHONOPTIMIZE = '2';
  const environment = () => ({ PYTHONPATH: '/evil', PATH: '/evil', LANG: 'tr_TR' });
  const [call] = python.compile(requestOf(python, argv, { toolchain, environment }));
  expect(call!.env).toEqual({ PATH: '/usr/bin:/bin', HOME: '/h', LANG: 'C.UTF-8', TZ: 'UTC' });
  delete process.env.PYTHONOPTIMIZE;
});

describe('toolchain', () => {
  const paragraph = (name: string, version: string) =>
    `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`;
  const machine = (...paragraphs: string[]) =>
    machineOf({ '/usr/bin/python3.11': '', '/var/lib/dpkg/status': paragraphs.join('\n') });
  const pin = { language: 'python', version: '3.11.2', packages: { 'python3.11-minimal': '3.11.2-6' } };

  test('found', () => {
    const found = python.findToolchain(pin, machine(paragraph('python3.11-minimal', '3.11.2-6')), '/c');
    expect(found).toEqual({ ok: true, value: toolchain });
  });

  test('another package, or another upstream version where no packages are pinned, differs', () => {
    const newer = machine(paragraph('python3.11-minimal', '3.11.3-1'));
    expect(python.findToolchain(pin, newer, '/c')).toMatchObject({
      ok: false,
      failures: [{ code: 'TOOLCHAIN_DIFFERS', what: expect.stringContaining('Python 3.11.2') }],
    });
    expect(python.findToolchain({ ...pin, packages: {} }, newer, '/c')).toMatchObject({
      ok: false,
      failures: [{ code: 'TOOLCHAIN_DIFFERS', why: 'python3.11-minimal: pinned 3.11.2, here 3.11.3' }],
    });
  });

  test('missing', () => {
    expect(python.findToolchain({ ...pin, packages: {} }, machineOf({}), '/c')).toMatchObject({
      ok: false,
      failures: [{ code: 'TOOLCHAIN_MISSING', why: 'there is no /usr/bin/python3.11' }],
    });
  });

  // Bytecode is never compared with its source, so it must be the source of just these packages.
  test('the pin names the packages that the base holds', () => {
    const read = (path: string) => readFileSync(join(__dirname, '../../../containerfiles', path), 'utf8');
    const own = parsePin(read('python-builder/pin.json'), 'pin.json');
    const lock = JSON.parse(read('python-runtime/rootfs.lock.json')) as {
      architectures: Record<string, { packages: { name: string; version: string }[] }>;
    };
    if (!own.ok) throw new Error('the pin cannot be read');
    const wanted = Object.entries(own.value.packages).filter(([name]) => name.includes('python'));
    expect(wanted).toHaveLength(3);
    for (const { packages } of Object.values(lock.architectures)) {
      const versions = new Map(packages.map(({ name, version }) => [name, version]));
      for (const [name, version] of wanted) expect([name, versions.get(name)]).toEqual([name, version]);
    }
  });
});

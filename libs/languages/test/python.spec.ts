import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePin } from '../src/index';
import { python } from '../src/python';
import { program } from '../src/python/program';
import { amd64, arm64, machineOf, requestOf } from './support';

const argv = ['compile-python', '--requirements=requirements.lock', 'app'];
const library = ['compile-python-library', 'asyncio', 'json'];
const fixed = { PATH: '/usr/bin:/bin', HOME: '/h', LANG: 'C.UTF-8', TZ: 'UTC' };
const toolchain = { command: '/usr/bin/python3.11', root: '/usr' };

test.each([
  [argv, { units: ['app'], flags: { requirements: 'requirements.lock' } }],
  [['compile-python', 'app', 'main.py'], { units: ['app', 'main.py'], flags: {} }],
  [
    ['compile-python', '--requirements', 'deploy/requirements.txt', 'src/app'],
    { units: ['src/app'], flags: { requirements: 'deploy/requirements.txt' } },
  ],
  [
    ['compile-python', '--stamp=app/_version.py', '--requirements=requirements-extras.txt', 'app'],
    { units: ['app'], flags: { requirements: 'requirements-extras.txt', stamp: 'app/_version.py' } },
  ],
  [library, { units: ['asyncio', 'json'], flags: { library: '' } }],
  [['compile-python-library'], { units: [], flags: { library: '' } }],
])('recognises %j', (command, expected) => {
  expect(python.command.recognise(command)).toEqual({ language: 'python', ...expected });
});

test.each([
  [['compile-python']],
  [['compile-python', '--requirements=requirements.lock']],
  // Nothing outside the sources is read, and no program of the host is named.
  [['compile-python', '/etc']],
  [['compile-python', '../../home']],
  [['compile-python', 'app/../../x']],
  [['compile-python', '--requirements=/tmp/requirements.lock', 'app']],
  [['compile-python', '--requirements=../requirements.lock', 'app']],
  [['compile-python', '--stamp=/etc/x.py', 'app']],
  [['compile-python', '--stamp=../x.py', 'app']],
  [['compile-python', '--unpacked=/bin/evil', 'app']],
  [['compile-python', '--wheels=/tmp', 'app']],
  [['compile-python-library', '--out=/tmp']],
  [['python3', '-m', 'compileall']],
])('does not recognise %j', (command) => {
  expect(python.command.recognise(command)).toBeUndefined();
});

test('argv and environment of a compile: one program a platform, on standard input, isolated', () => {
  const calls = python.compiler.compile(requestOf(python, argv, { toolchain }));
  expect(calls.map((call) => call.argv.join(' '))).toEqual([
    '/usr/bin/python3.11 -I -S -B - application --machine=x86_64 --requirements=requirements.lock --wheels=/c/python/wheels/cp311-linux-x86_64 --unpacked=/c/python/unpacked --out=/w/out/linux-amd64 -- app',
    '/usr/bin/python3.11 -I -S -B - application --machine=aarch64 --requirements=requirements.lock --wheels=/c/python/wheels/cp311-linux-aarch64 --unpacked=/c/python/unpacked --out=/w/out/linux-arm64 -- app',
  ]);
  for (const { input, cwd, env } of calls) {
    expect(input).toMatch(/def write_bytecode\([\s\S]*def read_lock\([\s\S]*\nmain\(\)\n$/);
    expect({ cwd, env }).toEqual({ cwd: '/w/source/src/x', env: fixed });
  }
});

test('the program is what `cat *.py` gives in a builder base', () => {
  const directory = join(__dirname, '../src/python/program');
  const texts = readdirSync(directory)
    .sort()
    .map((name) => readFileSync(join(directory, name), 'utf8'));
  const lines = (text: string) => text.split('\n').filter(Boolean);
  expect(lines(program)).toEqual(lines(texts.join('\n')));
});

test('the version of the stage goes into the module that --stamp names', () => {
  const stamped = ['compile-python', '--stamp=app/_version.py', 'app'];
  const environment = () => ({ VERSION: '1.2' });
  const [call] = python.compiler.compile(requestOf(python, stamped, { toolchain, environment }));
  expect(call!.argv).toEqual(expect.arrayContaining(['--stamp=app/_version.py', '--version=1.2']));
  const [plain] = python.compiler.compile(requestOf(python, argv, { toolchain, environment }));
  expect(plain!.argv.join(' ')).not.toContain('1.2');
});

test('the library is compiled without wheels, and fetches nothing', () => {
  const request = requestOf(python, library, { toolchain, targets: [arm64] });
  const own = '/usr/bin/python3.11 -I -S -B - library --out=/w/out/linux-arm64 -- asyncio json';
  expect(python.compiler.compile(request).map((call) => call.argv.join(' '))).toEqual([own]);
  expect(python.dependencies!.fetch(request)).toEqual([]);
  expect(python.dependencies!.fetch(requestOf(python, ['compile-python', 'app'], { toolchain }))).toEqual([]);
});

test('fetching is for the platform that is built, where the stage says', () => {
  const environment = () => ({
    PIP_EXTRA_INDEX_URL: 'https://x/simple',
    PIP_TARGET: '/evil',
    PYTHONPATH: '/evil',
  });
  const calls = python.dependencies!.fetch(
    requestOf(python, argv, { toolchain, targets: [amd64, arm64], environment }),
  );
  expect(calls.map((call) => call.argv.join(' '))).toEqual([
    '/usr/bin/python3.11 -I -S -B - fetch --machine=x86_64 --requirements=requirements.lock --wheels=/c/python/wheels/cp311-linux-x86_64',
    '/usr/bin/python3.11 -I -S -B - fetch --machine=aarch64 --requirements=requirements.lock --wheels=/c/python/wheels/cp311-linux-aarch64',
  ]);
  for (const { env } of calls) expect(env).toEqual({ ...fixed, PIP_EXTRA_INDEX_URL: 'https://x/simple' });
});

test('a stage and the user cannot change bytes', () => {
  process.env.PYTHONOPTIMIZE = '2';
  const environment = () => ({ PYTHONPATH: '/evil', PATH: '/evil', LANG: 'tr_TR' });
  const [call] = python.compiler.compile(requestOf(python, argv, { toolchain, environment }));
  expect(call!.env).toEqual(fixed);
  delete process.env.PYTHONOPTIMIZE;
});

describe('toolchain', () => {
  const paragraph = (name: string, version: string) =>
    `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`;
  const machine = (...paragraphs: string[]) =>
    machineOf({ '/usr/bin/python3.11': '', '/var/lib/dpkg/status': paragraphs.join('\n') });
  const pin = { language: 'python', version: '3.11.2', packages: { 'python3.11-minimal': '3.11.2-6' } };

  test('found', () => {
    const found = python.toolchain.find(pin, machine(paragraph('python3.11-minimal', '3.11.2-6')), '/c');
    expect(found).toEqual({ ok: true, value: toolchain });
  });

  test('another package, or another upstream version where no packages are pinned, differs', () => {
    const newer = machine(paragraph('python3.11-minimal', '3.11.3-1'));
    expect(python.toolchain.find(pin, newer, '/c')).toMatchObject({
      ok: false,
      failures: [{ code: 'TOOLCHAIN_DIFFERS', what: expect.stringContaining('Python 3.11.2') }],
    });
    expect(python.toolchain.find({ ...pin, packages: {} }, newer, '/c')).toMatchObject({
      ok: false,
      failures: [{ code: 'TOOLCHAIN_DIFFERS', why: 'python3.11-minimal: pinned 3.11.2, here 3.11.3' }],
    });
  });

  test('missing', () => {
    expect(python.toolchain.find({ ...pin, packages: {} }, machineOf({}), '/c')).toMatchObject({
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

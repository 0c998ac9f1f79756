import type { CheckedSources } from '../src/index';
import { python } from '../src/python';
import { isOne, readPoetryRanges, readProjectPython, readVersionFile } from '../src/python/versions';
import { readerOf } from './closures';
import { amd64, arm64 } from './support';

const hash = `--hash=sha256:${'0'.repeat(64)}`;
const at = { file: 'svc/Containerfile', line: 4 };
const argv = ['compile-python', '--requirements=requirements.txt', 'app'];

interface Stage {
  readonly files?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
}

/** Failures, a line each: place, code, what. */
function check({ files = {}, environment = {}, argv: command = argv }: Stage): string[] {
  const reader = readerOf({ 'src/requirements.txt': `six==1 ${hash}\n`, ...files });
  const sources: CheckedSources = { ...reader, placeOf: (path) => path.replace(/^src/, 'svc') };
  const request = {
    recognised: python.command.recognise(command)!,
    targets: [amd64, arm64],
    working: 'src',
    pin: { language: 'python', version: '3.11.2', packages: {} },
    environment: () => environment,
    at,
  };
  return python.command.check!(request, sources).map(
    (one) => `${one.at?.file}${one.at?.line ? `:${one.at.line}` : ''}: ${one.code}: ${one.what}`,
  );
}

test('an ordinary stage has nothing to refuse', () => {
  const environment = {
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    PYTHONHASHSEED: '0',
    SOURCE_DATE_EPOCH: '0',
    PIP_INDEX_URL: 'https://index.example/simple',
    PIP_FIND_LINKS: 'https://a.example/ https://b.example/',
    PIP_NO_CACHE_DIR: '1',
    PIP_NO_BINARY: '',
    VERSION: '1',
    MY_OWN: 'x',
  };
  expect(check({ environment })).toEqual([]);
});

test.each([
  ['PYTHONOPTIMIZE', '2', 'PYTHONOPTIMIZE=2: bytecode is always compiled without -O'],
  ['PYTHONPATH', '/src', 'PYTHONPATH has no effect in the compile stage, where nothing is imported'],
  ['PIP_NO_BINARY', ':all:', 'PIP_NO_BINARY is not passed on to pip'],
  ['PIP_CONFIG_FILE', '/src/pip.conf', 'PIP_CONFIG_FILE is not passed on to pip'],
  ['PIP_CONSTRAINT', 'c.txt', 'PIP_CONSTRAINT is not passed on to pip'],
  ['PIP_FIND_LINKS', '/src/wheels', 'PIP_FIND_LINKS names a directory: /src/wheels'],
  ['UV_INDEX_URL', 'https://x/', 'UV_INDEX_URL has no effect: pip fetches the lock, uv does not run'],
  [
    'POETRY_HTTP_BASIC_X_USERNAME',
    'u',
    'POETRY_HTTP_BASIC_X_USERNAME has no effect: pip fetches the lock, poetry does not run',
  ],
])('%s=%s is refused once, whatever the platforms', (name, value, what) => {
  expect(check({ environment: { [name]: value } })).toEqual([
    `svc/Containerfile:4: SETTING_NOT_HONOURED: ${what}`,
  ]);
});

test('pip.conf where pip would find it, and indexes that pip does not know', () => {
  expect(check({ files: { 'etc/pip.conf': '[global]' } })).toEqual([
    'etc/pip.conf: SETTING_NOT_HONOURED: pip does not read /etc/pip.conf in the compile stage',
  ]);
  const pyproject = `[[tool.uv.index]]\nurl = "https://u:secret@own.example/simple/"\n[[tool.uv.index]]\nurl = "https://pypi.org/simple"\n[[tool.poetry.source]]\nurl = "https://two.example"\n`;
  const files = { 'src/pyproject.toml': pyproject };
  const unknown = (host: string) =>
    `svc/pyproject.toml: SETTING_NOT_HONOURED: pip fetches the lock without the index https://${host}`;
  expect(check({ files })).toEqual([unknown('own.example/simple/'), unknown('two.example')]);
  const requirements = `--extra-index-url https://own.example/simple\nsix==1 ${hash}\n`;
  const environment = { PIP_EXTRA_INDEX_URL: 'https://two.example/' };
  expect(check({ files: { ...files, 'src/requirements.txt': requirements }, environment })).toEqual([]);
  expect(check({ files, argv: ['compile-python', 'app'] })).toEqual([]);
});

test('the Python that the sources state, nearest first, each file once', () => {
  const differs = (place: string, asked: string) =>
    `${place}: TOOLCHAIN_DIFFERS: the sources are for Python ${asked}, and Python 3.11.2 is pinned`;
  expect(check({ files: { 'src/.python-version': '# mine\n3.12\n' } })).toEqual([
    differs('svc/.python-version:2', '3.12'),
  ]);
  expect(check({ files: { 'src/.python-version': '3.11\n', '.python-version': '3.12\n' } })).toEqual([]);
  const pyproject = (python: string) => `[project]\nrequires-python = "${python}"\n`;
  expect(
    check({ files: { 'src/app/pyproject.toml': pyproject('>=3.12'), 'pyproject.toml': pyproject('>=3.8') } }),
  ).toEqual([differs('svc/app/pyproject.toml', '>=3.12')]);
  expect(check({ files: { 'src/.python-version': 'pypy3.11-7.3.19\n' } })).toEqual([
    differs('svc/.python-version:1', 'pypy3.11-7.3.19, which is not a version of CPython'),
  ]);
});

test.each([
  ['3.11', true],
  ['3', true],
  ['3.11.2', true],
  ['3.11.7', false],
  ['3.1', false],
  ['cpython-3.11', true],
  ['cpython@3.12', false],
  ['python3.11', true],
  ['3.12-dev', false],
  ['3.11.2/envs/mine', true],
  ['>=3.8,<3.12', true],
  ['pypy3.11', false],
  ['nonsense', false],
])('.python-version %s: %s', (text, expected) => {
  expect(readVersionFile(text).map((one) => isOne(one, '3.11.2'))).toEqual([expected]);
});

test('.python-version that says nothing', () => {
  expect(['', '# 3.12\n', 'system\n'].flatMap(readVersionFile)).toEqual([]);
});

test.each([
  ['^3.11', true],
  ['^3.12', false],
  ['~3.11', true],
  ['~3.10', false],
  ['^2.7 || ^3.6', true],
  ['>=3.8,<4.0', true],
  ['>=3.8, !=3.11.2', false],
  ['3.11.*', true],
  ['3.11.2', true],
  ['3.10', false],
  ['*', true],
  ['latest', false],
])("Poetry's %s: %s", (text, expected) => {
  expect(isOne({ text, ranges: readPoetryRanges(text) }, '3.11.2')).toBe(expected);
});

test('pyproject.toml that says nothing, or is none', () => {
  expect(
    ['', '[project]\nname = "x"', '[[[', '[project]\nrequires-python = 3'].flatMap(readProjectPython),
  ).toEqual([]);
});

test('a lock: what each file holds that cannot be honoured, what is not there, and other formats', () => {
  const lock = (text: string, more: Readonly<Record<string, string>> = {}) =>
    check({ files: { 'src/requirements.txt': text, ...more } });
  expect(lock(`-r base.txt\nsix==1\nuvicorn==2\n`, { 'src/base.txt': `-e .\n` })).toEqual([
    'svc/requirements.txt:2: LOCK_UNUSABLE: requirements without --hash: six (line 2), uvicorn (line 3)',
    'svc/base.txt:1: LOCK_UNUSABLE: `-e .` installs sources',
  ]);
  expect(lock('-r ../../x.txt\n-c none.txt\n')).toEqual([
    'svc/requirements.txt:1: LOCK_UNUSABLE: ../../x.txt is not in the compile stage',
    'svc/requirements.txt:2: LOCK_UNUSABLE: none.txt is not in the compile stage',
  ]);
  const named = (name: string) => check({ argv: ['compile-python', `--requirements=${name}`, 'app'] });
  expect(named('other.txt')).toEqual([
    'svc/Containerfile:4: LOCK_UNUSABLE: no COPY of the compile stage brings other.txt',
  ]);
  for (const name of [
    'uv.lock',
    'poetry.lock',
    'pdm.lock',
    'Pipfile.lock',
    'pylock.toml',
    'pylock.dev.toml',
    'requirements.in',
  ])
    expect(named(name)).toEqual([
      `svc/Containerfile:4: LOCK_UNUSABLE: ${name} is not a lock in pip's format`,
    ]);
});

test('a version is written into a module of what is compiled, and there must be one', () => {
  const stamp = (path: string, environment = {}) =>
    check({ argv: ['compile-python', `--stamp=${path}`, 'app'], environment });
  expect(stamp('app/_version.py', { VERSION: '1' })).toEqual([]);
  expect(stamp('app/_version.py')).toEqual([
    'svc/Containerfile:4: SETTING_NOT_HONOURED: --stamp=app/_version.py has no version to write',
  ]);
  expect(stamp('apple/x.py', { VERSION: '1' })).toEqual([
    'svc/Containerfile:4: SETTING_NOT_HONOURED: --stamp=apple/x.py is not a module of app',
  ]);
});

test('of the library only the variables count', () => {
  const command = ['compile-python-library', 'json'];
  expect(check({ argv: command, files: { '.python-version': '3.12' } })).toEqual([]);
  expect(check({ argv: command, environment: { PYTHONOPTIMIZE: '1' } })).toHaveLength(1);
});

import { python } from '../src/python';
import { listImports } from '../src/python/closure';
import { partsOf, read } from './closures';

/** Files that may say which Python it is, or where packages come from. */
const settings = /(^|\/)(\.python-version|pyproject\.toml|pip\.conf)$/;
const own = (reading: ReturnType<typeof read>) => partsOf(reading).filter((part) => !settings.test(part));

test('what is named, and of a library nothing', () => {
  const reading = read(python, ['compile-python', '--requirements=requirements.lock', 'app'], {}, 'src');
  expect(own(reading)).toEqual(['src/app', 'src/app/**', 'src/requirements.lock']);
  expect(partsOf(reading)).toEqual(
    expect.arrayContaining([
      'src/.python-version',
      '.python-version',
      'src/app/pyproject.toml',
      'etc/pip.conf',
    ]),
  );
  expect(partsOf(read(python, ['compile-python-library', 'json'], {}))).toEqual([]);
});

test('what a lock includes, and the wheels beside it', () => {
  const files = {
    'src/deploy/requirements-prod.txt': '-r base.txt\n--find-links wheels\n-c ../limits.txt # why\n',
    'src/deploy/base.txt': '-rrequirements-prod.txt\n--requirement="more.txt"\n',
    'src/limits.txt': 'six<2\n--find-links https://x/\n',
  };
  const argv = ['compile-python', '--requirements=deploy/requirements-prod.txt', 'app.py'];
  expect(own(read(python, argv, files, 'src'))).toEqual([
    'src/app.py',
    'src/app.py/**',
    'src/deploy/base.txt',
    'src/deploy/requirements-prod.txt',
    'src/deploy/wheels',
    'src/deploy/wheels/**',
    'src/limits.txt',
  ]);
});

test('bytecode without a source counts; that of runs does not', () => {
  const except = (name: string) => read(python, ['compile-python', 'app'], { [name]: '' }).closure?.except;
  expect(except('app/__pycache__/x.cpython-311.pyc')).toEqual(['.pyc']);
  expect(except('app/secret.pyc')).toEqual([]);
});

test('which package imports which: packages of one root, and parts of a namespace', () => {
  const files = {
    'src/app/__main__.py': 'from sdk.run import run\nimport app.more\n',
    'src/app/deep/more.py': 'def f():\n    import json, wire.v1.messages as m\n',
    'src/app/deep/notes.txt': 'import other\n',
    'src/sdk/__init__.py': 'from .run import run\nfrom wire.v1 import messages\nfrom wirework import x\n',
    'src/wire/v1/messages.py': '',
    'src/other/__init__.py': '',
  };
  const { closure } = read(python, ['compile-python', 'app', 'sdk', 'wire/v1', 'other'], files, 'src');
  expect(closure?.uses).toEqual([
    { from: 'src/app/__main__.py', to: 'src/sdk' },
    { from: 'src/app/deep/more.py', to: 'src/wire/v1' },
    { from: 'src/sdk/__init__.py', to: 'src/wire/v1' },
  ]);
});

test('packages below a directory import each other by their names', () => {
  const files = { 'lib/a/__init__.py': 'import b\n', 'lib/b/__init__.py': '', 'main.py': 'import a\n' };
  const { closure } = read(python, ['compile-python', 'lib/a', 'lib/b', 'main.py'], files);
  expect(closure?.uses).toEqual([{ from: 'lib/a/__init__.py', to: 'lib/b' }]);
});

test.each([
  ['import a', ['a']],
  ['import a.b as c, d', ['a.b', 'd']],
  ['from a.b import (', ['a.b']],
  ['\tfrom a import b\r\n', ['a']],
  ['from . import a\nfrom .a import b\nfrom .. import c', []],
  ['import_ = 1\nfromage = 2\n# import a\nx = "import a"', []],
  ['import a\nimport a\nfrom a import b', ['a']],
])('imports of %j', (text, expected) => {
  expect(listImports(text)).toEqual(expected);
});

import { python } from '../src/python';
import { listImports } from '../src/python/closure';
import { partsOf, read } from './closures';

test('what is named, and of a library nothing', () => {
  const reading = read(python, ['compile-python', '--requirements=requirements.lock', 'app'], {}, 'src');
  expect(partsOf(reading)).toEqual(['src/app', 'src/app/**', 'src/requirements.lock']);
  expect(partsOf(read(python, ['compile-python-library', 'json'], {}))).toEqual([]);
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

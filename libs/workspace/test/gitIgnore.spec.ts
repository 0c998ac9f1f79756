import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openGitIgnore } from '../src/gitIgnore';

const files: Readonly<Record<string, string>> = {
  '.gitignore': 'dist/\n*.log\n!keep.log\n/out\nnested/**/gen\n# comment\nwith space\n',
  'apps/.gitignore': '!dist/\ntmp\n',
  'apps/api/.gitignore': '/build\n*.gen.ts\n',
};
const paths = [
  'dist/x',
  'dist/apps/api/main.js',
  'apps/dist/x',
  'apps/api/dist/main.js',
  'libs/dist/x',
  'a.log',
  'keep.log',
  'apps/api/a.log',
  'out/x',
  'apps/out/x',
  'nested/a/b/gen/x',
  'with space/x',
  'apps/tmp/x',
  'tmp/x',
  'apps/api/build/x',
  'apps/api/src/build/x',
  'apps/api/src/a.gen.ts',
  'apps/web/src/a.gen.ts',
  'src/main.ts',
];

/** Without lines that include again, one test of a path decides. */
const plainFiles = Object.fromEntries(
  Object.entries(files).map(([name, text]) => [name, text.replaceAll(/^!.*\n/gm, '')]),
);

test.each([
  ['', files],
  ['without lines that include again, ', plainFiles],
])('%signores what git ignores, also below a directory that is not there', (_, files) => {
  const root = fs.mkdtempSync(join(tmpdir(), 'prism-ignore-'));
  try {
    execFileSync('git', ['init', '-q', root]);
    for (const [name, text] of Object.entries(files)) {
      fs.mkdirSync(dirname(join(root, name)), { recursive: true });
      fs.writeFileSync(join(root, name), text);
    }
    const input = paths.join('\n');
    const said = execFileSync('git', ['check-ignore', '--no-index', '--stdin'], {
      cwd: root,
      input,
      encoding: 'utf8',
    });
    const isIgnored = openGitIgnore((path) => files[path]);
    expect(paths.filter(isIgnored)).toEqual(said.trim().split('\n'));
  } finally {
    fs.rmSync(root, { recursive: true, force: true });
  }
});

test('a directory that does not exist yet, the root, and what Nx alone ignores', () => {
  const isIgnored = openGitIgnore((path) => ({ ...files, '.nxignore': 'hidden\n' })[path]);
  expect(['dist', 'apps/dist', 'dist/*/x', 'hidden/x', '', '.', '../dist'].map(isIgnored)).toEqual([
    true,
    false,
    true,
    true,
    false,
    false,
    false,
  ]);
});

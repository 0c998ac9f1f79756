import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFiles, writeFiles } from '../../src/executors/bench/start/readFiles';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'prism-files-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('files are read from the workspace; each path that cannot be in an image, and each missing file, is named', () => {
  writeFileSync(join(directory, 'api.yaml'), 'listen: 1');
  expect(readFiles(directory, { '/etc/api.yaml': 'api.yaml' })).toEqual({
    ok: true,
    value: [{ path: '/etc/api.yaml', content: Buffer.from('listen: 1') }],
  });
  const read = readFiles(directory, {
    ...{ 'etc/api.yaml': 'api.yaml', '/../api.yaml': 'api.yaml', '/etc/': 'api.yaml', '/a:b': 'api.yaml' },
    ...{ '/none': 'none.yaml', '/directory': '.' },
  });
  expect(read.ok ? [] : read.failures.map(({ what }) => what.replace('option files of bench: ', ''))).toEqual(
    [
      'etc/api.yaml is no absolute path of a file in the image',
      '/../api.yaml is no absolute path of a file in the image',
      '/etc/ is no absolute path of a file in the image',
      '/a:b contains a colon',
      'there is no file none.yaml',
      'there is no file .',
    ],
  );
});

test('a file of the image is replaced, and a symbolic link of the image is not followed out of it', () => {
  const root = join(directory, 'root');
  mkdirSync(join(root, 'etc'), { recursive: true });
  writeFileSync(join(directory, 'outside'), 'old');
  symlinkSync(join(directory, 'outside'), join(root, 'etc/api.yaml'));
  symlinkSync(directory, join(root, 'run'));
  expect(writeFiles(root, [{ path: '/etc/api.yaml', content: Buffer.from('new') }]).ok).toBe(true);
  expect(readFileSync(join(root, 'etc/api.yaml'), 'utf8')).toBe('new');
  expect(readFileSync(join(directory, 'outside'), 'utf8')).toBe('old');
  const written = writeFiles(root, [{ path: '/run/deep/api.yaml', content: Buffer.from('new') }]);
  expect(JSON.stringify(written)).toContain('/run is a symbolic link in the image');
  expect(existsSync(join(directory, 'deep'))).toBe(false);
});

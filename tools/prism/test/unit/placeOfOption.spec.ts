import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findImporters } from '../../src/executors/bench/findImporters';
import { placeOfOption } from '../../src/nx/placeOfOption';

let root: string;
const write = (file: string, text: string) => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
};
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'prism-place-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const place = (value: string, target = 'bench') =>
  placeOfOption(root, { directory: 'api', target, executor: 'prism:bench', name: 'maxSize', value });

test('an option is found where Nx takes it from', () => {
  const options = (value: string) => `{ "options": {\n"maxSize": "${value}" } }`;
  write('api/project.json', `{ "targets": {\n // a remark\n "bench": ${options('1 MB')} } }`);
  write('api/package.json', `{ "nx": { "targets": {\n\n\n "bench": ${options('2 MB')} } } }`);
  write(
    'nx.json',
    `{ "targetDefaults": { "bench-debug": ${options('3 MB')},\n"prism:bench": ${options('4 MB')} } }`,
  );
  expect(place('1 MB')).toEqual({ file: 'api/project.json', line: 4 });
  expect(place('2 MB')).toEqual({ file: 'api/package.json', line: 5 });
  expect(place('3 MB', 'bench-debug')).toEqual({ file: 'nx.json', line: 2 });
  expect(place('4 MB')).toEqual({ file: 'nx.json', line: 4 });
  // Of the command line.
  expect(place('5 MB')).toBeUndefined();
});

test('a workspace without these files has no place', () => {
  expect(place('1 MB')).toBeUndefined();
});

test('a Go package is imported by a file of the project, or comes through one that is', () => {
  write('cmd/api/main.go', 'package main\n\nimport (\n\t"fmt"\n\tpb "example.com/api/gen"\n)\n');
  write('internal/run/serve.go', 'package run\n\nimport _ "google.golang.org/grpc/xds"\n');
  write('internal/run/serve_test.go', 'package run\n\nimport "testing"\n');
  write('vendor/x/x.go', 'package x\n\nimport "os"\n');
  expect(
    findImporters(root, [
      'fmt',
      'google.golang.org/grpc/xds/internal/client',
      'testing',
      'os',
      'example.com/api/gen',
    ]),
  ).toEqual(
    new Map([
      ['fmt', 'cmd/api/main.go'],
      ['google.golang.org/grpc/xds/internal/client', 'internal/run/serve.go'],
      ['example.com/api/gen', 'cmd/api/main.go'],
    ]),
  );
  expect(findImporters(join(root, 'none'), ['fmt'])).toEqual(new Map());
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tree } from '@prism-build/assemble';
import { compileFailure } from '@prism-build/errors';
import { placeFailures } from '../src/develop/placeFailures';

const file = (path: string) =>
  ({ type: 'file', mode: 0o644, uid: 0, gid: 0, content: { kind: 'file', path, size: 1 } }) as const;
const tree: Tree = new Map([
  ['src/plugins/x/main.go', file('/w/plugins/x/main.go')],
  ['src/libs/sdk/sdk.go', file('/w/libs/sdk/sdk.go')],
  ['src/plugins/x/src/main.rs', file('/w/plugins/x/src/main.rs')],
  ['src/plugins/x/app/y.py', file('/w/plugins/x/app/y.py')],
]);
const directory = mkdtempSync(join(tmpdir(), 'prism-places-'));
const write = (name: string, text: string) => {
  writeFileSync(join(directory, name), text);
  return file(join(directory, name));
};
afterAll(() => rmSync(directory, { recursive: true }));
const locks: Tree = new Map([
  ['src/plugins/x/go.mod', write('go.mod', 'module x\n\nrequire (\n\tgo.d/a v1.2.3\n)\n')],
  ['src/plugins/x/go.sum', write('go.sum', 'go.d/a v1.2.3/go.mod h1:x=\ngo.d/a v1.2.3 h1:y=\n')],
  ['src/plugins/x/Cargo.lock', write('Cargo.lock', 'version = 3\n')],
  ['src/plugins/x/requirements.lock', write('requirements.lock', '# by hand\nsix==1.17.0 --hash=sha256:0\n')],
]);
const placeOf = (
  why: string,
  seen: Tree,
  root: string,
  code: 'COMPILE_FAILED' | 'DEPENDENCIES_NOT_FETCHED',
) => {
  const at = { file: 'plugins/x/Containerfile', line: 6 };
  const failure = compileFailure(code, { what: 'the compile failed', why, at });
  const compiled = { tree: seen, mirror: '/m/source', working: '/src/plugins/x' };
  const [placed] = placeFailures([failure], compiled, root);
  return `${placed?.at?.file}:${placed?.at?.line}`;
};

test.each([
  ['# x\n./main.go:10:91: syntax error', 'plugins/x/main.go:10'],
  ['# sdk\n../../libs/sdk/sdk.go:3:1: undefined', 'libs/sdk/sdk.go:3'],
  ['error[E0425]: cannot find\n  --> src/main.rs:3:5\n   |', 'plugins/x/src/main.rs:3'],
  ['error: x\n   --> plugins/x/src/main.rs:7:5', 'plugins/x/src/main.rs:7'],
  ['error: x\n --> m/source/src/plugins/x/src/main.rs:2:8', 'plugins/x/src/main.rs:2'],
  ['  File "app/y.py", line 4\n    def', 'plugins/x/app/y.py:4'],
  ['main.go is wrong: version 1.2:3', 'plugins/x/Containerfile:6'],
  ['/usr/lib/other.go:1:1: note\nmain.go:2:1: real', 'plugins/x/main.go:2'],
])('%j', (why, place) => expect(placeOf(why, tree, '/w', 'COMPILE_FAILED')).toBe(place));

test.each([
  ['go: errors parsing go.mod:\ngo.mod:8: unknown directive: requires', 'go.mod:8'],
  ['go: malformed go.sum:\n/m/source/src/plugins/x/go.sum:3: wrong number of fields 2', 'go.sum:3'],
  ['go: go.d/a@v1.2.3: reading https://proxy.d/go.d/a/@v/v1.2.3.mod: 404 Not Found', 'go.mod:4'],
  ['verifying go.d/a@v1.2.3: checksum mismatch', 'go.sum:2'],
  [
    'failed to parse lock file at: /m/source/src/plugins/x/Cargo.lock\n\nCaused by:\n  TOML parse error at line 7, column 7',
    'Cargo.lock:7',
  ],
  ['cannot update the lock file /m/source/src/plugins/x/Cargo.lock because --locked', 'Cargo.lock:undefined'],
  ['ERROR: No matching distribution found for six==1.17.0', 'requirements.lock:2'],
  ['the network is down', 'plugins/x/Containerfile:6'],
])('dependencies: %j', (why, place) =>
  expect(placeOf(why, locks, directory, 'DEPENDENCIES_NOT_FETCHED')).toBe(place),
);

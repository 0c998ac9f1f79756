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
const placeOf = (why: string) => {
  const at = { file: 'plugins/x/Containerfile', line: 6 };
  const failure = compileFailure('COMPILE_FAILED', { what: 'the compile failed', why, at });
  const [placed] = placeFailures([failure], tree, '/src/plugins/x', '/w');
  return `${placed?.at?.file}:${placed?.at?.line}`;
};

test.each([
  ['# x\n./main.go:10:91: syntax error', 'plugins/x/main.go:10'],
  ['# sdk\n../../libs/sdk/sdk.go:3:1: undefined', 'libs/sdk/sdk.go:3'],
  ['error[E0425]: cannot find\n  --> src/main.rs:3:5\n   |', 'plugins/x/src/main.rs:3'],
  ['error: x\n   --> plugins/x/src/main.rs:7:5', 'plugins/x/src/main.rs:7'],
  ['  File "app/y.py", line 4\n    def', 'plugins/x/app/y.py:4'],
  ['main.go is wrong: version 1.2:3', 'plugins/x/Containerfile:6'],
  ['/usr/lib/other.go:1:1: note\nmain.go:2:1: real', 'plugins/x/main.go:2'],
])('%j', (why, place) => expect(placeOf(why)).toBe(place));

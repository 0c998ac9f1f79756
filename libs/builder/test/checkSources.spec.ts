import type { Tree } from '@prism-build/assemble';
import type { CompilePlan } from '@prism-build/plan';
import { checkSources } from '../src/checkSources';

const file = (text: string) => ({
  ...({ type: 'file', mode: 0o644, uid: 0, gid: 0 } as const),
  content: { kind: 'bytes', bytes: Buffer.from(text) } as const,
});
const tree: Tree = new Map([
  ['go.mod', file('module m\n\ngo 1.26\n')],
  ['main.go', file('package main\nfunc main() {}\n')],
  ['Cargo.toml', file('[package]\nname = "m"\nversion = "1.0.0"\n')],
  ['m/__init__.py', file('')],
]);

/** The failures of a compile stage with this command. */
function check(language: string, ...argv: string[]): string[] {
  const plan = {
    containerfile: 'svc/Containerfile',
    line: 7,
    working: '/',
    argv,
    platforms: [{ platform: { os: 'linux', architecture: 'amd64' }, environment: { VERSION: '1' } }],
  } as unknown as CompilePlan;
  const version = { go: '1.26.8', rust: '1.96.0', python: '3.13' }[language]!;
  const checked = checkSources('/w', plan, { language, version, packages: {} }, tree);
  return checked.ok ? [] : checked.failures.map(({ code, what, at }) => `${at?.line} ${code} ${what}`);
}

test.each([
  ['go', ['compile-go', '-gcflags=m/...=-N', '-gcflags=m/x=-l', '.'], '-gcflags'],
  ['go', ['compile-go', '-tags', 'a', '--tags=b', '.'], '-tags'],
  ['rust', ['compile-rust', '--package=m', '--features', 'a', '--features=b'], '--features'],
  ['python', ['compile-python', '--stamp=m/__init__.py', '--stamp=m/__init__.py', 'm'], '--stamp'],
])('%s refuses a flag that is given twice: %j', (language, argv, flag) => {
  expect(check(language, ...argv)).toEqual([
    expect.stringContaining(`7 SETTING_NOT_HONOURED ${flag} is given more than once`),
  ]);
});

test.each([
  ['go', ['compile-go', '-tags=a', '-gcflags=-N', '.']],
  ['rust', ['compile-rust', '--package=m', '--features', 'a']],
])('%s accepts each flag once: %j', (language, argv) => {
  expect(check(language, ...argv)).toEqual([]);
});

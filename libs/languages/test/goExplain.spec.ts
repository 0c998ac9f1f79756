import { go } from '../src/go';
import { explainGo, mayLackFiles } from '../src/go/explain';
import { inspectGo } from '../src/go/inspect';
import { readerOf } from './closures';
import { amd64, requestOf } from './support';

// What Go 1.26.8 printed, word for word; paths of this machine are shortened.
const cases: [output: string, code: string, what: RegExp, remedy: RegExp][] = [
  [
    'go: go.mod requires go >= 1.27.0 (running go 1.26.8; GOTOOLCHAIN=local)',
    'TOOLCHAIN_DIFFERS',
    /^go\.mod asks for Go 1\.27\.0, and the compile stage is pinned to 1\.26\.8$/,
    /golang:1\.27\.0/,
  ],
  [
    'go: example.com/l@v1.2.0: module example.com/l@v1.2.0 requires go >= 1.28 (running go 1.26.8; GOTOOLCHAIN=local)',
    'TOOLCHAIN_DIFFERS',
    /^example\.com\/l@v1\.2\.0 asks for Go 1\.28,/,
    /Raise the pin/,
  ],
  ...['v0.0.0', 'v0.0.0-00010101000000-000000000000'].map((version): (typeof cases)[number] => [
    `go: example.com/b@${version}: reading https://proxy.example/example.com/b/@v/${version}.mod: 404 Not Found`,
    'DEPENDENCIES_NOT_FETCHED',
    /^example\.com\/b@v0\.0\.0\S* does not exist, or this user may not read it$/,
    /^If it is a module of this repository, .*go work edit -replace=example\.com\/b@v0\.0\.0\S*=.*GOPRIVATE/,
  ]),
  [
    'main2.go:2:8: missing go.sum entry for module providing package github.com/foo/bar (imported by example.com/x); to add:\n\tgo get example.com/x',
    'COMPILE_FAILED',
    /go\.sum has no entry for github\.com\/foo\/bar/,
    /go mod tidy/,
  ],
  [
    'go: updates to go.mod needed; to update it:\n\tgo mod tidy',
    'COMPILE_FAILED',
    /go\.mod is incomplete/,
    /tidy/,
  ],
  [
    'main2.go:2:8: no required module provides package github.com/foo/bar; to add it:\n\tgo get github.com/foo/bar',
    'COMPILE_FAILED',
    /contain the package github\.com\/foo\/bar$/,
    /go mod tidy/,
  ],
  [
    'main2.go:2:8: cannot find module providing package example.com/x/nope: import lookup disabled by -mod=readonly',
    'COMPILE_FAILED',
    /contain the package example\.com\/x\/nope$/,
    /COPY its directory/,
  ],
  [
    'main2.go:2:8: package nope/x is not in std (/usr/local/go/src/nope/x)',
    'COMPILE_FAILED',
    /no package nope\/x/,
    /Correct the import/,
  ],
  [
    'main2.go:4:12: pattern nope/*.txt: no matching files found',
    'COMPILE_FAILED',
    /^main2\.go embeds nope\/\*\.txt/,
    /ignore file/,
  ],
  [
    'go: inconsistent vendoring in /w/source/src:\n\tgithub.com/foo/bar@v1.0.0: is explicitly required in go.mod, but not marked as explicit in vendor/modules.txt',
    'COMPILE_FAILED',
    /vendor directory does not match/,
    /go mod vendor/,
  ],
  [
    'package example.com/x\n\timports example.com/x/sub: build constraints exclude all Go files in /w/source/src/sub',
    'COMPILE_FAILED',
    /^\/src\/sub has no Go file for this platform with cgo off$/,
    /ENV CGO_ENABLED=1/,
  ],
  [
    'package x\n\timports y: build constraints exclude all Go files in /c/gomod/github.com/!azure/z@v1.2.3/c',
    'COMPILE_FAILED',
    /^github\.com\/Azure\/z@v1\.2\.3\/c has no Go file/,
    /ENV CGO_ENABLED=1/,
  ],
  [
    '# github.com/DataDog/zstd\ngithub.com/DataDog/zstd@v1.5.5/x.go:12:3: undefined: foo',
    'COMPILE_FAILED',
    /^github\.com\/DataDog\/zstd@v1\.5\.5 does not compile with cgo off/,
    /needs no C/,
  ],
  [
    'main2.go:2:8: example.com/l@v0.0.0: replacement directory ../gone does not exist',
    'COMPILE_FAILED',
    /^go\.mod replaces example\.com\/l@v0\.0\.0 by \.\.\/gone, which COPY did not bring$/,
    /COPY that directory/,
  ],
  [
    'go: cannot load module gone listed in go.work file: open gone/go.mod: no such file or directory',
    'COMPILE_FAILED',
    /^go\.work uses gone, which COPY did not bring$/,
    /do not COPY go\.work/,
  ],
  [
    'stat /w/source/src/cmd/x: directory not found',
    'COMPILE_FAILED',
    /no directory \/src\/cmd\/x/,
    /Correct the package/,
  ],
  [
    'go: github.com/foo/bar@v1.0.0: module lookup disabled by GOPROXY=off',
    'COMPILE_FAILED',
    /^github\.com\/foo\/bar@v1\.0\.0 was not fetched/,
    /tidy/,
  ],
  [
    'go: example.com/l@v0.0.0: Get "http://127.0.0.1:9/example.com/l/@v/v0.0.0.mod": dial tcp 127.0.0.1:9: connect: connection refused',
    'DEPENDENCIES_NOT_FETCHED',
    /does not answer: 127\.0\.0\.1:9: connect: connection refused$|does not answer: connect: connection refused$/,
    /GOPROXY/,
  ],
  [
    'go: example.com/l@v0.0.0: reading http://127.0.0.1:8799/example.com/l/@v/v0.0.0.mod: 404 Not Found',
    'DEPENDENCIES_NOT_FETCHED',
    /^example\.com\/l@v0\.0\.0 does not exist, or this user may not read it$/,
    /GOPRIVATE/,
  ],
  [
    "go: git.corp/l@v1.0.0: invalid version: git ls-remote -q origin in /c/vcs/1: exit status 128:\n\tfatal: could not read Username for 'https://git.corp': terminal prompts disabled",
    'DEPENDENCIES_NOT_FETCHED',
    /^git\.corp\/l@v1\.0\.0 does not exist/,
    /GOPRIVATE/,
  ],
  [
    'go: 127.0.0.1/x@v1.0.0: unrecognized import path "127.0.0.1/x": https fetch: Get "https://127.0.0.1/x?go-get=1": dial tcp 127.0.0.1:443: connect: connection refused',
    'DEPENDENCIES_NOT_FETCHED',
    /does not answer/,
    /network/,
  ],
  [
    'verifying github.com/pkg/errors@v0.9.1: checksum mismatch\n\tdownloaded: h1:FE=\n\tgo.sum:     h1:AA=',
    'DEPENDENCIES_NOT_FETCHED',
    /^the content fetched for github\.com\/pkg\/errors@v0\.9\.1 does not match go\.sum$/,
    /go mod verify/,
  ],
  ['go build a: /t/compile: signal: killed', 'COMPILE_FAILED', /out of memory/, /--parallel=1/],
];

test.each(cases)('%s', (output, code, what, remedy) => {
  const found = explainGo(`the go command failed\n${output}\n`, 'compile');
  expect(found).toEqual({ code, what: expect.stringMatching(what), remedy: expect.stringMatching(remedy) });
});

test('only a version that no proxy has may be a module of the same repository', () => {
  const remedyOf = (output: string) => explainGo(output, 'fetch')?.remedy;
  expect(remedyOf('go: example.com/b@v1.2.3: reading https://p/b.mod: 404 Not Found')).not.toMatch(/go work/);
  expect(remedyOf('go: example.com/b@v0.0.0: module lookup disabled by GOPROXY=off')).toMatch(
    /go work edit -replace=example\.com\/b@v0\.0\.0=/,
  );
  expect(
    remedyOf(
      'go: example.com/b@v0.0.0: unrecognized import path "example.com/b": reading https://example.com',
    ),
  ).toMatch(/go work edit/);
});

test('an error of the own sources is the compiler’s to say', () => {
  expect(explainGo('# example.com/x\n./main.go:3:2: undefined: foo', 'compile')).toBeUndefined();
});

test.each([
  ['./main.go:4:15: undefined: helper', true],
  ['main.go:3:8: package example.com/m/gen is not in std (/go/src/example.com/m/gen)', true],
  ['main.go:5:12: pattern data/*: no matching files found', true],
  ['fatal error: all goroutines are asleep', true],
  ['./main.go:4:2: syntax error: unexpected newline, expected expression', false],
  ['./main.go:4:14: cannot use "1" (untyped string constant) as int value in assignment', false],
  ['./main.go:4:2: declared and not used: x', false],
])('%s: a file may be missing: %s', (output, expected) => {
  expect(mayLackFiles(output)).toBe(expected);
});

test('fetching that the user forbids is no fault of go.mod', () => {
  const output = 'go: example.com/l@v1.0.0: module lookup disabled by GOPROXY=off';
  expect(explainGo(output, 'fetch')).toMatchObject({
    code: 'DEPENDENCIES_NOT_FETCHED',
    what: 'example.com/l@v1.0.0 was not fetched yet, and GOPROXY=off forbids it',
  });
});

describe('files for cgo of dependencies', () => {
  const files = {
    'go.mod': 'module example.com/m\n',
    'main.go': 'package main\nimport (\n"fmt"\n_ "github.com/a/b"\n)\n',
  };
  const inspect = (argv: string[], tree: Record<string, string>, env: Record<string, string> = {}) => {
    const request = requestOf(go, argv, { targets: [amd64], environment: () => env });
    const pin = { language: 'go', version: '1.26.8', packages: {} };
    const check = { ...request, working: '', pin, at: { file: 'Containerfile' } };
    return inspectGo(check, { ...readerOf(tree), placeOf: (path) => path }, request);
  };

  test('are asked for once for each set of imports', () => {
    const asked = inspect(['compile-go', '-tags=x', '.'], files)!;
    expect(asked.subject).toEqual(['github.com/a/b', 'x']);
    expect(asked.calls).toEqual([
      expect.objectContaining({
        argv: expect.arrayContaining(['list', '-deps', '-tags=x', '.']),
        env: expect.objectContaining({ CGO_ENABLED: '1', GOPROXY: 'off', GOFLAGS: '-mod=readonly' }),
      }),
    ]);
  });
  test('not where there are no dependencies, and not where the stage says that cgo is off', () => {
    expect(
      inspect(['compile-go', '.'], { ...files, 'main.go': 'package main\nimport "fmt"\n' }),
    ).toBeUndefined();
    expect(inspect(['compile-go', '.'], files, { CGO_ENABLED: '0' })).toBeUndefined();
  });
  test('are reported once for each module, not once for each platform', () => {
    const { judge } = inspect(['compile-go', '.'], files)!;
    const output =
      'github.com/a/b github.com/a/b v1.0.0 [a.go b.go]\n\ngithub.com/a/b/c github.com/a/b v1.0.0 [c.go d.go]';
    expect(judge([output, output])).toEqual([
      expect.stringMatching(
        /^github\.com\/a\/b v1\.0\.0 is compiled .*\(a\.go, b\.go, c\/c\.go and 1 more\): cgo is off\./,
      ),
    ]);
    // A module of the tree has no version: `check` refuses its files.
    expect(judge(['example.com/m example.com/m  [a.go]'])).toEqual([]);
  });
});

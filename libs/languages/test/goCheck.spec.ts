// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Containerfiles.
import { go } from '../src/go';
import { compareGoVersions } from '../src/go/versions';
import type { CheckRequest } from '../src/index';
import { readerOf } from './closures';
import { amd64, arm64 } from './support';

const at = { file: 'Containerfile', line: 4 };
const files = {
  'go.mod': 'module example.com/m\n\ngo 1.26.8\n',
  'main.go': 'package main\nfunc main() {}\n',
};

/** The result of `check`: place, code and text of each failure. */
function check(
  argv: readonly string[],
  more: {
    files?: Record<string, string>;
    env?: Record<string, string>;
    targets?: CheckRequest['targets'];
  } = {},
): string[] {
  const recognised = go.command.recognise(['compile-go', ...argv])!;
  const request: CheckRequest = {
    recognised,
    targets: more.targets ?? [amd64, arm64],
    working: '',
    pin: { language: 'go', version: '1.26.8', packages: {} },
    environment: () => more.env ?? {},
    at,
    setAt: (variable) => ({ file: `${variable} in Containerfile`, line: 2 }),
  };
  const sources = { ...readerOf({ ...files, ...more.files }), placeOf: (path: string) => `svc/${path}` };
  return go.command.check!(request, sources).map(
    (one) => `${one.at?.file}:${one.at?.line}: ${one.code}: ${one.what}`,
  );
}

test('nothing to say of a plain program', () => {
  expect(check(['.'])).toEqual([]);
});

describe('flags', () => {
  test.each([
    ['-tags=a,b'],
    ['-ldflags=-s -w -X main.v=1 -X "main.d=a b" -X=main.e=2'],
    ['-ldflags=all=-s'],
    ['-ldflags=-linkmode=internal -extldflags "-static"'],
    ['-gcflags=all=-N -l'],
    ['-trimpath'],
    ['-buildvcs=false'],
    ['-mod=readonly'],
    ['-mod=vendor'],
    ['-buildmode=exe'],
    ['-race=false'],
    ['-pgo=off'],
  ])('%s is in force', (flag) => {
    expect(check([flag, '.'])).toEqual([]);
  });

  test.each([
    ['-race'],
    ['-buildvcs'],
    ['-buildvcs=true'],
    ['-trimpath=false'],
    ['-buildmode=pie'],
    ['-buildmode=c-shared'],
    ['-mod=mod'],
    ['-toolexec=/bin/evil'],
    ['-o=/etc/passwd'],
    ['-overlay=x.json'],
    ['-cover'],
    ['-p=4'],
    ['-ldflags=-linkmode=external -extld /bin/evil'],
    ['-ldflags=-s -extld=/bin/evil'],
    ['-ldflags=-cpuprofile /etc/passwd'],
    ['-ldflags=-buildid=x'],
    ['-ldflags=./x=-s'],
    ['-ldflags=-X "main.v=1'],
    ['-gcflags=-cpuprofile=/etc/passwd'],
    ['-gcflags=-trimpath=x'],
  ])('%s is refused by name', (flag) => {
    expect(check([flag, '.'])).toEqual([
      expect.stringMatching(/^Containerfile:4: SETTING_NOT_HONOURED: .*would not take effect/),
    ]);
    expect(check([flag, '.'])[0]).toContain(flag);
  });
});

test('exec form expands nothing; -ldflags of compile-go takes variables that have a value', () => {
  const ldflags = '-ldflags=-X main.v=${VERSION}';
  expect(check([ldflags, '.'], { env: { VERSION: '1.2.3' } })).toEqual([]);
  expect(check([ldflags, '.'])).toEqual([
    expect.stringContaining('no ARG or ENV of the stage gives VERSION a value'),
  ]);
  expect(check([ldflags, '.'], { env: { VERSION: "a' -extld=evil '" } })).toEqual([
    expect.stringContaining('quotation mark'),
  ]);
  expect(check([ldflags, '.'], { env: { VERSION: '1 -extld=evil' } })).toEqual([
    expect.stringContaining('-extld=evil'),
  ]);
  expect(check(['-tags=${TAGS}', './cmd/$APP'], { env: { TAGS: 'a' } })).toEqual([
    expect.stringContaining('${APP} is not expanded'),
    expect.stringContaining('${TAGS} is not expanded'),
  ]);
});

describe('variables', () => {
  const cases: [Record<string, string>, boolean][] = [
    [{ GOFLAGS: '-trimpath -buildvcs=false -mod=readonly' }, true],
    [{ GOFLAGS: '-tags=x' }, false],
    [{ GOFLAGS: '-toolexec=/bin/evil' }, false],
    [{ CGO_ENABLED: '0' }, true],
    [{ CGO_ENABLED: '1' }, true],
    [{ CGO_ENABLED: 'yes' }, false],
    [{ CGO_CFLAGS: '-DX=1 -O3', CGO_LDFLAGS: '-lm', CGO_ENABLED: '1' }, true],
    [{ CC: 'clang', CGO_ENABLED: '1' }, false],
    [{ CGO_CFLAGS: '-I/usr/include', CGO_ENABLED: '1' }, false],
    [{ CGO_LDFLAGS: '-lfoo', CGO_ENABLED: '1' }, false],
    [{ CGO_LDFLAGS: '-L/usr/lib', CGO_ENABLED: '1' }, false],
    [{ CGO_ENABLED: '' }, true],
    [{ CC: 'clang' }, false],
    [{ CC: 'clang', CGO_ENABLED: '0' }, true],
    [{ CGO_LDFLAGS: '-lx' }, false],
    [{ GOOS: 'linux' }, true],
    [{ GOOS: 'windows' }, false],
    [{ GOTOOLCHAIN: 'local' }, true],
    [{ GOTOOLCHAIN: 'auto' }, true],
    [{ GOTOOLCHAIN: 'go1.26.8' }, true],
    [{ GOTOOLCHAIN: 'go1.27.1' }, false],
    [{ GOWORK: 'off' }, true],
    [{ GOWORK: '/src/go.work' }, false],
    [{ GO111MODULE: 'on' }, true],
    [{ GO111MODULE: 'off' }, false],
    [{ GOENV: '/src/env' }, false],
    [{ GOROOT: '/src/evil' }, false],
    [{ GOAUTH: '/bin/evil' }, false],
    [{ GOCACHEPROG: '/bin/evil' }, false],
    [{ GO_EXTLINK_ENABLED: '1' }, false],
    [{ GOAMD64: 'v3', GOARM64: 'v9.0', GOEXPERIMENT: 'x', GODEBUG: 'x=1', GOFIPS140: 'v1.0.0' }, true],
    [{ GOPROXY: 'https://x', GOPRIVATE: 'x', GOSUMDB: 'off', GONOSUMDB: 'x' }, true],
    [{ GOPATH: '/go', GOCACHE: '/c', GOMODCACHE: '/m', HOME: '/h', APP_ENV: 'x' }, true],
  ];
  test.each(cases)('%j is in force, or cannot change the program: %s', (env, fine) => {
    const name = Object.keys(env)[0]!;
    const said = check(['.'], { env });
    if (fine) expect(said).toEqual([]);
    else
      expect(said).toEqual([
        expect.stringMatching(new RegExp(`^${name} in Containerfile:2: SETTING_NOT_HONOURED: ${name}=`)),
      ]);
  });

  test('GOARCH and levels that differ from the platform', () => {
    expect(check(['.'], { env: { GOARCH: 'arm64' } })).toEqual([expect.stringContaining('linux/amd64')]);
    const targets = [{ ...amd64, variant: 'v2' }];
    expect(check(['.'], { env: { GOAMD64: 'v3' }, targets })).toEqual([
      expect.stringContaining('requires v2'),
    ]);
    expect(check(['.'], { env: { GOAMD64: 'v2' }, targets })).toEqual([]);
  });

  test('GOWORK is what COPY takes', () => {
    const work = { 'go.work': 'go 1.26\nuse .\n' };
    expect(check(['.'], { env: { GOWORK: '/go.work' }, files: work })).toEqual([]);
    expect(check(['.'], { env: { GOWORK: 'off' }, files: work })).toEqual([
      expect.stringContaining('/go.work'),
    ]);
  });
});

describe('versions', () => {
  test.each([
    ['1.26.8', 0],
    ['1.26', 1],
    ['1.26rc1', 1],
    ['1.25.99', 1],
    ['1.26.10', -1],
    ['1.27', -1],
    ['1.27rc1', -1],
    ['2.0.0', -1],
  ])('1.26.8 against %s', (version, expected) => {
    expect(Math.sign(compareGoVersions('1.26.8', version))).toBe(expected);
  });
  test('a language version comes before its candidates, and these before the release', () => {
    const sorted = ['1.27', '1.27beta1', '1.27rc1', '1.27rc2', '1.27.0', '1.27.1'];
    expect([...sorted].reverse().sort(compareGoVersions)).toEqual(sorted);
  });

  const older = 'module example.com/m\n\n';
  test.each([
    [
      { 'go.mod': `${older}go 1.27.0\n` },
      'svc/go.mod:3: TOOLCHAIN_DIFFERS: this file asks for Go 1.27.0 (`go`)',
    ],
    [
      { 'go.mod': `${older}go 1.27 // x\n` },
      'svc/go.mod:3: TOOLCHAIN_DIFFERS: this file asks for Go 1.27 (`go`)',
    ],
    [
      { 'go.mod': `${older}go 1.20\ntoolchain go1.27.1\n` },
      'svc/go.mod:4: TOOLCHAIN_DIFFERS: this file asks for Go 1.27.1 (`toolchain`)',
    ],
    [
      { 'go.work': 'go 1.27.2\nuse .\n' },
      'svc/go.work:1: TOOLCHAIN_DIFFERS: this file asks for Go 1.27.2 (`go`)',
    ],
    [
      {
        'go.mod': `${older}go 1.26\nrequire lib v0.0.0\nreplace lib => ./lib\n`,
        'lib/go.mod': 'module lib\ngo 1.28\n',
        'lib/lib.go': 'package lib\n',
        'main.go': 'package main\nimport _ "lib"\n',
      },
      'svc/lib/go.mod:2: TOOLCHAIN_DIFFERS: this file asks for Go 1.28 (`go`)',
    ],
  ])('%j', (changed, expected) => {
    expect(check(['.'], { files: changed as Record<string, string> })).toEqual([
      `${expected}, and the compile stage is pinned to 1.26.8`,
    ]);
  });

  test.each([
    // Go obeys neither of them.
    [{ 'lib/go.mod': 'module lib\ngo 1.28\n', 'go.mod': `${older}go 1.26\nreplace lib => ./lib\n` }],
    [{ 'go.work': 'go 1.26\nuse .\n', 'go.mod': `${older}go 1.26\ntoolchain go1.28.0\n` }],
    [{ 'go.mod': `${older}go 1.26\ntoolchain default\n// go 1.28\n` }],
  ])('%j is fine', (changed) => {
    expect(check(['.'], { files: changed as Record<string, string> })).toEqual([]);
  });
});

describe('cgo', () => {
  const real = 'package db\n\n// int one(void);\nimport "C"\n';
  const stub = '//go:build !cgo\n\npackage db\n';
  const program = {
    'main.go': 'package main\nimport _ "example.com/m/db"\n',
    'db/db.go': real,
    'db/stub.go': stub,
  };
  const said =
    'svc/db/db.go:4: SETTING_NOT_HONOURED: package example.com/m/db needs cgo, which is off: this file would be left out; stub.go would take its place';

  test.each([['.'], ['./...'], ['./main.go']])(
    'a stand-in of the own module is refused, compiling %s',
    (unit) => {
      expect(check([unit], { files: program })).toEqual([said]);
    },
  );
  test('unless the stage says that it is meant', () => {
    expect(check(['.'], { files: program, env: { CGO_ENABLED: '0' } })).toEqual([]);
  });
  test('nor where the pinned compiler compiles it', () => {
    expect(check(['.'], { files: program, env: { CGO_ENABLED: '1' } })).toEqual([]);
  });
  test('but C of the tree takes nothing from this machine', () => {
    const files = { ...program, 'db/x.h': '#include "/usr/include/x.h"\n' };
    expect(check(['.'], { files, env: { CGO_ENABLED: '1' } })).toEqual([
      'svc/db/x.h:1: SETTING_NOT_HONOURED: this file includes /usr/include/x.h, which is outside of the stage',
    ]);
  });
  test.each(['CFLAGS: -O2 -I', 'LDFLAGS: -L', 'linux CFLAGS: -isystem '])(
    'and a #cgo line no path of the stage: %s',
    (flags) => {
      const line = (path: string) => `package db\n\n// #cgo ${flags}${path}\n// int one(void);\nimport "C"\n`;
      const at = (path: string) =>
        check(['.'], { files: { ...program, 'db/db.go': line(path) }, env: { CGO_ENABLED: '1' } });
      expect(at('/db/include')).toEqual([
        'svc/db/db.go:3: SETTING_NOT_HONOURED: this #cgo line names /db/include of the stage, and the sources are elsewhere while it is compiled',
      ]);
      expect(at('/opt/homebrew/include')).toEqual([]);
    },
  );
  test('in a module that a replace line leads to', () => {
    const files = {
      'go.mod': 'module example.com/m\nrequire lib v1.0.0\nreplace lib => ./lib\n',
      'lib/go.mod': 'module lib\n',
      'lib/a.go': real,
      'main.go': 'package main\nimport _ "lib"\n',
    };
    expect(check(['.'], { files })).toEqual([expect.stringContaining('svc/lib/a.go:4')]);
  });
  test.each<[string, Record<string, string>]>([
    ['what nothing imports', { 'db/db.go': real }],
    ['tests', { 'main_test.go': real }],
    ['other systems', { 'main_windows.go': real, 'x.go': '//go:build darwin && cgo\n\npackage main\n' }],
    ['programs that are run by hand', { 'gen.go': '//go:build ignore\n\npackage main\nimport "C"\n' }],
    [
      'vendored modules',
      { 'vendor/modules.txt': '', 'vendor/lib/a.go': real, 'main.go': 'package main\nimport _ "lib"\n' },
    ],
  ])('%s do not count', (_, files) => {
    expect(check(['.'], { files })).toEqual([]);
  });
  test('a file that only the tag cgo takes counts', () => {
    const files = {
      'fast.go': '//go:build cgo\n\npackage main\n',
      'slow.go': '//go:build !cgo\n\npackage main\n',
    };
    expect(check(['.'], { files })).toEqual([expect.stringContaining('svc/fast.go:undefined')]);
  });
});

describe('programs of one name', () => {
  const main = 'package main\nfunc main() {}\n';
  const two = { 'a/server/main.go': main, 'b/server/main.go': main };

  test.each([
    [['./a/server', './b/server'], two],
    [['./...'], two],
    [['./a/server', './b/server/v2'], { ...two, 'b/server/v2/main.go': main }],
  ])('%j would overwrite each other', (argv, more) => {
    expect(check(argv, { files: more })).toEqual([
      expect.stringMatching(
        /^Containerfile:4: SETTING_NOT_HONOURED: .*\/a\/server and .*\/b\/server(\/v2)? would both be written to \/out\/server$/,
      ),
    ]);
  });

  test.each([
    [['./a/server'], two],
    [['./a/server', './b/other'], { ...two, 'b/other/main.go': main }],
    // Packages that are no programs, and generators that no build compiles.
    [
      ['./...'],
      {
        'a/util/x.go': 'package util\n',
        'b/util/x.go': 'package util\n',
        'a/util/gen.go': `//go:build ignore\n\n${main}`,
        'b/util/gen.go': `//go:build ignore\n\n${main}`,
        'b/util/x_windows.go': main,
      },
    ],
  ])('%j has a file for each', (argv, more) => {
    expect(check(argv, { files: more })).toEqual([]);
  });
});

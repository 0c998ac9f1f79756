// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Containerfiles.
import { execFileSync } from 'node:child_process';
import { go } from '../src/go';
import { amd64, arm64, machineOf, requestOf } from './support';

const pin = { language: 'go', version: '1.26.8', packages: {} };

test.each([
  [['compile-go', './cmd/x'], { units: ['./cmd/x'], flags: {} }],
  [['compile-go', '-tags=a,b', './x', './y'], { units: ['./x', './y'], flags: { tags: 'a,b' } }],
  [
    ['compile-go', '--ldflags', '-X main.v=1 -s', './x'],
    { units: ['./x'], flags: { ldflags: '-X main.v=1 -s' } },
  ],
])('recognises %j', (argv, expected) => {
  expect(go.command.recognise(argv)).toEqual({ language: 'go', ...expected });
});

test.each([
  [['go', 'build', './x']],
  [['compile-go']],
  [['compile-go', '-tags']],
  [['compile-go', '-unknown', './x']],
  [['compile-go', '--', './x']],
  [['sh', '-c', 'compile-go ./x']],
])('does not recognise %j', (argv) => {
  expect(go.command.recognise(argv)).toBeUndefined();
});

// Programs of the host must not be started by a flag of a Containerfile, nor files written: `check` refuses these by
// name, and no call of the compiler has them.
test.each(['-toolexec=/bin/evil', '-exec=x', '-o=/etc/passwd', '-modfile=/x', '-race', '-C=/'])(
  '%s reaches no compiler',
  (flag) => {
    const [call] = go.compiler.compile(requestOf(go, ['compile-go', flag, './x']));
    const [plain] = go.compiler.compile(requestOf(go, ['compile-go', './x']));
    expect(call).toEqual(plain);
  },
);

test('argv and environment of a compile, one call a platform', () => {
  const request = requestOf(go, ['compile-go', '-tags=grpcnotrace', './cmd/x'], {
    // Only what the go command obeys is handed on.
    environment: ({ architecture }) => ({ STAGE_ENV: architecture }),
    contains: (path) => path === '/w/source/src/go.work',
  });
  expect(go.compiler.compile(request)).toMatchInlineSnapshot(`
[
  {
    "argv": [
      "/usr/local/go/bin/go",
      "build",
      "-trimpath",
      "-buildvcs=false",
      "-ldflags=-s -w -buildid=",
      "-tags=grpcnotrace",
      "-o",
      "/w/out/linux-amd64/",
      "./cmd/x",
    ],
    "cwd": "/w/source/src/x",
    "env": {
      "CGO_ENABLED": "0",
      "GOAMD64": "v1",
      "GOARCH": "amd64",
      "GOARM64": "v8.0",
      "GOCACHE": "/c/gobuild",
      "GOENV": "off",
      "GOFLAGS": "-mod=readonly",
      "GOGC": "off",
      "GOMAXPROCS": "2",
      "GOMEMLIMIT": "1GiB",
      "GOMODCACHE": "/c/gomod",
      "GOOS": "linux",
      "GOPROXY": "off",
      "GOROOT": "/usr/local/go",
      "GOTELEMETRY": "off",
      "GOTOOLCHAIN": "local",
      "GOWORK": "/w/source/src/go.work",
      "HOME": "/h",
      "LANG": "C",
      "PATH": "/usr/local/go/bin:/usr/bin:/bin",
      "TZ": "UTC",
    },
  },
  {
    "argv": [
      "/usr/local/go/bin/go",
      "build",
      "-trimpath",
      "-buildvcs=false",
      "-ldflags=-s -w -buildid=",
      "-tags=grpcnotrace",
      "-o",
      "/w/out/linux-arm64/",
      "./cmd/x",
    ],
    "cwd": "/w/source/src/x",
    "env": {
      "CGO_ENABLED": "0",
      "GOAMD64": "v1",
      "GOARCH": "arm64",
      "GOARM64": "v8.0",
      "GOCACHE": "/c/gobuild",
      "GOENV": "off",
      "GOFLAGS": "-mod=readonly",
      "GOGC": "off",
      "GOMAXPROCS": "2",
      "GOMEMLIMIT": "1GiB",
      "GOMODCACHE": "/c/gomod",
      "GOOS": "linux",
      "GOPROXY": "off",
      "GOROOT": "/usr/local/go",
      "GOTELEMETRY": "off",
      "GOTOOLCHAIN": "local",
      "GOWORK": "/w/source/src/go.work",
      "HOME": "/h",
      "LANG": "C",
      "PATH": "/usr/local/go/bin:/usr/bin:/bin",
      "TZ": "UTC",
    },
  },
]
`);
  expect(go.compiler.placements).toBeUndefined();
});

test('a stage cannot change what must be fixed, and the user cannot change bytes', () => {
  process.env.GOFLAGS = '-race';
  process.env.GOEXPERIMENT = 'x';
  const places = {
    GOROOT: '/r',
    GOCACHE: '/r',
    GOMODCACHE: '/r',
    HOME: '/r',
    TMPDIR: '/r',
    GOTOOLCHAIN: 'go1.1',
  };
  const programs = { GOCACHEPROG: '/evil', GOAUTH: '/evil', CC: '/evil' };
  const environment = () => ({
    ...places,
    ...programs,
    GOOS: 'plan9',
    GOPROXY: 'evil',
    CGO_ENABLED: 'yes',
    GOFLAGS: '-mod=mod',
  });
  const [call] = go.compiler.compile(requestOf(go, ['compile-go', './x'], { environment }));
  const [plain] = go.compiler.compile(requestOf(go, ['compile-go', './x']));
  expect(call).toEqual(plain);
  expect(plain!.env).not.toHaveProperty('GOEXPERIMENT');
  delete process.env.GOFLAGS;
  delete process.env.GOEXPERIMENT;
});

test('with CGO_ENABLED=1 the pinned compiler of C makes static programs for each platform', () => {
  const environment = () => ({ CGO_ENABLED: '1', CGO_CFLAGS: '-DX=1', CC: '/evil', PKG_CONFIG: '/evil' });
  const companions = { c: { command: '/c/zig/x/ziglang/zig', root: '/c/zig/x' } };
  expect(go.compiler.companions!(environment())).toEqual(['c']);
  expect(go.compiler.companions!({ CGO_ENABLED: '0' })).toEqual([]);
  const calls = go.compiler.compile(requestOf(go, ['compile-go', './x'], { environment, companions }));
  for (const [index, triple] of ['x86_64-linux-musl', 'aarch64-linux-musl'].entries()) {
    const { argv, env } = calls[index]!;
    expect(argv).toContain(
      '-ldflags=-s -w -buildid= -linkmode=external "-extldflags=-O2 -s -static -Wl,--build-id=none"',
    );
    expect(env).toMatchObject({
      CGO_ENABLED: '1',
      CGO_CFLAGS: '-DX=1',
      CGO_LDFLAGS: '-O2 -s -static -fno-PIC',
      PRISM_SOURCE: '/w/source',
    });
    expect(env.CC).toMatch(new RegExp(`^sh -c '[^']*' /c/zig/x/ziglang/zig cc -target ${triple} `));
    expect(env.CXX).toMatch(new RegExp(` c\\+\\+ -target ${triple} `));
    expect(JSON.stringify(env)).not.toContain('evil');
  }
});

test('what `#cgo` lines name on this machine does not reach the compiler, what they name in the tree does', () => {
  const companions = { c: { command: '/bin/echo', root: '/' } };
  const environment = () => ({ CGO_ENABLED: '1' });
  const [call] = go.compiler.compile(requestOf(go, ['compile-go', './x'], { environment, companions }));
  const { CC = '', ...env } = call!.env;
  const [, script = ''] = /^sh -c '([^']*)' /.exec(CC) ?? [];
  const given = [
    '-I/usr/include',
    '-I',
    '/usr/include',
    '-L/usr/lib',
    '-isystem/opt',
    '-I/w/source/inc',
    '-I',
    '/c/gomod/m',
  ];
  const printed = execFileSync('sh', ['-c', script, '/bin/echo', 'cc', ...given, '-I./', 'a b.c'], {
    env,
    encoding: 'utf8',
  });
  expect(printed.trim()).toBe(
    'cc -I /nonexistent -I/w/source/inc -I /c/gomod/m -I./ a b.c -ffile-prefix-map=/w/source= -ffile-prefix-map=/c/gomod=/go/pkg/mod',
  );
});

test('settings of the stage that change the program are in force', () => {
  const of = { GOEXPERIMENT: 'jsonv2', GODEBUG: 'x=1', GOFIPS140: 'v1.0.0', GOAMD64: 'v3', GOARM64: 'v9.0' };
  const calls = go.compiler.compile(requestOf(go, ['compile-go', './x'], { environment: () => of }));
  const { GOAMD64, GOARM64, ...both } = of;
  expect(calls.map(({ env }) => env)).toEqual([
    expect.objectContaining({ ...both, GOAMD64, GOARM64: 'v8.0' }),
    expect.objectContaining({ ...both, GOAMD64: 'v1', GOARM64 }),
  ]);
});

test('flags of compile-go, with ARG and ENV of the target in those of the linker', () => {
  const request = requestOf(
    go,
    [
      'compile-go',
      '-ldflags=-X main.v=${V} -X main.a=$ARCH$1',
      '-gcflags=all=-N -l',
      '-pgo=off',
      '-mod=vendor',
      './x',
    ],
    { environment: ({ architecture }) => ({ V: '1.2.3', ARCH: architecture }) },
  );
  const [call, other] = go.compiler.compile(request);
  expect(call!.argv).toContain('-ldflags=-X main.v=1.2.3 -X main.a=amd64$1 -buildid=');
  expect(other!.argv).toContain('-ldflags=-X main.v=1.2.3 -X main.a=arm64$1 -buildid=');
  expect(call!.argv).toEqual(expect.arrayContaining(['-gcflags=all=-N -l', '-pgo=off']));
  expect(call!.env.GOFLAGS).toBe('-mod=vendor');
  expect(go.dependencies!.fetch(request)).toEqual([]);
});

test('go.work is the one that COPY brought, never one above the tree', () => {
  const workOf = (contains: (path: string) => boolean) =>
    go.compiler.compile(requestOf(go, ['compile-go', './x'], { contains }))[0]!.env.GOWORK;
  expect(workOf(() => false)).toBe('off');
  expect(workOf((path) => path === '/w/go.work')).toBe('off');
  expect(workOf((path) => path === '/w/source/go.work')).toBe('/w/source/go.work');
  expect(workOf((path) => path.endsWith('/go.work'))).toBe('/w/source/src/x/go.work');
});

test('variants reach the compiler', () => {
  const targets = [{ ...amd64, variant: 'v3' }, { os: 'linux', architecture: 'arm', variant: 'v6' }, arm64];
  const calls = go.compiler.compile(requestOf(go, ['compile-go', './x'], { targets }));
  expect(calls.map(({ env }) => [env.GOARCH, env.GOAMD64, env.GOARM])).toEqual([
    ['amd64', 'v3', undefined],
    ['arm', 'v1', '6'],
    ['arm64', 'v1', undefined],
  ]);
});

test('fetching downloads what the lockfile names, and is told where from', () => {
  const [call, ...others] = go.dependencies!.fetch(requestOf(go, ['compile-go', './x']));
  expect(others).toEqual([]);
  expect(call).toMatchObject({
    argv: ['/usr/local/go/bin/go', 'mod', 'download'],
    cwd: '/w/source/src/x',
    env: { GOFLAGS: '', GOMODCACHE: '/c/gomod', GOTOOLCHAIN: 'local' },
  });
  // The stage may say where modules come from.
  const environment = () => ({
    GOPROXY: 'https://proxy.example',
    GOPRIVATE: 'x',
    GOAUTH: 'evil',
    HOME: '/r',
  });
  const [told] = go.dependencies!.fetch(requestOf(go, ['compile-go', './x'], { environment }));
  expect(told!.env).toEqual({ ...call!.env, GOPROXY: 'https://proxy.example', GOPRIVATE: 'x' });
  expect(go.dependencies!.inherits).toEqual(expect.arrayContaining(['GOPROXY', 'GOPRIVATE', 'GOSUMDB']));
});

test('a workspace whose modules require only each other fetches nothing', () => {
  const fetched = (texts: Record<string, string>) => {
    const text = (path: string) => texts[path.replace('/w/source/', '')];
    const contains = (path: string) => text(path) !== undefined;
    return go.dependencies!.fetch(requestOf(go, ['compile-go', './x'], { text, contains })).length;
  };
  const own = {
    'go.work': 'go 1.26\nuse (\n\t./src/x\n\t./b\n)\n',
    'src/x/go.mod': 'module example.com/a\nrequire example.com/b v0.0.0\n',
    'b/go.mod': 'module example.com/b\n',
  };
  expect(fetched(own)).toBe(0);
  expect(fetched({ ...own, 'b/go.mod': 'module example.com/b\nrequire golang.org/x/text v0.43.0\n' })).toBe(
    1,
  );
  expect(fetched({ ...own, 'go.work': 'go 1.26\nuse ./src/x\n' })).toBe(1);
  expect(fetched({ 'src/x/go.mod': own['src/x/go.mod'] })).toBe(1);
});

describe('toolchain', () => {
  const right = { '/usr/local/go/bin/go': '', '/usr/local/go/VERSION': 'go1.26.8\ntime 2026' };
  const old = { '/opt/old/bin/go': '', '/opt/old/VERSION': 'go1.19.8\n' };

  test('is found behind a link and behind a wrong one', () => {
    const files = { ...right, ...old, '/usr/bin/go': '-> /usr/local/go/bin/go' };
    const found = go.toolchain.find(pin, machineOf(files, ['/opt/old/bin', '/usr/bin']), '/c');
    expect(found).toEqual({ ok: true, value: { command: '/usr/local/go/bin/go', root: '/usr/local/go' } });
  });

  test('is found where `go` itself keeps the ones that it downloaded', () => {
    const root = `/c/gomod/golang.org/toolchain@v0.0.1-go1.26.8.linux-${process.arch === 'x64' ? 'amd64' : process.arch}`;
    const found = go.toolchain.find(
      pin,
      machineOf({ [`${root}/bin/go`]: '', [`${root}/VERSION`]: 'go1.26.8' }),
      '/c',
    );
    expect(found).toEqual({ ok: true, value: { command: `${root}/bin/go`, root } });
  });

  test('missing', () => {
    const found = go.toolchain.find(pin, machineOf({}, ['/usr/bin']), '/c');
    expect(found).toMatchObject({
      ok: false,
      failures: [{ code: 'TOOLCHAIN_MISSING', what: expect.stringContaining('go1.26.8') }],
    });
  });

  test('differs: a prefix of the version is not the version', () => {
    const near = { '/a/bin/go': '', '/a/VERSION': 'go1.26.81\n' };
    const found = go.toolchain.find(pin, machineOf({ ...old, ...near }, ['/opt/old/bin', '/a/bin']), '/c');
    expect(found).toMatchObject({
      ok: false,
      failures: [{ code: 'TOOLCHAIN_DIFFERS', why: 'found go1.19.8 in /opt/old/bin, go1.26.81 in /a/bin' }],
    });
  });
});

test('any Go on PATH fetches the pinned one as a module, whatever its own settings are', () => {
  const pin = { language: 'go', version: '1.26.8', packages: {} };
  const obtaining = go.toolchain.obtain!(pin, machineOf({ '/usr/bin/go': '' }, ['/none', '/usr/bin']), '/c');
  expect(obtaining?.call.argv).toEqual([
    '/usr/bin/go',
    'mod',
    'download',
    expect.stringMatching(/^golang\.org\/toolchain@v0\.0\.1-go1\.26\.8\.\w+-\w+$/),
  ]);
  expect(obtaining?.call.env).toMatchObject({ GOTOOLCHAIN: 'local', GOWORK: 'off', GOMODCACHE: '/c/gomod' });
  expect(obtaining?.executable[0]).toMatch(/^\/c\/gomod\/golang\.org\/toolchain@.*\/bin$/);
  expect(go.toolchain.obtain!(pin, machineOf({}, ['/usr/bin']), '/c')).toBeUndefined();
});

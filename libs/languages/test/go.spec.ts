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
  expect(go.recognise(argv)).toEqual({ language: 'go', ...expected });
});

test.each([
  [['go', 'build', './x']],
  [['compile-go']],
  [['compile-go', '-tags']],
  // Programs of the host must not be started by a flag of a Containerfile.
  [['compile-go', '-toolexec=/bin/evil', './x']],
  [['compile-go', '-exec', 'x', './x']],
  [['compile-go', '-o', '/etc/passwd', './x']],
  [['compile-go', '-modfile=/x', './x']],
  [['sh', '-c', 'compile-go ./x']],
])('does not recognise %j', (argv) => {
  expect(go.recognise(argv)).toBeUndefined();
});

test('argv and environment of a compile, one call a platform', () => {
  const request = requestOf(go, ['compile-go', '-tags=grpcnotrace', './cmd/x'], {
    environment: ({ architecture }) => ({ STAGE_ENV: architecture }),
    contains: (path) => path === '/w/source/src/go.work',
  });
  expect(go.compile(request)).toMatchInlineSnapshot(`
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
      "STAGE_ENV": "amd64",
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
      "STAGE_ENV": "arm64",
      "TZ": "UTC",
    },
  },
]
`);
  expect(go.placements(request)).toEqual([]);
});

test('a stage cannot change what must be fixed, and the user cannot change bytes', () => {
  process.env.GOFLAGS = '-race';
  process.env.GOEXPERIMENT = 'x';
  const environment = () => ({
    GOOS: 'plan9',
    GOPROXY: 'evil',
    CGO_ENABLED: '1',
    GOFLAGS: '-mod=mod',
    MINE: '1',
  });
  const [call] = go.compile(requestOf(go, ['compile-go', './x'], { environment }));
  expect(call!.env).toMatchObject({
    GOOS: 'linux',
    GOPROXY: 'off',
    CGO_ENABLED: '0',
    GOFLAGS: '-mod=readonly',
    MINE: '1',
  });
  expect(call!.env).not.toHaveProperty('GOEXPERIMENT');
  delete process.env.GOFLAGS;
  delete process.env.GOEXPERIMENT;
});

test('go.work is the one that COPY brought, never one above the tree', () => {
  const workOf = (contains: (path: string) => boolean) =>
    go.compile(requestOf(go, ['compile-go', './x'], { contains }))[0]!.env.GOWORK;
  expect(workOf(() => false)).toBe('off');
  expect(workOf((path) => path === '/w/go.work')).toBe('off');
  expect(workOf((path) => path === '/w/source/go.work')).toBe('/w/source/go.work');
  expect(workOf((path) => path.endsWith('/go.work'))).toBe('/w/source/src/x/go.work');
});

test('variants reach the compiler', () => {
  const targets = [{ ...amd64, variant: 'v3' }, { os: 'linux', architecture: 'arm', variant: 'v6' }, arm64];
  const calls = go.compile(requestOf(go, ['compile-go', './x'], { targets }));
  expect(calls.map(({ env }) => [env.GOARCH, env.GOAMD64, env.GOARM])).toEqual([
    ['amd64', 'v3', undefined],
    ['arm', 'v1', '6'],
    ['arm64', 'v1', undefined],
  ]);
});

test('fetching downloads what the lockfile names, and is told where from', () => {
  const [call, ...others] = go.fetch(requestOf(go, ['compile-go', './x']));
  expect(others).toEqual([]);
  expect(call).toMatchObject({
    argv: ['/usr/local/go/bin/go', 'mod', 'download'],
    cwd: '/w/source/src/x',
    env: { GOFLAGS: '', GOMODCACHE: '/c/gomod', GOTOOLCHAIN: 'local' },
  });
  expect(go.fetchInherits).toEqual(expect.arrayContaining(['GOPROXY', 'GOPRIVATE', 'GOSUMDB']));
});

describe('toolchain', () => {
  const right = { '/usr/local/go/bin/go': '', '/usr/local/go/VERSION': 'go1.26.8\ntime 2026' };
  const old = { '/opt/old/bin/go': '', '/opt/old/VERSION': 'go1.19.8\n' };

  test('is found behind a link and behind a wrong one', () => {
    const files = { ...right, ...old, '/usr/bin/go': '-> /usr/local/go/bin/go' };
    const found = go.findToolchain(pin, machineOf(files, ['/opt/old/bin', '/usr/bin']), '/c');
    expect(found).toEqual({ ok: true, value: { command: '/usr/local/go/bin/go', root: '/usr/local/go' } });
  });

  test('is found where `go` itself keeps the ones that it downloaded', () => {
    const root = `/c/gomod/golang.org/toolchain@v0.0.1-go1.26.8.linux-${process.arch === 'x64' ? 'amd64' : process.arch}`;
    const found = go.findToolchain(
      pin,
      machineOf({ [`${root}/bin/go`]: '', [`${root}/VERSION`]: 'go1.26.8' }),
      '/c',
    );
    expect(found).toEqual({ ok: true, value: { command: `${root}/bin/go`, root } });
  });

  test('missing', () => {
    const found = go.findToolchain(pin, machineOf({}, ['/usr/bin']), '/c');
    expect(found).toMatchObject({
      ok: false,
      failures: [{ code: 'TOOLCHAIN_MISSING', what: expect.stringContaining('go1.26.8') }],
    });
  });

  test('differs: a prefix of the version is not the version', () => {
    const near = { '/a/bin/go': '', '/a/VERSION': 'go1.26.81\n' };
    const found = go.findToolchain(pin, machineOf({ ...old, ...near }, ['/opt/old/bin', '/a/bin']), '/c');
    expect(found).toMatchObject({
      ok: false,
      failures: [{ code: 'TOOLCHAIN_DIFFERS', why: 'found go1.19.8 in /opt/old/bin, go1.26.81 in /a/bin' }],
    });
  });
});

test('any Go on PATH fetches the pinned one as a module, whatever its own settings are', () => {
  const pin = { language: 'go', version: '1.26.8', packages: {} };
  const obtaining = go.obtain!(pin, machineOf({ '/usr/bin/go': '' }, ['/none', '/usr/bin']), '/c');
  expect(obtaining?.call.argv).toEqual([
    '/usr/bin/go',
    'mod',
    'download',
    expect.stringMatching(/^golang\.org\/toolchain@v0\.0\.1-go1\.26\.8\.\w+-\w+$/),
  ]);
  expect(obtaining?.call.env).toMatchObject({ GOTOOLCHAIN: 'local', GOWORK: 'off', GOMODCACHE: '/c/gomod' });
  expect(obtaining?.executable[0]).toMatch(/^\/c\/gomod\/golang\.org\/toolchain@.*\/bin$/);
  expect(go.obtain!(pin, machineOf({}, ['/usr/bin']), '/c')).toBeUndefined();
});

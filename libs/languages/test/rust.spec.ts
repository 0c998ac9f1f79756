import { debianVersions } from '../src/index';
import { rust } from '../src/rust';
import { amd64, machineOf, requestOf } from './support';

const argv = ['compile-rust', '--package', 'prism-proxy'];
const toolchain = { command: '/usr/bin/cargo', root: '/usr' };

test.each([
  [argv, { units: ['prism-proxy'], flags: { package: 'prism-proxy' } }],
  [
    ['compile-rust', '--package=p', '--bin=b', '--features', 'x,y', '--profile=dist'],
    { units: ['b'], flags: { package: 'p', bin: 'b', features: 'x,y', profile: 'dist' } },
  ],
])('recognises %j', (command, expected) => {
  expect(rust.command.recognise(command)).toEqual({ language: 'rust', ...expected });
});

test.each([
  [['compile-rust']],
  [['compile-rust', '--bin', 'x']],
  [['compile-rust', '--package', 'x', 'y']],
  [['compile-rust', '--package', 'x', '--config', 'build.rustc-wrapper="evil"']],
  [['cargo', 'build']],
])('does not recognise %j', (command) => {
  expect(rust.command.recognise(command)).toBeUndefined();
});

test('argv and environment of a compile: one cargo for all platforms', () => {
  const request = requestOf(rust, argv, { toolchain });
  expect(rust.compiler.compile(request)).toMatchInlineSnapshot(`
[
  {
    "argv": [
      "/usr/bin/cargo",
      "build",
      "--locked",
      "--offline",
      "--message-format=json-render-diagnostics",
      "--profile=release",
      "--package=prism-proxy",
      "--bin=prism-proxy",
      "--target",
      "x86_64-unknown-linux-gnu",
      "--target",
      "aarch64-unknown-linux-gnu",
      "--manifest-path",
      "/w/source/src/x/Cargo.toml",
    ],
    "cwd": "/",
    "env": {
      "AR_aarch64_unknown_linux_gnu": "aarch64-linux-gnu-ar",
      "AR_x86_64_unknown_linux_gnu": "x86_64-linux-gnu-ar",
      "CARGO_BUILD_BUILD_DIR": "/c/cargo-units",
      "CARGO_ENCODED_RUSTFLAGS": "-Ctarget-feature=+crt-static--remap-path-prefix=/c/cargo=/cargo--remap-path-prefix=/c/cargo-units=/target",
      "CARGO_HOME": "/c/cargo",
      "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER": "aarch64-linux-gnu-gcc",
      "CARGO_TARGET_DIR": "/w/out/1/cargo",
      "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER": "x86_64-linux-gnu-gcc",
      "CC_aarch64_unknown_linux_gnu": "aarch64-linux-gnu-gcc",
      "CC_x86_64_unknown_linux_gnu": "x86_64-linux-gnu-gcc",
      "CFLAGS_aarch64_unknown_linux_gnu": "-ffile-prefix-map=/c/cargo=/cargo",
      "CFLAGS_x86_64_unknown_linux_gnu": "-ffile-prefix-map=/c/cargo=/cargo",
      "CMAKE": "cmake-of-no-stage",
      "CXX": "cxx-of-no-stage",
      "HOME": "/h",
      "LANG": "C",
      "PATH": "/usr/bin:/bin",
      "PKG_CONFIG": "pkg-config-of-no-stage",
      "RUSTC": "/usr/bin/rustc",
      "SOURCE_DATE_EPOCH": "0",
      "TZ": "UTC",
    },
  },
]
`);
});

test('a stage cannot change what must be fixed', () => {
  const environment = () => ({ RUSTC: '/evil', CARGO_ENCODED_RUSTFLAGS: '', HOME: '/root', MINE: '1' });
  const [call] = rust.compiler.compile(requestOf(rust, argv, { toolchain, environment }));
  expect(call!.env).toMatchObject({ RUSTC: '/usr/bin/rustc', HOME: '/h', MINE: '1' });
  expect(call!.env.CARGO_ENCODED_RUSTFLAGS).toContain('+crt-static');
});

test('what cargo made goes to /out of its platform, by profile', () => {
  const placed = (more: string[]) =>
    rust.compiler.placements!(requestOf(rust, [...argv, ...more], { toolchain, targets: [amd64] }));
  expect(placed([])).toEqual([
    {
      from: '/w/out/1/cargo/x86_64-unknown-linux-gnu/release/prism-proxy',
      to: '/w/out/linux-amd64/prism-proxy',
    },
  ]);
  expect(placed(['--profile', 'dev'])[0]!.from).toContain('/debug/');
  expect(placed(['--profile', 'dist', '--bin', 'b'])[0]!.from).toMatch(/\/dist\/b$/);
});

test('a cargo that cannot separate them compiles and finishes in a directory of its project', () => {
  const before = requestOf(rust, argv, { toolchain, targets: [amd64], version: '1.90.0' });
  const [call] = rust.compiler.compile(before);
  const directory = call!.env.CARGO_TARGET_DIR!;
  expect(directory).toBe('/c/cargo-own/w/source');
  expect(call!.env.CARGO_ENCODED_RUSTFLAGS).toContain(`--remap-path-prefix=${directory}=/target`);
  expect(rust.compiler.placements!(before)[0]!.from.startsWith(`${directory}/`)).toBe(true);
});

test('fetching is locked, and for the platforms that are built only', () => {
  const [call] = rust.dependencies!.fetch(requestOf(rust, argv, { toolchain, targets: [amd64] }));
  expect(call!.argv).toEqual([
    '/usr/bin/cargo',
    'fetch',
    '--locked',
    '--target',
    'x86_64-unknown-linux-gnu',
    '--manifest-path',
    '/w/source/src/x/Cargo.toml',
  ]);
});

describe('toolchain', () => {
  const paragraph = (
    name: string,
    version: string,
    architecture = 'amd64',
    status = 'install ok installed',
  ) => `Package: ${name}\nStatus: ${status}\nArchitecture: ${architecture}\nVersion: ${version}\n`;
  const status = (...paragraphs: string[]) => ({
    '/usr/bin/cargo': '',
    '/var/lib/dpkg/status': paragraphs.join('\n'),
  });
  const pin = { language: 'rust', version: '1', packages: { rustc: '1-2', 'libstd:arm64': '3' } };
  const find = (files: Record<string, string>) => rust.toolchain.find(pin, machineOf(files), '/c');

  test('found', () => {
    expect(find(status(paragraph('rustc', '1-2'), paragraph('libstd', '3', 'arm64')))).toEqual({
      ok: true,
      value: toolchain,
    });
  });

  test('another version, another architecture, and removed packages do not count', () => {
    expect(find(status(paragraph('rustc', '1-3'), paragraph('libstd', '3', 'amd64')))).toMatchObject({
      ok: false,
      failures: [
        {
          code: 'TOOLCHAIN_DIFFERS',
          why: 'rustc: pinned 1-2, here 1-3\nlibstd:arm64: pinned 3, here absent',
        },
      ],
    });
    const removed = status(paragraph('rustc', '1-2', 'amd64', 'deinstall ok config-files'));
    expect(find(removed)).toMatchObject({ ok: false, failures: [{ code: 'TOOLCHAIN_MISSING' }] });
  });

  test('no Debian, no cargo', () => {
    expect(rust.toolchain.find({ ...pin, packages: {} }, machineOf({}), '/c')).toMatchObject({
      ok: false,
      failures: [{ code: 'TOOLCHAIN_MISSING', why: 'there is no /usr/bin/cargo' }],
    });
  });

  test('a package name that is the end of another is not taken for it', () => {
    expect(debianVersions(paragraph('my-rustc', '9')).get('rustc')).toBeUndefined();
  });
});

describe('C of build scripts', () => {
  test('is compiled by the pinned tools, with the flags of the stage behind ours', () => {
    const environment = () => ({ CFLAGS: '-DX=1', CXX: 'g++' });
    const [call] = rust.compiler.compile(requestOf(rust, argv, { toolchain, environment }));
    expect(call!.env).toMatchObject({
      CC_aarch64_unknown_linux_gnu: 'aarch64-linux-gnu-gcc',
      AR_aarch64_unknown_linux_gnu: 'aarch64-linux-gnu-ar',
      CFLAGS_aarch64_unknown_linux_gnu: '-ffile-prefix-map=/c/cargo=/cargo -DX=1',
      ...{ CXX: 'cxx-of-no-stage', CMAKE: 'cmake-of-no-stage', PKG_CONFIG: 'pkg-config-of-no-stage' },
    });
  });

  test.each([
    ['failed to find tool "cxx-of-no-stage": No such file or directory (os error 2)', 'a C++ compiler'],
    ['failed to execute command: No such file or directory\nis `cmake-of-no-stage` not installed?', 'cmake'],
  ])('%s', (output, missing) => {
    expect(rust.diagnosis.explain!(output, 'compile')).toMatchObject({
      code: 'TOOLCHAIN_MISSING',
      what: `a build script needs ${missing}, which the pinned builder does not have`,
    });
  });
});

import { rust } from '../src/rust';
import { matchesCfg } from '../src/rust/cfg';
import { explainRust } from '../src/rust/explain';
import { satisfiesChannel } from '../src/rust/toolchainFile';
import { readerOf } from './closures';
import { amd64, arm64, requestOf } from './support';

const argv = ['compile-rust', '--package', 'app'];
const manifest = '[package]\nname = "app"\n';

/** Files by the path below the working directory, which is `w` of the stage. */
function check(
  files: Record<string, string>,
  environment: Record<string, string> = {},
  version = '1.96.0',
): string[] {
  const all = Object.fromEntries(
    Object.entries({ 'Cargo.toml': manifest, ...files }).map(([path, text]) => [`w/${path}`, text]),
  );
  const request = {
    ...{ recognised: rust.command.recognise(argv)!, targets: [amd64, arm64], working: 'w' },
    pin: { language: 'rust', version, packages: {} },
    environment: () => environment,
    at: { file: 'Containerfile', line: 4 },
  };
  const placeOf = (path: string) => path.replace('w/', 'svc/');
  return rust.command.check!(request, { ...readerOf(all), placeOf }).map(
    ({ at, code, what }) => `${at!.file}:${at!.line}: ${code}: ${what}`,
  );
}
const refused = (line: number, key: string) =>
  `svc/.cargo/config.toml:${line}: SETTING_NOT_HONOURED: the setting ${key} does not take effect`;

test.each<[string, string[]]>([
  ['[build]\nrustflags = ["--cfg", "x"]\njobs = 2\n[net]\noffline = true\n[alias]\nx = "run"\n', []],
  ['[target.x86_64-unknown-linux-gnu]\nrunner = "x"\nlinker = "x86_64-linux-gnu-gcc"\n', []],
  ['[target.x86_64-pc-windows-gnu]\nlinker = "x"\n[profile.release]\nlto = true\n[env]\nA = "b"\n', []],
  ['[build]\ntarget = "x86_64-unknown-linux-musl"\n', [refused(2, 'build.target')]],
  [
    '[build]\nrustc-wrapper = "sccache"\nrustc = "my"\n',
    [refused(3, 'build.rustc'), refused(2, 'build.rustc-wrapper')],
  ],
  [
    '# x\n[target.aarch64-unknown-linux-gnu]\nlinker = "clang"\n',
    [refused(3, 'target.aarch64-unknown-linux-gnu.linker')],
  ],
  ["[target.'cfg(unix)']\nlinker = 'clang'\n", [refused(2, 'target.cfg(unix).linker')]],
  ["[target.'cfg(feature = \"x\")']\nrustflags = ['-g']\n", [refused(1, 'target.cfg(feature = "x")')]],
  ['[build]\nrustflags = "-C target-cpu=native"\n', [refused(2, 'build.rustflags')]],
  ['[build]\nrustflags = ["-Clink-arg=-fuse-ld=mold"]\n', [refused(2, 'build.rustflags')]],
  ['[unstable]\nx = true\n', [refused(1, 'unstable')]],
  ['paths = ["/x"]\ninclude = ["a.toml"]\n', [refused(2, 'include'), refused(1, 'paths')]],
  ['[source.a]\nlocal-registry = "x"\n', [refused(2, 'source.a.local-registry')]],
  ['env.CC_x86_64_unknown_linux_gnu = "clang"\n', [refused(1, 'env.CC_x86_64_unknown_linux_gnu')]],
  ['env.CFLAGS = "-O2"\n', [refused(1, 'env.CFLAGS')]],
  ['env.PKG_CONFIG = "x"\n', [refused(1, 'env.PKG_CONFIG')]],
])('of the configuration %j what is not in force is %j', (text, expected) => {
  expect(check({ '.cargo/config.toml': text })).toEqual(expected);
});

test.each<[string, string, boolean]>([
  ['RUSTFLAGS', '--cfg tokio_unstable', true],
  ['RUSTFLAGS', '-Clinker=clang', false],
  ['CARGO_PROFILE_RELEASE_LTO', 'true', true],
  ['CARGO_HOME', '/usr/local/cargo', true],
  ['RUSTC_WRAPPER', '', true],
  ['RUSTC_WRAPPER', 'sccache', false],
  ['CARGO_BUILD_RUSTC_WRAPPER', 'sccache', false],
  ['RUSTC', '/opt/rustc', false],
  ['CARGO_BUILD_TARGET', 'x86_64-unknown-linux-musl', false],
  ['CC', 'clang', false],
  ['CC_x86_64_unknown_linux_gnu', 'clang', false],
  ['TARGET_CC', 'clang', false],
  ['HOST_CC', 'gcc', false],
  ['CC_aarch64-unknown-linux-gnu', 'aarch64-linux-gnu-gcc', true],
  ['AR', 'llvm-ar', false],
  ['AR_aarch64_unknown_linux_gnu', 'aarch64-linux-gnu-ar', true],
  ['CXX', 'g++', false],
  ['CXX_x86_64_unknown_linux_gnu', 'g++', false],
  ['CMAKE', '/usr/bin/cmake', false],
  ['PKG_CONFIG', 'pkgconf', false],
  ['CC_x86_64_pc_windows_gnu', 'x', true],
  ['CCACHE_DIR', '/x', true],
  ['CFLAGS', '-O2', true],
  ['TZ', 'Asia/Tokyo', true],
  ['HOME', '/root', false],
  ['RUSTC_BOOTSTRAP', '1', true],
])('the variable %s=%s: in force %s', (name, value, inForce) => {
  const said = check({}, { [name]: value });
  expect(said).toEqual(
    inForce
      ? []
      : [`Containerfile:4: SETTING_NOT_HONOURED: the variable ${name} of the stage does not take effect`],
  );
});

test.each<[string, boolean]>([
  ['1.96.0', true],
  ['1.96', true],
  ['stable', true],
  ['1.96.0-x86_64-unknown-linux-gnu', true],
  ['1.9', false],
  ['1.85.0', false],
  ['beta', false],
  ['nightly-2026-01-01', false],
])('the channel %s is 1.96.0: %s', (channel, expected) => {
  expect(satisfiesChannel(channel, '1.96.0')).toBe(expected);
  const said = expected
    ? []
    : [
        expect.stringContaining(
          `svc/rust-toolchain.toml:2: TOOLCHAIN_DIFFERS: this file asks for Rust ${channel}, and the builder is pinned to 1.96.0`,
        ),
      ];
  expect(check({ 'rust-toolchain.toml': `[toolchain]\nchannel = "${channel}"\n` })).toEqual(said);
  expect(check({ 'rust-toolchain': `${channel}\n` })).toHaveLength(expected ? 0 : 1);
  expect(check({}, { RUSTUP_TOOLCHAIN: channel })).toHaveLength(expected ? 0 : 1);
});

test('a manifest that needs a newer compiler', () => {
  const newer = `${manifest}rust-version = "1.97"\n`;
  expect(check({ 'Cargo.toml': newer })).toEqual([
    'svc/Cargo.toml:3: TOOLCHAIN_DIFFERS: this package needs Rust 1.97 or newer, and the builder is pinned to 1.96.0',
  ]);
  expect(check({ 'Cargo.toml': newer }, {}, '1.100.0')).toEqual([]);
});

/** The flags that rustc gets for each target, without ours. */
function flags(files: Record<string, string>, environment: Record<string, string> = {}) {
  const text = (path: string) => files[path.replace('/w/source/', '')];
  const contains = (path: string) => text(path) !== undefined;
  const request = requestOf(rust, argv, { text, contains, environment: () => environment });
  return rust.compiler.compile(request).map(({ argv: [...words], env }) => {
    const given = env.CARGO_ENCODED_RUSTFLAGS!.split('\x1f');
    const triples = words.filter((word) => word.endsWith('-linux-gnu')).map((word) => word.split('-')[0]);
    return [triples.join(), given.slice(0, given.indexOf('target-feature=+crt-static') - 1).join(' ')];
  });
}
const both = (given: string) => [['x86_64,aarch64', given]];

test.each<[string, Record<string, string>, Record<string, string>, string[][]]>([
  ['none', {}, {}, both('')],
  ['build', { 'src/.cargo/config.toml': '[build]\nrustflags = ["-a", "b c"]' }, {}, both('-a b c')],
  ['a text', { '.cargo/config': '[build]\nrustflags = "-a  -b"' }, {}, both('-a -b')],
  [
    'levels',
    {
      '.cargo/config.toml': '[build]\nrustflags = ["-a"]',
      'src/x/.cargo/config.toml': '[build]\nrustflags = ["-b"]',
    },
    {},
    both('-a -b'),
  ],
  [
    'a target comes before build, and is another compile where the targets differ',
    {
      '.cargo/config.toml':
        '[build]\nrustflags = ["-a"]\n[target.x86_64-unknown-linux-gnu]\nrustflags = ["-b"]\n[target."cfg(target_arch = \\"x86_64\\")"]\nrustflags = ["-c"]',
    },
    {},
    [
      ['x86_64', '-b -c'],
      ['aarch64', '-a'],
    ],
  ],
  [
    'the variable comes first',
    { '.cargo/config.toml': '[build]\nrustflags = ["-a"]' },
    { RUSTFLAGS: '--cfg x' },
    both('--cfg x'),
  ],
  [
    'encoded before that',
    {},
    { RUSTFLAGS: '-a', CARGO_ENCODED_RUSTFLAGS: '--cfg\x1fb="c d"' },
    both('--cfg b="c d"'),
  ],
  ['of cargo', {}, { CARGO_BUILD_RUSTFLAGS: '-a' }, both('-a')],
])('flags: %s', (_what, files, environment, expected) => {
  expect(flags(files, environment)).toEqual(expected);
});

test('variables that set flags for one target do not make another call', () => {
  const environment = () => ({
    CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS: '-Ctarget-cpu=x86-64-v2',
    CARGO_BUILD_RUSTFLAGS: '--cfg x',
  });
  const calls = rust.compiler.compile(requestOf(rust, argv, { environment }));
  expect(calls).toHaveLength(1);
  expect(calls[0]!.env).not.toHaveProperty('CARGO_ENCODED_RUSTFLAGS');
  const ours = '"-C","target-feature=+crt-static",';
  // A target with flags of its own has none of build's.
  expect(calls[0]!.argv.filter((word) => word.startsWith('--config'))).toEqual([
    expect.stringContaining(`--config=target.x86_64-unknown-linux-gnu.rustflags=[${ours}`),
    expect.stringContaining(`--config=target.aarch64-unknown-linux-gnu.rustflags=["--cfg","x",${ours}`),
  ]);
});

test.each<[string, boolean | undefined]>([
  ['cfg(unix)', true],
  ['cfg(not(windows))', true],
  ['cfg(all(target_os = "linux", target_arch="x86_64"))', true],
  ['cfg(any(target_env = "musl", target_arch = "aarch64"))', false],
  ['cfg(all())', true],
  ['cfg(any())', false],
  ['cfg(any(unix, feature = "x"))', true],
  ['cfg(all(unix, feature = "x"))', undefined],
  ['cfg(debug_assertions)', undefined],
  ['x86_64-unknown-linux-gnu', undefined],
  ['cfg(unix) x', undefined],
])('%s is %s', (key, expected) => {
  expect(matchesCfg(key, { architecture: 'x86_64' })).toBe(expected);
});

test.each<[string, string, RegExp]>([
  [
    'error: package `a v1.0.0` cannot be built because it requires rustc 1.99 or newer',
    'TOOLCHAIN_DIFFERS',
    /1\.99/,
  ],
  [
    'error: rustc 1.85.0 is not supported by the following packages:\n  a@1.0 requires rustc 1.90\n\nx',
    'TOOLCHAIN_DIFFERS',
    /1\.85\.0 is too old for a@1\.0/,
  ],
  ['  feature `edition2024` is required', 'TOOLCHAIN_DIFFERS', /edition 2024/],
  [
    'error: cannot update the lock file /s/Cargo.lock because --locked was passed',
    'DEPENDENCIES_NOT_FETCHED',
    /no Cargo\.lock, or one that does not match/,
  ],
  [
    'error: the lock file /s/Cargo.lock needs to be updated but --locked was passed',
    'DEPENDENCIES_NOT_FETCHED',
    /Cargo\.lock/,
  ],
  ['(signal: 9, SIGKILL: kill)', 'COMPILE_FAILED', /memory/],
  ['/usr/bin/ld: cannot find -lpq: No such file', 'COMPILE_FAILED', /library pq/],
  ['Could not find directory of OpenSSL installation', 'COMPILE_FAILED', /OpenSSL/],
  ['error: linker `clang` not found', 'TOOLCHAIN_MISSING', /clang/],
  ["error: couldn't read `src/../x`: No such file or directory", 'COMPILE_FAILED', /src\/\.\.\/x/],
  ['Could not resolve host: index.example.com', 'DEPENDENCIES_NOT_FETCHED', /cannot be reached/],
  [
    'error: no matching package named `tiny` found\nlocation searched: directory source `/w/vendor`',
    'DEPENDENCIES_NOT_FETCHED',
    /tiny is neither/,
  ],
])('%j is %s', (output, code, what) => {
  expect(explainRust(output)).toMatchObject({ code, what: expect.stringMatching(what) });
});

test('what is plain is left to the compiler', () => {
  expect(explainRust('error[E0308]: mismatched types')).toBeUndefined();
});

test('a machine whose Rust is another than a pin without packages', () => {
  const pin = { language: 'rust', version: '1.85.0', packages: {} };
  const status = (version: string) =>
    `Package: rustc-web\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\n`;
  const find = (files: Record<string, string>) =>
    rust.toolchain.find(
      pin,
      { path: [], readText: (path) => files[path], isExecutable: () => true, realPath: (path) => path },
      '/c',
    );
  expect(find({ '/var/lib/dpkg/status': status('1.85.0+dfsg3-1') }).ok).toBe(true);
  expect(find({ '/var/lib/dpkg/status': status('1.96.0+dfsg1-1') })).toMatchObject({
    failures: [{ code: 'TOOLCHAIN_DIFFERS', why: 'rustc-web: pinned 1.85.0, here 1.96.0' }],
  });
  expect(find({})).toMatchObject({ failures: [{ why: 'nothing says which version /usr/bin/cargo is' }] });
});

const elsewhere = (where: string, what: string): string =>
  `${where}: SETTING_NOT_HONOURED: ${what}, and the sources are elsewhere`;

test.each<[string, Record<string, string>, Record<string, string>, string[]]>([
  [
    'a path',
    { 'build.rs': 'fn main() {\n  std::fs::read("/w/data.txt");\n}' },
    {},
    [elsewhere('svc/build.rs:2', 'this build script or macro names /w/data.txt of the stage')],
  ],
  [
    'a placeholder',
    { 'build.rs': 'format!("/w/{}", x)' },
    {},
    [elsewhere('svc/build.rs:1', 'this build script or macro names /w/{} of the stage')],
  ],
  [
    'what cargo watches',
    { 'build.rs': 'println!("cargo:rerun-if-changed=/w/data.txt");' },
    {},
    [elsewhere('svc/build.rs:1', 'this build script or macro names /w/data.txt of the stage')],
  ],
  [
    'a variable',
    { 'build.rs': '\nlet x = env::var("DATA");' },
    { DATA: '/w/data.txt' },
    [elsewhere('svc/build.rs:2', 'this build script or macro reads DATA=/w/data.txt')],
  ],
  [
    'a variable of the configuration',
    { 'build.rs': 'let x = env::var("DATA");', '.cargo/config.toml': '[env]\nDATA = "/w/data.txt"\n' },
    {},
    [elsewhere('svc/build.rs:1', 'this build script or macro reads DATA=/w/data.txt')],
  ],
  [
    'a macro',
    {
      'Cargo.toml': `${manifest}[dependencies]\nm = { path = "m" }\n`,
      'm/Cargo.toml': '[package]\nname = "m"\n[lib]\nproc-macro = true\n',
      'm/src/lib.rs': 'fs::read("/w/data.txt")',
    },
    {},
    [elsewhere('svc/m/src/lib.rs:1', 'this build script or macro names /w/data.txt of the stage')],
  ],
  [
    'an include',
    { 'src/main.rs': 'const X: &str = include_str!("/w/data.txt");' },
    {},
    [elsewhere('svc/src/main.rs:1', 'this file includes /w/data.txt')],
  ],
  [
    'a flag',
    { 'src/main.rs': '' },
    { CFLAGS: '-O2 -I/w/include' },
    [elsewhere('Containerfile:4', 'the variable CFLAGS of the stage names /w/include')],
  ],
  ['a path of the program', { 'src/main.rs': 'fs::read("/w/data.txt")' }, { APP_HOME: '/w' }, []],
  [
    'a path of the machine',
    { 'build.rs': 'fs::read("/proc/cpuinfo"); env::var("PATH")' },
    { PATH: '/w/bin:/bin' },
    [],
  ],
  [
    'the end of a path',
    { 'build.rs': 'concat!(env!("CARGO_MANIFEST_DIR"), "/w"); a.ends_with("/w"); a + "/w"' },
    {},
    [],
  ],
  [
    'a comment, and a path relative to the crate',
    { 'build.rs': '// "/w/data.txt"\nfs::read("data.txt")' },
    {},
    [],
  ],
])('absolute paths of the stage while it is compiled: %s', (_, files, environment, expected) => {
  const said = check({ 'data.txt': 'x', ...files }, environment);
  expect(said).toEqual(expected.map((one) => expect.stringContaining(one)));
});

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of Containerfiles.
import { c } from '../src/c';
import { readArguments } from '../src/c/arguments';
import { readerOf } from './closures';
import { amd64, arm64, machineOf, requestOf } from './support';

const cc = ['cc', '-O2', '-o', '/out/x', 'main.c'];
const pin = c.toolchain.shipped;
const at = { file: 'Containerfile', line: 4 };

test.each([
  [cc, { driver: 'cc', output: 'x' }, ['-O2', 'main.c']],
  [['gcc', 'a.c', '-o', '/out/x'], { driver: 'cc', output: 'x' }, ['a.c']],
  [['zig', 'c++', 'a.cc', '-o', '/out/x'], { driver: 'c++', output: 'x' }, ['a.cc']],
])('recognises %j', (argv, flags, units) => {
  expect(c.command.recognise(argv)).toEqual({ language: 'c', units, flags });
});

// Another command, or one that leaves nothing below /out: an engine runs it.
test.each([
  [['cc', 'main.c']],
  [['cc', '-o', 'x', 'main.c']],
  [['zig', 'build']],
  [['make']],
  [['sh', '-c', 'cc']],
])('does not recognise %j', (argv) => {
  expect(c.command.recognise(argv)).toBeUndefined();
});

function check(
  args: readonly string[],
  env: Record<string, string> = {},
  files: Record<string, string> = {},
) {
  const recognised = c.command.recognise(['cc', '-o', '/out/x', ...args])!;
  const request = {
    ...{ recognised, pin, at, targets: [amd64, arm64], working: 'src', environment: () => env },
    setAt: (variable: string) => ({ file: variable, line: 2 }),
  };
  const sources = { ...readerOf(files), placeOf: (path: string) => `svc/${path}` };
  return c.command.check!(request, sources).map(({ at, what }) => `${at?.file}:${at?.line}: ${what}`);
}

test('arguments that change a program take effect', () => {
  const args = [
    '-std=c11',
    '-O3',
    '-Wall',
    '-Wextra',
    '-DX=1',
    '-D',
    'Y',
    '-Iinclude',
    '-I',
    '/src/inc',
    '-pthread',
  ];
  expect(
    check([...args, '-lm', '-g0', '-s', '-static', '-march=x86-64-v2', '-ffast-math', 'a.c', '../b.S']),
  ).toEqual([]);
});

test.each([
  [['-lfoo', 'a.c'], '-lfoo would not take effect: there is no library foo for musl'],
  [['-L/usr/lib', 'a.c'], '-L/usr/lib would not take effect: the builder has no libraries'],
  [['-march=native', 'a.c'], 'a stage compiles for the platforms of its image'],
  [['--target=x', 'a.c'], 'a stage compiles for the platforms of its image'],
  [['-c', 'a.c'], '-c would not take effect: a compile stage makes static programs'],
  [['-shared', 'a.c'], 'makes static programs'],
  [['-fplugin=/bin/evil', 'a.c'], 'files or libraries that the builder does not have'],
  [['-Wl,--plugin,/bin/evil', 'a.c'], 'the C builder does not support it'],
  [['-Xclang', '-load', 'a.c'], 'the C builder does not support it'],
  [['@args', 'a.c'], 'arguments are read from the RUN line alone'],
  [['-I../../up', 'a.c'], '-I../../up would not take effect: it leads out of the stage'],
  [['../../../etc/x.c'], 'it leads out of the stage'],
  [['main.rs'], 'it is not a source of C'],
  [['-g', 'a.c'], 'programs are stripped'],
  [['-O2'], 'cc names no source'],
  [['-I'], '-I would not take effect: it has no value'],
  [['-DX=${Y}', 'a.c'], '-DX=${Y} is not expanded'],
])('%j is refused by name', (args, what) => {
  expect(check(args).join('\n')).toContain(what);
  expect(check(args)[0]).toMatch(/^Containerfile:4: /);
});

test('variables and includes that the compiler would take from the machine are refused, with their places', () => {
  const files = {
    'src/a.c': '#include <stdio.h>\n#include "/etc/x.h"\n',
    'src/b.h': '#include "../../../x.h"\n',
  };
  expect(check(['a.c'], { CPATH: '/x', CFLAGS: '-O1' }, files)).toEqual([
    'CPATH:2: the variable CPATH of the stage does not take effect',
    'svc/src/a.c:2: this file includes /etc/x.h, which is outside of the stage',
    'svc/src/b.h:1: this file includes ../../../x.h, which is outside of the stage',
  ]);
});

test('argv and environment of a compile: no path of the machine reaches the program', () => {
  const toolchain = { command: '/c/zig/x/ziglang/zig', root: '/c/zig/x' };
  const argv = ['cc', '-I/src/inc', '-o', '/out/x', 'main.c', '/src/util.c'];
  const [first, second] = c.compiler.compile(
    requestOf(c, argv, { toolchain, targets: [{ ...amd64, variant: 'v3' }, arm64] }),
  );
  expect(first!.argv.join(' ')).toBe(
    '/c/zig/x/ziglang/zig cc -target x86_64-linux-musl -mcpu=x86_64_v3 -static -fno-sanitize=undefined -ffile-prefix-map=/w/source= -I/w/source/src/inc main.c /w/source/src/util.c -s -Wl,--build-id=none -o /w/out/linux-amd64/x',
  );
  expect(second!.argv).toContain('aarch64-linux-musl');
  expect(first).toMatchObject({
    cwd: '/w/source/src/x',
    env: {
      PATH: '/usr/bin:/bin',
      HOME: '/h',
      SOURCE_DATE_EPOCH: '0',
      ZIG_GLOBAL_CACHE_DIR: '/c/zig/objects',
    },
  });
});

test('a flag and its value in the next argument are one', () => {
  expect(
    readArguments(['-I', 'inc', '-D', 'X', '-include', 'a.h'], '').map(({ written }) => written),
  ).toEqual([...['-Iinc', '-DX', '-includea.h']]);
});

describe('the toolchain', () => {
  const architecture = process.arch === 'x64' ? 'amd64' : process.arch;
  const root = `/c/zig/${pin.wheels![architecture]!.slice(7)}`;
  const metadata = `ziglang-${pin.version}.dist-info/METADATA`;
  const files = (at: string) => ({ [`${at}/${metadata}`]: 'x', [`${at}/ziglang/zig`]: '' });
  const machine = (there: Record<string, string>, path: string[] = []) => ({
    ...machineOf(there, path),
    isExecutable: (file: string) => file in there,
  });

  test.each([root, '/usr/local/lib/zig'])('is found in %s', (at) => {
    expect(c.toolchain.find(pin, machine(files(at)), '/c')).toMatchObject({ ok: true, value: { root: at } });
  });

  test('half a wheel, another version and another digest are none', () => {
    const { [`${root}/${metadata}`]: _, ...half } = files(root);
    for (const [there, one] of [
      [half, pin],
      [files('/usr/local/lib/zig'), { ...pin, version: '0.1.0' }],
      [files(root), { ...pin, wheels: { [architecture]: `sha256:${'0'.repeat(64)}` } }],
      [files(root), { ...pin, wheels: {} }],
    ] as const)
      expect(c.toolchain.find(one, machine(there), '/c')).toMatchObject({
        failures: [{ code: 'TOOLCHAIN_MISSING' }],
      });
  });

  test('pip fetches it by the digest of the pin', () => {
    const there = { '/usr/bin/pip3': '' };
    const obtaining = c.toolchain.obtain!(pin, machine(there, ['/bin', '/usr/bin']), '/c');
    expect(obtaining?.call.argv).toEqual(
      expect.arrayContaining(['/usr/bin/pip3', `--target=${root}`, '--require-hashes']),
    );
    expect(obtaining?.call.input).toBe(`ziglang==${pin.version} --hash=${pin.wheels![architecture]}\n`);
    expect(c.toolchain.obtain!(pin, machine({}, ['/usr/bin']), '/c')).toBeUndefined();
  });
});

test.each([
  ["main.c:1:10: fatal error: 'foo.h' file not found", 'no file foo.h is in the stage'],
  [
    "error: unable to find dynamic system library 'foo' using strategy 'paths_first'.",
    'there is no library foo',
  ],
  [
    'error: unable to find static system library "foo" using strategy no_fallback.',
    'there is no library foo',
  ],
  ['error: undefined symbol: add\n    note: referenced by main.o', 'nothing defines add'],
  ['x.c:1:1: error: expansion of date or time macro is not reproducible [-Werror,-Wdate-time]', '__DATE__'],
])('%j has a cause', (output, what) => {
  expect(c.diagnosis.explain!(output, 'compile')?.what).toContain(what);
});

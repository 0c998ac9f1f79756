import { dirname, join } from 'node:path';
import { splitArguments } from '../arguments';
import { findDebianToolchain } from '../debian';
import type { CompileRequest, Language, Target } from '../language';
import { readRustClosure } from './closure';

const triples: Readonly<Record<string, string>> = {
  amd64: 'x86_64-unknown-linux-gnu',
  arm64: 'aarch64-unknown-linux-gnu',
};

const crossCompilers: Readonly<Record<string, string>> = {
  amd64: 'x86_64-linux-gnu-gcc',
  arm64: 'aarch64-linux-gnu-gcc',
};

/**
 * Rust, by `RUN ["compile-rust", "--package", "x", "--bin", "y"]`: static glibc binaries under /out.
 * The toolchain is Debian's, since it is the one that has both architectures' std as packages;
 * libc, linker and C compiler change bytes too, so the pin names their packages.
 */
export const rust: Language = {
  name: 'rust',
  title: 'Rust',
  lockfiles: ['Cargo.lock'],
  dependencies: 'cargo',
  neverRead: [],
  reads: readRustClosure,
  fetchInherits: ['HOME', 'CARGO_HTTP_CAINFO', 'CARGO_NET_OFFLINE'],

  recognise(argv) {
    if (argv[0] !== 'compile-rust') return undefined;
    const split = splitArguments(argv.slice(1), ['package', 'bin', 'profile', 'features']);
    if (!split || split.units.length > 0 || !split.flags.package) return undefined;
    return { language: 'rust', units: [split.flags.bin ?? split.flags.package], flags: split.flags };
  },

  findToolchain(pin, machine) {
    return findDebianToolchain(pin, machine, { title: 'Rust', command: '/usr/bin/cargo' });
  },

  fetch(request) {
    const { toolchain, targets } = request;
    const argv = [
      toolchain.command,
      'fetch',
      '--locked',
      ...targets.flatMap((target) => ['--target', tripleOf(target)]),
    ];
    return [
      {
        argv: [...argv, ...manifestArguments(request)] as [string, ...string[]],
        cwd: outside,
        env: fixedEnvironment(request),
      },
    ];
  },

  compile(request) {
    const { toolchain, targets, recognised } = request;
    const { flags, units } = recognised;
    // One cargo for all targets: it shares what runs on the host and keeps both cores busy to the end.
    const argv = [
      toolchain.command,
      'build',
      '--locked',
      '--offline',
      `--profile=${flags.profile ?? 'release'}`,
      `--package=${flags.package}`,
      `--bin=${units[0]}`,
      ...(flags.features ? [`--features=${flags.features}`] : []),
      ...targets.flatMap((target) => ['--target', tripleOf(target)]),
      ...manifestArguments(request),
    ];
    const env = {
      ...request.environment(targets[0]!),
      ...fixedEnvironment(request),
      ...compileEnvironment(request),
    };
    return [{ argv: argv as unknown as [string, ...string[]], cwd: outside, env }];
  },

  placements(request) {
    const { recognised, targets, directories, out } = request;
    const profile = recognised.flags.profile ?? 'release';
    const directory = profile === 'dev' ? 'debug' : profile;
    return targets.flatMap((target) =>
      recognised.units.map((unit) => ({
        from: join(targetDirectory(directories.cache), tripleOf(target), directory, unit),
        to: join(out(target), unit),
      })),
    );
  },
};

function tripleOf(target: Target): string {
  return triples[target.architecture] ?? `${target.architecture}-unknown-linux-gnu`;
}

/**
 * Cargo looks for configuration from its working directory upwards, which would find that of the workspace, and of the
 * home that it lies in. So it starts at the root, and is told of the tree's own; later files win.
 */
const outside = '/';

function manifestArguments({ directories, contains }: CompileRequest): string[] {
  const found: string[] = [];
  for (
    let directory = directories.working;
    directory.startsWith(directories.source);
    directory = dirname(directory)
  ) {
    // Cargo takes `config` where both are there.
    const names = ['config', 'config.toml'].map((name) => join(directory, '.cargo', name));
    const file = names.find(contains);
    if (file) found.unshift(`--config=${file}`);
  }
  return [...found, '--manifest-path', join(directories.working, 'Cargo.toml')];
}

function targetDirectory(cache: string): string {
  return join(cache, 'cargo-target');
}

function fixedEnvironment({ directories }: CompileRequest): Record<string, string> {
  return {
    PATH: '/usr/bin:/bin',
    HOME: directories.home,
    LANG: 'C',
    TZ: 'UTC',
    RUSTC: '/usr/bin/rustc',
    CARGO_HOME: join(directories.cache, 'cargo'),
    CARGO_TARGET_DIR: targetDirectory(directories.cache),
  };
}

function compileEnvironment({ directories, targets }: CompileRequest): Record<string, string> {
  // Not the sources' own directory: cargo names them relative to the workspace, and a flag that differs between
  // clones would compile every dependency again.
  const remaps = [
    [join(directories.cache, 'cargo'), '/cargo'],
    [targetDirectory(directories.cache), '/target'],
  ].map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
  const env: Record<string, string> = {
    // mimalloc embeds __TIME__; gcc takes the clock from here.
    SOURCE_DATE_EPOCH: '0',
    CARGO_ENCODED_RUSTFLAGS: ['-C', 'target-feature=+crt-static', ...remaps].join('\x1f'),
  };
  for (const target of targets) {
    const compiler = crossCompilers[target.architecture];
    const triple = tripleOf(target);
    if (!compiler) continue;
    env[`CARGO_TARGET_${triple.toUpperCase().replaceAll('-', '_')}_LINKER`] = compiler;
    env[`CC_${triple.replaceAll('-', '_')}`] = compiler;
  }
  return env;
}

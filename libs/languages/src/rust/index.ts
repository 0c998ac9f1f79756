import { dirname, join, relative } from 'node:path';
import shipped from '../../../../containerfiles/rust-builder/pin.json';
import { splitArguments } from '../arguments';
import { findDebianToolchain } from '../debian';
import type { CompileRequest, CompilerCall, Language, Target } from '../language';
import { checkRust } from './check';
import { readRustClosure } from './closure';
import { readConfigurations } from './configuration';
import { explainRust, mayLackFiles } from './explain';
import { flagsFor } from './flags';
import { crossCompilerOf, tripleOf, upperTriple } from './targets';
import { listContents, listUsedUnits } from './units';

/**
 * Rust, by `RUN ["compile-rust", "--package", "x", "--bin", "y"]`: static glibc binaries under /out.
 * The toolchain is Debian's, since it is the one that has both architectures' std as packages;
 * libc, linker and C compiler change bytes too, so the pin names their packages.
 */
export const rust: Language = {
  name: 'rust',
  title: 'Rust',

  command: {
    recognise(argv) {
      if (argv[0] !== 'compile-rust') return undefined;
      const split = splitArguments(argv.slice(1), ['package', 'bin', 'profile', 'features']);
      if (!split || split.units.length > 0 || !split.flags.package) return undefined;
      return { language: 'rust', units: [split.flags.bin ?? split.flags.package], flags: split.flags };
    },
    check: checkRust,
  },

  sources: { reads: readRustClosure, neverRead: [] },

  dependencies: {
    // What replaces sources decides what there is to fetch.
    lockfiles: ['Cargo.lock', 'config.toml', 'config'],
    directory: 'cargo',
    inherits: ['HOME', 'CARGO_HTTP_CAINFO', 'CARGO_NET_OFFLINE'],
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
          env: { ...stageEnvironment(request), ...fixedEnvironment(request) },
        },
      ];
    },
  },

  compiler: {
    compile(request) {
      // One cargo for all targets where it can be: it shares what runs on the host and keeps all cores busy to the end.
      return groupTargets(request).map((targets) => compileCall({ ...request, targets }));
    },

    placements(request) {
      const { recognised, targets, out } = request;
      return targets.flatMap((target) =>
        recognised.units.map((unit) => ({
          from: join(finishedDirectory(request), tripleOf(target), profileDirectory(request), unit),
          to: join(out(target), unit),
        })),
      );
    },

    units(request, sources) {
      const { targets, environment } = request;
      const [cache, finished] = [unitsDirectory(request), finishedDirectory(request)];
      const profile = profileDirectory(request);
      // What runs on the host lies beside the targets' directories.
      const folders = ['', ...targets.map(tripleOf)].map((triple) => join(cache, triple, profile));
      const folderOf = (directory: string) => join(cache, relative(finished, directory));
      return {
        folders,
        contents: listContents(sources, targets.map(environment)),
        listUsed: (stdout) => listUsedUnits(stdout, folderOf),
      };
    },
  },

  diagnosis: { explain: explainRust, mayLack: mayLackFiles },

  toolchain: {
    builder: 'rust-builder',
    shipped,
    images: ['rust'],
    find(pin, machine) {
      return findDebianToolchain(pin, machine, {
        title: 'Rust',
        command: '/usr/bin/cargo',
        versionOf: ['rustc-web', 'rustc'],
      });
    },
  },
};

function compileCall(request: CompileRequest): CompilerCall {
  const { toolchain, targets, recognised } = request;
  const { flags, units } = recognised;
  const argv = [
    ...[toolchain.command, 'build', '--locked', '--offline', '--message-format=json-render-diagnostics'],
    `--profile=${flags.profile ?? 'release'}`,
    `--package=${flags.package}`,
    `--bin=${units[0]}`,
    ...(flags.features ? [`--features=${flags.features}`] : []),
    ...targets.flatMap((target) => ['--target', tripleOf(target)]),
    ...manifestArguments(request),
  ];
  const env = {
    ...stageEnvironment(request),
    ...fixedEnvironment(request),
    ...compileEnvironment(request),
  };
  return { argv: argv as unknown as [string, ...string[]], cwd: outside, env };
}

/** Targets with the same environment and flags. */
function groupTargets(request: CompileRequest): Target[][] {
  const groups = new Map<string, Target[]>();
  for (const target of request.targets) {
    const key = JSON.stringify([request.environment(target), flagsOf(request, target)]);
    groups.set(key, [...(groups.get(key) ?? []), target]);
  }
  return [...groups.values()];
}

function flagsOf({ directories, environment, text }: CompileRequest, target: Target): readonly string[] {
  const { source, working } = directories;
  const read = (path: string) => text(join(source, path));
  const configurations = readConfigurations(relative(source, working), read);
  return flagsFor(target, configurations, environment(target));
}

/** What the stage sets, over what we would set if it did not. Flags are merged into ours, by compileEnvironment. */
function stageEnvironment({ environment, targets }: CompileRequest): Record<string, string> {
  const { RUSTFLAGS: _, ...others } = environment(targets[0]!);
  // mimalloc embeds __TIME__; gcc takes the clock from here.
  return { LANG: 'C', TZ: 'UTC', SOURCE_DATE_EPOCH: '0', ...others };
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

function profileDirectory({ recognised }: CompileRequest): string {
  const profile = recognised.flags.profile ?? 'release';
  return profile === 'dev' ? 'debug' : profile;
}

/** Since 1.91 cargo leaves finished programs in another directory than what it makes them of. */
function separates({ version }: CompileRequest): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 1 || minor >= 91;
}

/** Where cargo keeps what it compiled, for all projects; an older cargo finishes programs there too: for one. */
function unitsDirectory(request: CompileRequest): string {
  const { cache, source } = request.directories;
  if (separates(request)) return join(cache, 'cargo-units');
  return join(cache, 'cargo-own', source);
}

/** Where cargo leaves finished programs: no other compile writes there. */
function finishedDirectory(request: CompileRequest): string {
  return separates(request) ? join(request.directories.scratch, 'cargo') : unitsDirectory(request);
}

function fixedEnvironment(request: CompileRequest): Record<string, string> {
  const { directories } = request;
  return {
    PATH: '/usr/bin:/bin',
    HOME: directories.home,
    RUSTC: '/usr/bin/rustc',
    CARGO_HOME: join(directories.cache, 'cargo'),
    CARGO_TARGET_DIR: finishedDirectory(request),
    CARGO_BUILD_BUILD_DIR: unitsDirectory(request),
  };
}

function compileEnvironment(request: CompileRequest): Record<string, string> {
  const { directories, targets } = request;
  // Not the sources' own directory: cargo names them relative to the workspace, and a flag that differs between
  // clones would compile every dependency again.
  const remaps = [
    [join(directories.cache, 'cargo'), '/cargo'],
    [unitsDirectory(request), '/target'],
  ].map(([from, to]) => `--remap-path-prefix=${from}=${to}`);
  const env: Record<string, string> = {
    CARGO_ENCODED_RUSTFLAGS: [
      ...flagsOf(request, targets[0]!),
      ...['-C', 'target-feature=+crt-static', ...remaps],
    ].join('\x1f'),
  };
  for (const target of targets) {
    const compiler = crossCompilerOf(target);
    if (!compiler) continue;
    env[`CARGO_TARGET_${upperTriple(target)}_LINKER`] = compiler;
    env[`CC_${tripleOf(target).replaceAll('-', '_')}`] = compiler;
  }
  return env;
}

import { dirname, join, relative } from 'node:path';
import shipped from '../../../../containerfiles/rust-builder/pin.json';
import { splitArguments } from '../arguments';
import { findDebianToolchain } from '../debian';
import type { CompileRequest, CompilerCall, Language, Target } from '../language';
import { cEnvironment } from './cEnvironment';
import { checkRust } from './check';
import { readRustClosure } from './closure';
import { encodeDependencyList, listSection } from './dependencyList';
import { finishedDirectory, unitsDirectory } from './directories';
import { explainRust, mayLackFiles } from './explain';
import { machinePaths } from './machinePaths';
import { groupTargets, passFlags } from './passFlags';
import { crossCompilerOf, crossToolOf, tripleOf, upperTriple } from './targets';
import { listContents, listUsedUnits } from './units';

/**
 * Rust, by `RUN ["compile-rust", "--package", "x", "--bin", "y"]`: static glibc binaries under /out. The toolchain is
 * Debian's, because Debian packages the standard library for both architectures. The libc, linker and C compiler also
 * affect bytes, so the pin names their packages.
 */
export const rust: Language = {
  name: 'rust',
  title: 'Rust',

  command: {
    recognise(argv) {
      if (argv[0] !== 'compile-rust') return undefined;
      const split = splitArguments(argv.slice(1), ['package', 'bin', 'profile', 'features']);
      if (!split || split.units.length > 0 || !split.flags.package) return undefined;
      return { language: 'rust', ...split, units: [split.flags.bin ?? split.flags.package] };
    },
    check: checkRust,
    develop: (recognised) => ({ ...recognised, flags: { ...recognised.flags, profile: 'dev' } }),
  },

  sources: { reads: readRustClosure, neverRead: [] },

  dependencies: {
    // Source replacement determines what has to be fetched.
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
      // One cargo call for all targets if possible: host programs are compiled once, and all cores stay busy to the
      // end.
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

    finish(request, stdout) {
      if (request.development) return { files: [], calls: [] };
      const made = request.targets.flatMap((target) => addList(request, target, stdout) ?? []);
      return { files: made.map(({ file }) => file), calls: made.map(({ call }) => call) };
    },

    units(request, sources) {
      const { targets, environment } = request;
      const [cache, finished] = [unitsDirectory(request), finishedDirectory(request)];
      const profile = profileDirectory(request);
      // Programs for the host are beside the targets' directories.
      const folders = ['', ...targets.map(tripleOf)].map((triple) => join(cache, triple, profile));
      const folderOf = (directory: string) => join(cache, relative(finished, directory));
      return {
        folders,
        contents: listContents(sources, targets.map(environment)),
        listUsed: (stdout) => listUsedUnits(stdout, folderOf),
      };
    },

    machinePaths,
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
  const passed = passFlags(request);
  const argv = [
    ...[toolchain.command, 'build', '--locked', '--offline', '--message-format=json-render-diagnostics'],
    `--profile=${flags.profile ?? 'release'}`,
    `--package=${flags.package}`,
    `--bin=${units[0]}`,
    ...(flags.features ? [`--features=${flags.features}`] : []),
    ...targets.flatMap((target) => ['--target', tripleOf(target)]),
    ...passed.argv,
    ...manifestArguments(request),
  ];
  const env = {
    ...stageEnvironment(request),
    ...fixedEnvironment(request),
    ...passed.env,
    ...compileEnvironment(request),
  };
  return { argv: argv as unknown as [string, ...string[]], cwd: outside, env };
}

/** The list of a program's crates, and the call that adds it to the placed program. */
function addList(request: CompileRequest, target: Target, stdout: string) {
  const objcopy = crossToolOf(target, 'objcopy');
  if (objcopy === undefined) return undefined;
  const { recognised, directories, out } = request;
  const path = join(directories.scratch, `${tripleOf(target)}${listSection}`);
  const places = [unitsDirectory(request), finishedDirectory(request)];
  const bytes = encodeDependencyList(
    stdout,
    places.map((place) => join(place, tripleOf(target))),
  );
  const program = join(out(target), recognised.units[0]!);
  const call: CompilerCall = {
    argv: [`/usr/bin/${objcopy}`, '--add-section', `${listSection}=${path}`, program],
    cwd: outside,
    env: { PATH: '/usr/bin:/bin', HOME: directories.home, LANG: 'C', TZ: 'UTC' },
  };
  return { file: { path, bytes }, call };
}

/** The stage's variables, which override our defaults. passFlags merges flags with ours. */
function stageEnvironment({ environment, targets }: CompileRequest): Record<string, string> {
  const { RUSTFLAGS: _, ...others } = environment(targets[0]!);
  // mimalloc embeds __TIME__; gcc takes the time from SOURCE_DATE_EPOCH.
  return { LANG: 'C', TZ: 'UTC', SOURCE_DATE_EPOCH: '0', ...others };
}

/**
 * Cargo searches for configuration from its working directory upwards, and would find that of the workspace and of
 * the user's home. So it starts at the root, and gets the tree's own files as arguments; later files win.
 */
const outside = '/';

function manifestArguments({ directories, contains }: CompileRequest): string[] {
  const found: string[] = [];
  for (
    let directory = directories.working;
    directory.startsWith(directories.source);
    directory = dirname(directory)
  ) {
    // Cargo prefers `config` if both exist.
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

function fixedEnvironment(request: CompileRequest): Record<string, string> {
  const { directories } = request;
  return {
    PATH: '/usr/bin:/bin',
    HOME: directories.home,
    RUSTC: '/usr/bin/rustc',
    CARGO_HOME: join(directories.cache, 'cargo'),
    CARGO_TARGET_DIR: finishedDirectory(request),
    CARGO_BUILD_BUILD_DIR: unitsDirectory(request),
    // Less to link; panics still name their lines.
    ...(request.development && { CARGO_PROFILE_DEV_DEBUG: 'line-tables-only' }),
  };
}

function compileEnvironment(request: CompileRequest): Record<string, string> {
  const { targets } = request;
  const env: Record<string, string> = {};
  for (const target of targets) {
    const compiler = crossCompilerOf(target);
    if (!compiler) continue;
    env[`CARGO_TARGET_${upperTriple(target)}_LINKER`] = compiler;
  }
  return { ...env, ...cEnvironment(request) };
}

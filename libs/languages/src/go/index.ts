import { basename, dirname, join } from 'node:path';
import { compileFailure, failed, ok } from '@prism-build/errors';
import { splitArguments } from '../arguments';
import type { CompileRequest, Language, Target } from '../language';
import type { Pin } from '../pin';
import { readGoClosure } from './closure';

/**
 * Go, by `RUN ["compile-go", "-tags=…", "./cmd/x", …]`: static binaries under /out, named after their packages.
 * Flags are those of facts that were measured to give equal bytes in every directory and build cache.
 */
export const go: Language = {
  name: 'go',
  title: 'Go',
  lockfiles: ['go.mod', 'go.sum', 'go.work', 'go.work.sum'],
  dependencies: 'gomod',
  neverRead: ['**/*_test.go'],
  reads: readGoClosure,
  fetchInherits: [
    'GOPROXY',
    'GOSUMDB',
    'GONOSUMDB',
    'GOPRIVATE',
    'GONOPROXY',
    'GOINSECURE',
    'GOAUTH',
    'GOENV',
    'HOME',
  ],

  recognise(argv) {
    if (argv[0] !== 'compile-go') return undefined;
    const split = splitArguments(argv.slice(1), ['tags', 'ldflags']);
    if (!split || split.units.length === 0) return undefined;
    return { language: 'go', units: split.units, flags: split.flags };
  },

  findToolchain(pin, machine, cache) {
    const wanted = `go${pin.version}`;
    const found: string[] = [];
    for (const directory of [join(downloadedRoot(pin, cache), 'bin'), ...machine.path]) {
      const command = join(directory, 'go');
      if (!machine.isExecutable(command)) continue;
      const root = join(machine.realPath(command), '..', '..');
      // The VERSION file says what `go version` says, without a process.
      const version = machine.readText(join(root, 'VERSION'))?.split('\n')[0]?.trim();
      if (version === wanted) return ok({ command: join(root, 'bin', 'go'), root });
      if (version) found.push(`${version} in ${directory}`);
    }
    const what = `this stage is pinned to ${wanted}`;
    if (found.length === 0)
      return failed(compileFailure('TOOLCHAIN_MISSING', { what, why: 'there is no go on PATH' }));
    return failed(compileFailure('TOOLCHAIN_DIFFERS', { what, why: `found ${found.join(', ')}` }));
  },

  /** Go is a module, which any Go can fetch, and which the checksum database vouches for; modules carry no modes. */
  obtain(pin, machine, cache) {
    const command = machine.path.map((directory) => join(directory, 'go')).find(machine.isExecutable);
    if (command === undefined) return undefined;
    const root = downloadedRoot(pin, cache);
    const env = {
      PATH: '/usr/bin:/bin',
      LANG: 'C',
      // An old Go cannot even read a go.work of today.
      GOWORK: 'off',
      GOTOOLCHAIN: 'local',
      GOFLAGS: '-modcacherw',
      GOTELEMETRY: 'off',
      GOMODCACHE: join(cache, 'gomod'),
      GOPATH: join(cache, 'gopath'),
      GOCACHE: join(cache, 'gobuild'),
    };
    const argv = [command, 'mod', 'download', `golang.org/${basename(root)}`] as const;
    return { call: { argv, cwd: cache, env }, executable: [join(root, 'bin'), join(root, 'pkg', 'tool')] };
  },

  fetch(request) {
    const { directories, toolchain } = request;
    if (isVendored(request)) return [];
    const env = { ...fixedEnvironment(request), GOFLAGS: '', GOPATH: join(directories.cache, 'gopath') };
    return [{ argv: [toolchain.command, 'mod', 'download'], cwd: directories.working, env }];
  },

  compile(request) {
    const { recognised, directories, toolchain, out, targets } = request;
    const { tags, ldflags = '-s -w' } = recognised.flags;
    return targets.map((target) => ({
      argv: [
        toolchain.command,
        'build',
        '-trimpath',
        '-buildvcs=false',
        // The build ID names the sources; without it a comment leaves the binary as it was.
        `-ldflags=${ldflags} -buildid=`,
        ...(tags ? [`-tags=${tags}`] : []),
        '-o',
        `${out(target)}/`,
        ...recognised.units,
      ],
      cwd: directories.working,
      env: {
        ...fixedEnvironment(request),
        ...pace(request),
        ...request.environment(target),
        ...targetEnvironment(target),
        GOFLAGS: isVendored(request) ? '-mod=vendor' : '-mod=readonly',
        GOENV: 'off',
        GOPROXY: 'off',
      },
    }));
  },

  placements: () => [],
};

function fixedEnvironment(request: CompileRequest): Record<string, string> {
  const { directories, toolchain } = request;
  return {
    PATH: `${join(toolchain.root, 'bin')}:/usr/bin:/bin`,
    HOME: directories.home,
    LANG: 'C',
    TZ: 'UTC',
    GOROOT: toolchain.root,
    GOTOOLCHAIN: 'local',
    GOWORK: findWorkspace(request),
    GOTELEMETRY: 'off',
    GOCACHE: join(directories.cache, 'gobuild'),
    GOMODCACHE: join(directories.cache, 'gomod'),
  };
}

/**
 * Settings that change how long it takes and never what comes out: the compilers' processes are too short-lived for
 * collecting garbage to pay below a gigabyte, and the targets share the cores. Measured: a sixth less time.
 */
function pace({ cores, targets }: CompileRequest): Record<string, string> {
  return {
    GOGC: 'off',
    GOMEMLIMIT: '1GiB',
    GOMAXPROCS: String(Math.max(1, Math.floor(cores / targets.length))),
  };
}

/** The go.work that COPY brought, never one that happens to lie above the tree on this machine. */
function findWorkspace(request: CompileRequest): string {
  return findAbove(request, 'go.work') ?? 'off';
}

/** Whether the dependencies lie beside the module, or the workspace: then nothing is fetched. */
function isVendored(request: CompileRequest): boolean {
  const main = findAbove(request, 'go.work') ?? findAbove(request, 'go.mod');
  return main !== undefined && request.contains(join(dirname(main), 'vendor', 'modules.txt'));
}

function findAbove({ directories, contains }: CompileRequest, name: string): string | undefined {
  for (
    let directory = directories.working;
    directory.startsWith(directories.source);
    directory = dirname(directory)
  ) {
    if (contains(join(directory, name))) return join(directory, name);
  }
  return undefined;
}

/** Microarchitecture levels are set even where they are the default: the user's own change bytes. */
function targetEnvironment(target: Target): Record<string, string> {
  const arm = target.architecture === 'arm' ? { GOARM: (target.variant ?? 'v7').slice(1) } : {};
  return {
    CGO_ENABLED: '0',
    GOOS: target.os,
    GOARCH: target.architecture,
    GOAMD64: target.architecture === 'amd64' ? (target.variant ?? 'v1') : 'v1',
    GOARM64: 'v8.0',
    ...arm,
  };
}

function downloadedRoot({ version }: Pin, cache: string): string {
  return join(cache, 'gomod', 'golang.org', `toolchain@v0.0.1-go${version}.${hostPair()}`);
}

function hostPair(): string {
  return `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
}

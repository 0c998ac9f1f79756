import { basename, join } from 'node:path';
import { compileFailure, failed, ok } from '@prism-build/errors';
import shipped from '../../../../containerfiles/go-builder/pin.json';
import type { Language } from '../language';
import type { Pin } from '../pin';
import { cgoEnvironment, externalLink, usesCgo } from './cgoEnvironment';
import { checkGo } from './check';
import { readGoClosure } from './closure';
import {
  fetchEnvironment,
  fixedEnvironment,
  offlineEnvironment,
  pace,
  targetEnvironment,
} from './environment';
import { expandVariables } from './expand';
import { explainGo, mayLackFiles } from './explain';
import { splitFlags } from './flags';
import { inspectGo } from './inspect';
import { isSelfContained, isVendored } from './tree';

/** Settings of the caller that determine where modules come from. */
const inherits = [
  'GOPROXY',
  'GOSUMDB',
  'GONOSUMDB',
  'GOPRIVATE',
  'GONOPROXY',
  'GOINSECURE',
  'GOAUTH',
  'GOENV',
  'HOME',
];

/**
 * Go, by `RUN ["compile-go", "-tags=…", "./cmd/x", …]`: static binaries under /out, named after their packages. With
 * these flags, the bytes were measured to be equal in every directory and with every build cache.
 */
export const go: Language = {
  name: 'go',
  title: 'Go',

  command: {
    recognise(argv) {
      if (argv[0] !== 'compile-go') return undefined;
      const split = splitFlags(argv.slice(1));
      if (!split || split.units.length === 0) return undefined;
      return { language: 'go', ...split };
    },
    check: checkGo,
  },

  sources: { reads: readGoClosure, neverRead: ['**/*_test.go'] },

  dependencies: {
    lockfiles: ['go.mod', 'go.sum', 'go.work', 'go.work.sum'],
    directory: 'gomod',
    inherits,
    fetch(request) {
      if (isVendored(request) || isSelfContained(request)) return [];
      const argv = [request.toolchain.command, 'mod', 'download'] as const;
      return [{ argv, cwd: request.directories.working, env: fetchEnvironment(request) }];
    },
  },

  compiler: {
    compile(request) {
      const { recognised, directories, toolchain, out, targets } = request;
      const { tags, pgo, gcflags, ldflags = '-s -w' } = recognised.flags;
      return targets.map((target) => ({
        argv: [
          toolchain.command,
          'build',
          '-trimpath',
          '-buildvcs=false',
          // The build ID depends on the sources. Without it, a changed comment leaves the binary unchanged.
          `-ldflags=${expandVariables(ldflags, request.environment(target)).text} -buildid=${usesCgo(request.environment(target)) ? externalLink : ''}`,
          ...(gcflags ? [`-gcflags=${gcflags}`] : []),
          ...(tags ? [`-tags=${tags}`] : []),
          ...(pgo ? [`-pgo=${pgo}`] : []),
          '-o',
          `${out(target)}/`,
          ...recognised.units,
        ],
        cwd: directories.working,
        env: {
          ...targetEnvironment(target, request.environment(target)),
          ...fixedEnvironment(request),
          ...pace(request),
          ...offlineEnvironment(request),
          ...cgoEnvironment(request, target),
        },
      }));
    },

    companions: (environment) => (usesCgo(environment) ? ['c'] : []),
  },

  diagnosis: { explain: explainGo, mayLack: mayLackFiles, inspect: inspectGo },

  toolchain: {
    builder: 'go-builder',
    shipped: { packages: {}, ...shipped },
    images: ['golang'],
    find(pin, machine, cache) {
      const wanted = `go${pin.version}`;
      const found: string[] = [];
      for (const directory of [join(downloadedRoot(pin, cache), 'bin'), ...machine.path]) {
        const command = join(directory, 'go');
        if (!machine.isExecutable(command)) continue;
        const root = join(machine.realPath(command), '..', '..');
        // The VERSION file has the version that `go version` prints; reading it starts no process.
        const version = machine.readText(join(root, 'VERSION'))?.split('\n')[0]?.trim();
        if (version === wanted) return ok({ command: join(root, 'bin', 'go'), root });
        if (version) found.push(`${version} in ${directory}`);
      }
      const what = `this stage is pinned to ${wanted}`;
      if (found.length === 0)
        return failed(compileFailure('TOOLCHAIN_MISSING', { what, why: 'there is no go on PATH' }));
      return failed(compileFailure('TOOLCHAIN_DIFFERS', { what, why: `found ${found.join(', ')}` }));
    },

    /** Go is itself a module: any Go can fetch it, and the checksum database verifies it. Modules have no file modes. */
    obtain(pin, machine, cache) {
      const command = machine.path.map((directory) => join(directory, 'go')).find(machine.isExecutable);
      if (command === undefined) return undefined;
      const root = downloadedRoot(pin, cache);
      const env = {
        PATH: '/usr/bin:/bin',
        LANG: 'C',
        // GOWORK is off because an old Go cannot parse a current go.work.
        GOWORK: 'off',
        GOTOOLCHAIN: 'local',
        GOFLAGS: '-modcacherw',
        GOTELEMETRY: 'off',
        GOMODCACHE: join(cache, 'gomod'),
        GOPATH: join(cache, 'gopath'),
        GOCACHE: join(cache, 'gobuild'),
      };
      const argv = [command, 'mod', 'download', `golang.org/${basename(root)}`] as const;
      return {
        call: { argv, cwd: cache, env },
        executable: [join(root, 'bin'), join(root, 'pkg', 'tool')],
        inherits,
      };
    },
  },
};

function downloadedRoot({ version }: Pin, cache: string): string {
  return join(cache, 'gomod', 'golang.org', `toolchain@v0.0.1-go${version}.${hostPair()}`);
}

function hostPair(): string {
  return `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`;
}

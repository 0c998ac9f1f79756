import { join } from 'node:path';
import shipped from '../../../../containerfiles/python-builder/pin.json';
import { splitArguments } from '../arguments';
import { findDebianToolchain } from '../debian';
import type { CompileRequest, CompilerCall, Language, Target } from '../language';
import { pipInherits } from '../pip';
import { checkPython } from './check';
import { listLocks, readPythonClosure } from './closure';
import { explainPython } from './explain';
import { machineOf, pythonVersionOf } from './machine';
import { program } from './program';
import { pipVariables } from './settings';

/**
 * Python, by `RUN ["compile-python", "--requirements=requirements.lock", "x"]`: /out/dependencies and
 * /out/application with bytecode that is not compared with its source at start. `--stamp=x/_version.py` writes the
 * stage's VERSION into the application.
 *
 * For bases whose Debian packages bring no bytecode, `RUN ["compile-python-library", "asyncio", …]` writes the
 * bytecode of the standard library below /out, at its final path.
 */
export const python: Language = {
  name: 'python',
  title: 'Python',

  command: {
    recognise([command, ...args]) {
      const library = command === 'compile-python-library';
      if (!library && command !== 'compile-python') return undefined;
      const split = splitArguments(args, library ? [] : ['requirements', 'stamp']);
      if (!split || (split.units.length === 0 && !library)) return undefined;
      const { units, flags } = split;
      if (library) return { language: 'python', units, flags: { library: '' } };
      if ([...units, ...Object.values(flags)].some(leadsOut)) return undefined;
      return { language: 'python', ...split };
    },
    check: checkPython,
  },

  sources: { reads: readPythonClosure, neverRead: ['**/__pycache__'], manifest: 'pyproject.toml' },

  dependencies: {
    lockfiles: [],
    locks: listLocks,
    directory: 'python/wheels',
    inherits: pipInherits,
    fetch(request) {
      const { recognised, directories, toolchain, targets } = request;
      const { requirements } = recognised.flags;
      if (requirements === undefined) return [];
      return targets.map((target) => ({
        argv: [
          ...[toolchain.command, '-I', '-S', '-B', '-', 'fetch'],
          ...[`--machine=${machineOf(target)}`, `--requirements=${requirements}`],
          `--wheels=${wheelsDirectory(request, target)}`,
        ] as unknown as CompilerCall['argv'],
        cwd: directories.working,
        env: { ...fixedEnvironment(request), ...pipVariables(request.environment(target)) },
        input: program,
      }));
    },
  },

  compiler: {
    compile(request) {
      const { recognised, directories, toolchain, out, targets, environment } = request;
      const { requirements, stamp, library } = recognised.flags;
      return targets.map((target) => ({
        argv: [
          // -I isolates Python from settings, site packages and files of the working directory. The program comes on
          // standard input.
          ...[toolchain.command, '-I', '-S', '-B', '-'],
          ...(library === undefined
            ? [
                ...['application', `--machine=${machineOf(target)}`],
                ...(requirements ? [`--requirements=${requirements}`] : []),
                ...(stamp ? [`--stamp=${stamp}`, `--version=${environment(target).VERSION ?? ''}`] : []),
                `--wheels=${wheelsDirectory(request, target)}`,
                `--unpacked=${join(directories.cache, 'python', 'unpacked')}`,
              ]
            : ['library']),
          ...[`--out=${out(target)}`, '--'],
          ...recognised.units,
        ] as unknown as CompilerCall['argv'],
        cwd: directories.working,
        env: fixedEnvironment(request),
        input: program,
      }));
    },
  },

  diagnosis: {
    explain: explainPython,
    // The compile imports nothing, so a missing file cannot cause a syntax error.
    mayLack: (output) => !/\bSyntaxError\b|\binvalid syntax\b/.test(output),
  },

  toolchain: {
    builder: 'python-builder',
    shipped,
    images: ['python'],
    find(pin, machine) {
      const minor = pin.version.split('.').slice(0, 2).join('.');
      return findDebianToolchain(pin, machine, {
        title: 'Python',
        command: `/usr/bin/python${minor}`,
        versionOf: `python${minor}-minimal`,
      });
    },
  },
};

/** A path outside of the working directory. */
function leadsOut(path: string): boolean {
  return path.startsWith('/') || path.split('/').includes('..');
}

function wheelsDirectory(request: CompileRequest, target: Target): string {
  const name = `cp${pythonVersionOf(request.toolchain.command).replace('.', '')}-${target.os}-${machineOf(target)}`;
  return join(request.directories.cache, 'python', 'wheels', name);
}

function fixedEnvironment({ directories }: CompileRequest): Record<string, string> {
  return { PATH: '/usr/bin:/bin', HOME: directories.home, LANG: 'C.UTF-8', TZ: 'UTC' };
}

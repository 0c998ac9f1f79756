import { basename, dirname, join } from 'node:path/posix';
import { type Failure, failed, generateFailure, ok, type Result } from '@prism-build/errors';
import { checkStatedPython, parsePin } from '@prism-build/languages';
import { imageName } from '../../workspace/naming';
import { chooseMain } from './choose';
import { findPorts, type Listening } from './ports';
import type { Finder, Program, Request, Sources } from './program';
import { findRequirements } from './requirements';

export const listening: Listening = {
  calls: [
    // The port by name, wherever it stands among others.
    {
      pattern: /\b(?:run(?:_app|_simple)?|serve|create_server|start_server|Config|Server|make_server)\(/g,
      part: /\bport\s*=\s*([^\n,)]+(?:\([^)]*\))?)/,
      numbers: true,
    },
    {
      pattern:
        /\b(?:\w*HTTPServer|\w*(?:TCP|UDP)Server|make_server|run_simple|start_server|create_server|bind|listen|add_(?:in)?secure_port)\(/g,
      numbers: true,
    },
  ],
  always: [
    /["'](?:0\.0\.0\.0|\[::\]):(\d{2,5})["']/g,
    /["'](?:(?:HTTP|LISTEN|SERVER)_)?PORT["']\s*(?:,|\]\s*or)\s*["']?(\d{2,5})["']?/g,
  ],
};
const pinFile = 'containerfiles/python-builder/pin.json';
const toolsOnly = /^(setup|conftest|noxfile|tasks|fabfile|test_.*|.*_test)\.py$/;
const usualMains = ['main.py', 'app.py', 'server.py', 'run.py'];

/** A program in Python: a package with __main__.py, or a script with a usual name. */
export const findPython: Finder = (request) => {
  const { sources, directory } = request;
  const layout = sources.list(join(directory, 'src')).some((file) => file.endsWith('.py')) ? 'src' : '.';
  const units = listUnits(sources, join(directory, layout));
  if (units.length === 0) return undefined;
  return describePython(request, layout, units);
};

function describePython(request: Request, layout: string, units: readonly string[]): Result<Program> {
  const { sources, directory, prefix } = request;
  const at = join(directory, layout);
  const runnable = units.filter(
    (unit) => sources.read(join(at, unit, '__main__.py')) !== undefined || usualMains.includes(unit),
  );
  const named = request.main === undefined ? runnable : units;
  const main = chooseMain(named, request.main, {
    where: directory,
    namesOf: (unit) => [unit, unit.replace(/\.py$/, '')],
  });
  if (!main.ok) return main;
  if (!main.value.endsWith('.py') && sources.read(join(at, main.value, '__main__.py')) === undefined)
    return failed(
      generateFailure('PROGRAM_NOT_FOUND', {
        what: `${main.value} cannot be started: it has no __main__.py`,
        remedy: `Write ${join(at, main.value, '__main__.py')}, or name a script with --main.`,
      }),
    );
  const missing = [pinFile, 'containerfiles/python-runtime/Containerfile'].filter(
    (file) => sources.read(file) === undefined,
  );
  if (missing.length > 0)
    return failed(
      generateFailure('PROGRAM_NOT_SUPPORTED', {
        what: 'this workspace has no Python to put the program on',
        why: `not here: ${missing.join(', ')}`,
        remedy:
          'Copy containerfiles/python-builder and containerfiles/python-runtime of the Prism workspace, and start this again.',
      }),
    );
  const requirements = findRequirements(sources, directory);
  if (!requirements.ok) return requirements;
  const { lock, copies } = requirements.value;
  const stated = checkPython(sources, at, units);
  if (stated.length > 0) return failed(...stated);
  const sourcesOf = sources.list(at).filter((file) => file.endsWith('.py') && !file.includes('/tests/'));
  const argv = ['compile-python', ...(lock ? [`--requirements=${lock}`] : []), ...units];
  return ok({
    language: 'Python',
    context: directory,
    stages: [
      `FROM ${imageName(prefix, 'base-python-builder')} AS compile`,
      'WORKDIR /src',
      ...copies.map((path) => `COPY ${path} ${path === basename(path) && path === lock ? './' : path}`),
      ...units.map((unit) => `COPY ${join(layout, unit)} ${unit}`),
      `RUN [${argv.map((one) => JSON.stringify(one)).join(', ')}]`,
    ],
    final: [
      `FROM ${imageName(prefix, 'base-python-runtime')}`,
      ...(lock ? ['COPY --from=compile /out/dependencies /dependencies'] : []),
      'COPY --from=compile /out/application /application',
      `ENV PYTHONPATH=/application${lock ? ':/dependencies' : ''} PYTHONSAFEPATH=1`,
      'WORKDIR /',
    ],
    entrypoint: main.value.endsWith('.py')
      ? ['/usr/bin/python3', `/application/${main.value}`]
      : ['/usr/bin/python3', '-m', main.value],
    ports: findPorts(
      sourcesOf.map((file) => sources.read(file) ?? ''),
      listening,
    ),
    files: requirements.value.files,
    notes: requirements.value.notes,
    next: requirements.value.next,
  });
}

/** The Python that the sources ask for is the one that compiles. */
function checkPython(sources: Sources, at: string, units: readonly string[]): readonly Failure[] {
  const pin = parsePin(sources.read(pinFile)!, pinFile);
  if (!pin.ok) return pin.failures;
  const starts = units.map((unit) => join(at, unit));
  return checkStatedPython(starts, pin.value.version, {
    facts: (path, _, parse) => {
      const text = sources.read(path);
      return text === undefined ? undefined : parse(text);
    },
    placeOf: (path) => path,
  });
}

/** Packages and modules that the program may import; tests and tools of the developer are left out. */
function listUnits(sources: Sources, at: string): string[] {
  const files = sources.list(at).filter((file) => file.endsWith('.py'));
  const modules = files
    .filter((file) => dirname(file) === at && !toolsOnly.test(basename(file)))
    .map((file) => basename(file));
  const packages = files
    .filter((file) => dirname(dirname(file)) === at && basename(file) === '__init__.py')
    .map((file) => basename(dirname(file)));
  return [...modules, ...packages.filter((name) => !/^(tests?|docs?)$/.test(name))].sort();
}

import { basename, dirname, join, relative } from 'node:path/posix';
import { type Failure, failed, ok, type Result } from '@prism-build/errors';
import { checkStatedPython, parsePin } from '@prism-build/languages';
import { imageName } from '@prism-build/workspace';
import { bringBases, noteBases, shippedVersion } from './bases';
import { findBesides } from './besides';
import { findPorts, type Listening } from './ports';
import type { Finder, Program, Request, Sources } from './program';
import { findPythonMain } from './pythonMain';
import { copyReads, findReads, noteAbsent } from './reads';
import { findRequirements } from './requirements';

/** Calls that read a path relative to the working directory. */
const reading =
  /(?:(?<![\w.])open|\bPath|\b(?:FileSystemLoader|Jinja2Templates|StaticFiles|read_csv|read_json|fileConfig|load_dotenv|send_file))\(/g;
export const listening: Listening = {
  calls: [
    // The port as a keyword argument, at any position.
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
  const main = findPythonMain(sources, directory, at, units, request.main);
  if (!main.ok) return main;
  const bases = bringBases(sources, prefix, ['python-builder', 'python-runtime']);
  const requirements = findRequirements(sources, directory);
  if (!requirements.ok) return requirements;
  const { lock, copies } = requirements.value;
  const stated = checkPython(sources, at, units);
  if (stated.length > 0) return failed(...stated);
  const sourcesOf = sources.list(at).filter((file) => file.endsWith('.py') && !file.includes('/tests/'));
  const texts = sourcesOf.map((file) => sources.read(file) ?? '');
  const reads = findReads(sources, texts, reading, [directory, '.']);
  // Files inside a package are copied with it.
  const named = [...reads.found, ...findBesides(sources, sourcesOf, at)];
  const own = named.filter(
    ([, place]) => !units.some((unit) => place === join(at, unit) || place.startsWith(`${join(at, unit)}/`)),
  );
  const data = copyReads(new Map(own), directory, '/application');
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
      ...data.lines,
      // Relative paths start here, as they do beside the sources.
      `WORKDIR ${reads.found.size > 0 ? '/application' : '/'}`,
    ],
    entrypoint: ['/usr/bin/python3', ...main.value],
    ports: findPorts(texts, listening),
    files: new Map([...requirements.value.files, ...bases]),
    notes: [
      ...noteBases(bases),
      ...requirements.value.notes,
      ...noteAbsent([...reads.absent, ...data.outside]),
    ],
    next: requirements.value.next,
  });
}

/** Checks that the pinned Python is one that the sources accept. */
function checkPython(sources: Sources, at: string, units: readonly string[]): readonly Failure[] {
  const text = sources.read(pinFile);
  const pin = text === undefined ? undefined : parsePin(text, pinFile);
  if (pin && !pin.ok) return pin.failures;
  const starts = units.map((unit) => join(at, unit));
  return checkStatedPython(starts, pin?.value.version ?? shippedVersion('python'), {
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
  const own = [...modules, ...packages.filter((name) => !/^(tests?|docs?)$/.test(name))];
  return [...own, ...listNamespaces(sources, at, files, own)].sort();
}

/** Directories without `__init__.py` that the units import, directly or not: packages by PEP 420. */
function listNamespaces(
  sources: Sources,
  at: string,
  files: readonly string[],
  units: readonly string[],
): string[] {
  const topOf = (file: string) => relative(at, file).split('/')[0]!;
  const others = new Set(files.map(topOf).filter((top) => !top.endsWith('.py') && !units.includes(top)));
  const found = new Set<string>();
  for (const unit of new Set(units)) {
    if (others.size === 0) break;
    for (const file of files.filter((one) => topOf(one) === unit))
      for (const name of importedTops(sources.read(file) ?? '')) if (others.delete(name)) found.add(name);
  }
  return found.size === 0 ? [] : [...found, ...listNamespaces(sources, at, files, [...units, ...found])];
}

/** The first parts of absolute imports. */
function importedTops(text: string): string[] {
  return [
    ...text.matchAll(/^[ \t]*(?:from[ \t]+(\w+)[\w.]*[ \t]+import\b|import[ \t]+([^\n#;]+))/gm),
  ].flatMap(([, from, list]) =>
    from !== undefined ? [from] : list!.split(',').map((one) => /^\s*(\w*)/.exec(one)![1]!),
  );
}

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: ${SRCDIR} is a variable of cgo.
import { compileFailure, type Failure, type Place } from '@prism-build/errors';
import { findForeignIncludes } from '../c/includes';
import { below, entryAt } from '../closure';
import type { CheckedSources, CheckRequest } from '../language';
import { findLeftOut, type LeftOut } from './cgo';
import { usesCgo } from './cgoEnvironment';
import { type Package, tagsOf, walkPackages } from './closure';
import { expandVariables, variablesIn } from './expand';
import { refuseFlag } from './flags';
import { findNameClashes } from './programs';
import { expandUnits } from './units';
import { refuseVariables } from './variables';
import { compareGoVersions, parseWanted, type Wanted } from './versions';

/** Reports settings that would not take effect, newer versions of Go, and packages whose files differ without cgo. */
export function checkGo(request: CheckRequest, sources: CheckedSources): Failure[] {
  const walk = walkPackages(expandUnits(request, sources), sources);
  const root = walk.modules?.root;
  const directories = new Set([
    ...(root === undefined ? [] : [root]),
    ...walk.packages.flatMap(({ module }) => (module ? [module.directory] : [])),
  ]);
  const environments = request.targets.map(request.environment);
  const intended = environments.every(({ CGO_ENABLED = '' }) => /^[01]$/.test(CGO_ENABLED));
  const cgo = environments.some(usesCgo);
  const own = intended ? [] : walk.packages.filter(({ module }) => module !== undefined);
  return unique([
    ...checkArguments(request),
    ...refuseVariables(request, sources),
    ...[...directories].flatMap((directory) =>
      ['go.work', 'go.mod'].flatMap((name) =>
        (name === 'go.mod' || directory === root
          ? (sources.facts(below(directory, name), 'go-versions', parseWanted) ?? [])
          : []
        )
          // The go command reads the toolchain line only of the main module, or of the workspace.
          .filter(({ verb }) => verb === 'go' || below(directory, name) === walk.modules?.main)
          .flatMap((wanted) => checkVersion(request, wanted, sources.placeOf(below(directory, name)))),
      ),
    ),
    ...(cgo ? refuseForeignIncludes(walk.packages, sources) : []),
    ...refuseNameClashes(request, walk.packages, cgo, sources),
    ...own.flatMap((one) => {
      const left = findLeftOut(one, request.targets, tagsOf(request.recognised), sources);
      return left ? [refuseLeftOut(left, sources)] : [];
    }),
  ]);
}

/** Reports each failure once, not once for each platform. */
const unique = (failures: readonly Failure[]): Failure[] => [
  ...new Map(failures.map((one) => [JSON.stringify([one.what, one.at]), one])).values(),
];

function checkArguments({ recognised, targets, environment, at }: CheckRequest): Failure[] {
  const { ldflags, ...others } = recognised.flags;
  const named = [...recognised.units, ...Object.values(others)].flatMap(variablesIn);
  const literal = named.map((name) => `\${${name}} is not expanded: exec form expands nothing`);
  const stamps = targets.flatMap((target) => {
    const expanded = expandVariables(ldflags ?? '', environment(target));
    if (expanded.unusable.length > 0) return expanded.unusable;
    const refused = refuseFlag('ldflags', expanded.text, usesCgo(environment(target)));
    return refused === undefined ? [] : [refused];
  });
  return [
    ...literal.map((what) =>
      refuse(
        what,
        at,
        'Write the value itself. Only -ldflags of compile-go expands ARG and ENV, as in `-X main.version=$VERSION`.',
      ),
    ),
    ...stamps.map((why) => refuse(`-ldflags=${ldflags} would not take effect: ${why}`, at)),
    ...Object.entries(others).flatMap(([name, value]) => {
      const why = refuseFlag(name, value);
      const written = `-${name}${value === '' ? '' : `=${value}`}`;
      return why === undefined ? [] : [refuse(`${written} would not take effect: ${why}`, at)];
    }),
  ];
}

/** Programs of one name. Files on the command line make one program, named after the first file. */
function refuseNameClashes(
  { recognised, targets, at }: CheckRequest,
  packages: readonly Package[],
  cgo: boolean,
  sources: CheckedSources,
): Failure[] {
  if (recognised.units.some((unit) => unit.endsWith('.go'))) return [];
  const tags = [...tagsOf(recognised), ...(cgo ? ['cgo'] : [])];
  return findNameClashes(packages, targets, tags, sources).map(({ program, packages: paths }) =>
    refuse(
      `${paths.join(' and ')} would both be written to /out/${program}`,
      at,
      'Rename the directory of one, or compile each in a Containerfile of its own.',
    ),
  );
}

/**
 * C includes of the tree that would read files of the machine that compiles, and `#cgo` lines that name a directory
 * of the stage: the compiler gets no absolute path, because the sources are elsewhere.
 */
function refuseForeignIncludes(packages: readonly Package[], sources: CheckedSources): Failure[] {
  const directories = packages.map(({ directory }) => directory);
  const named = directories.flatMap((directory) =>
    sources.list(directory).flatMap(({ name }) => {
      const path = below(directory, name);
      const found = name.endsWith('.go') ? (sources.facts(path, 'go-cgo-absolute', listAbsolute) ?? []) : [];
      return found
        .filter(({ place }) => entryAt(place.split('/')[1]!, sources))
        .map(({ line, place }) =>
          refuse(
            `this #cgo line names ${place} of the stage, and the sources are elsewhere while it is compiled`,
            { file: sources.placeOf(path), line },
            'Write the path relative to this file: -I${SRCDIR}/include.',
          ),
        );
    }),
  );
  return [...named, ...listForeignIncludes(directories, sources)];
}

/** Absolute paths in `#cgo` lines. */
function listAbsolute(text: string): { line: number; place: string }[] {
  return text.split('\n').flatMap((content, index) => {
    if (!/^[\t /*]*#cgo\b.*:/.test(content)) return [];
    const places = content.matchAll(/(?<=[\s:=]|-(?:I|L|isystem|iquote|idirafter))\/[^\s"']+/g);
    return [...places].map(([place]) => ({ line: index + 1, place }));
  });
}

function listForeignIncludes(directories: readonly string[], sources: CheckedSources): Failure[] {
  return findForeignIncludes(directories, sources).map(({ path, line, named }) =>
    refuse(
      `this file includes ${named}, which is outside of the stage`,
      { file: sources.placeOf(path), line },
      'COPY the file into the compile stage, and include it by a path inside.',
    ),
  );
}

const refuse = (what: string, at: Place, remedy?: string): Failure =>
  compileFailure('SETTING_NOT_HONOURED', { what, at, ...(remedy && { remedy }) });

function checkVersion({ pin }: CheckRequest, { verb, version, line }: Wanted, file: string): Failure[] {
  if (compareGoVersions(version, pin.version) <= 0) return [];
  const needed = /^\d+\.\d+$/.test(version) ? `${version}.0` : version;
  return [
    compileFailure('TOOLCHAIN_DIFFERS', {
      what: `this file asks for Go ${version} (\`${verb}\`), and the compile stage is pinned to ${pin.version}`,
      remedy: `Raise the pin: FROM golang:${needed} in the compile stage, or "version": "${needed}" in the pin.json of its builder.`,
      at: { file, line },
    }),
  ];
}

function refuseLeftOut({ package: one, files, standIns }: LeftOut, sources: CheckedSources): Failure {
  const [first, ...others] = files;
  const { directory, module } = one;
  const inside = directory.slice(module!.directory === '' ? 0 : module!.directory.length + 1);
  const name = [module!.path, inside].filter(Boolean).join('/');
  const line = sources.facts(first!, 'go-cgo-line', (text) =>
    text.split('\n').findIndex((one) => /^\s*(import\s+)?"C"/.test(one)),
  );
  const also = others.length > 0 ? ` (and ${others.map(basename).join(', ')})` : '';
  const instead = standIns.length > 0 ? `; ${standIns.join(', ')} would take its place` : '';
  return compileFailure('SETTING_NOT_HONOURED', {
    what: `package ${name} needs cgo, which is off: this file${also} would be left out${instead}`,
    remedy:
      'Write `ENV CGO_ENABLED=1` into the compile stage: a pinned C compiler compiles it. If the program is right without it, write `ENV CGO_ENABLED=0`.',
    at: { file: sources.placeOf(first!), ...(line !== undefined && line >= 0 && { line: line + 1 }) },
  });
}

const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

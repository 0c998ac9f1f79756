import { compileFailure, type Failure, type Place } from '@prism-build/errors';
import { entryAt } from '../closure';
import type { CheckedSources, CheckRequest } from '../language';
import { type Table, tableOf, textOf } from '../toml';
import { walkCrates } from './closure';
import { readConfigurations } from './configuration';
import { listSources } from './hostCode';
import { findStagePaths, type StagePath } from './stagePaths';

/**
 * Absolute paths of the stage in what cargo runs and reads. The sources are elsewhere while a stage is compiled, so a
 * build script would find nothing, or a file of the machine.
 */
export function checkStagePaths(request: CheckRequest, sources: CheckedSources): Failure[] {
  const { host, crates } = walkCrates(request, sources);
  const text = (path: string) => sources.facts(path, 'text', (content) => content);
  const configured = readConfigurations(request.working, text).map(({ table }) => variablesOf(table));
  const environments = request.targets.map(request.environment);
  const named = findStagePaths(host, [...environments, ...configured], sources)
    .filter(({ target }) => entryAt(target, sources))
    .map((one) => refuseNamed(one, request, sources));
  const included = [...new Set(crates.flatMap((one) => listSources(one, sources)))].flatMap((path) =>
    (sources.facts(path, 'absolute-includes', listIncludes) ?? []).map(({ line, place }) =>
      refuse(
        `this file includes ${place}, and the sources are elsewhere while the stage is compiled`,
        'Write the path relative to this file.',
        { file: sources.placeOf(path), line },
      ),
    ),
  );
  const flags = environments.flatMap((environment) =>
    Object.entries(environment).flatMap(([name, value]) => refuseFlags(name, value, request, sources)),
  );
  const all = [...named, ...included, ...flags];
  return [...new Map(all.map((one) => [JSON.stringify([one.what, one.at]), one])).values()];
}

/** The variables that a configuration of cargo sets. */
function variablesOf(table: Table): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tableOf(table.env)).flatMap(([name, one]) => {
      const value = textOf(one) ?? textOf(tableOf(one).value);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function refuseNamed(
  { path, line, place, variable }: StagePath,
  { setAt }: CheckRequest,
  { placeOf }: CheckedSources,
): Failure {
  const elsewhere = 'and the sources are elsewhere while it runs';
  const at = { file: placeOf(path), line };
  if (variable === undefined)
    return refuse(
      `this build script or macro names ${place} of the stage, ${elsewhere}`,
      'Write the path relative to the directory of Cargo.toml, where build scripts run, or after env!("CARGO_MANIFEST_DIR").',
      at,
    );
  const set = setAt?.(variable);
  const where = set ? ` (${set.file}:${set.line})` : '';
  return refuse(
    `this build script or macro reads ${variable}=${place}${where}, ${elsewhere}`,
    `Set ${variable} to a path relative to the directory of Cargo.toml, where build scripts run.`,
    at,
  );
}

/** Flags that make a C compiler, rustc or a linker search a directory or read a file. */
const searched = /-(?:I|L|isystem|iquote|idirafter|include)\s*(?:\w+=)?(\/[^\s:]+)/g;

/** Flags for compilers that name a directory or file of the tree: `CFLAGS=-I/src/include`. */
function refuseFlags(
  name: string,
  value: string,
  { setAt, at }: CheckRequest,
  sources: CheckedSources,
): Failure[] {
  if (!/FLAGS(_|$)/.test(name)) return [];
  const named = [...value.matchAll(searched)].map(([, place]) => place!);
  return named
    .filter((place) => entryAt(place.split('/')[1]!, sources))
    .map((place) =>
      refuse(
        `the variable ${name} of the stage names ${place}, and the sources are elsewhere while the stage is compiled`,
        'Name it in a build script, relative to the directory of Cargo.toml.',
        setAt?.(name) ?? at,
      ),
    );
}

function listIncludes(text: string): { line: number; place: string }[] {
  return text.split('\n').flatMap((content, index) => {
    const [, place] =
      /^(?!\s*\/\/).*?\b(?:include(?:_str|_bytes)?!\s*[([{]|path\s*=)\s*r?#*"(\/[^"]+)"/.exec(content) ?? [];
    return place === undefined ? [] : [{ line: index + 1, place }];
  });
}

const refuse = (what: string, remedy: string, at: Place): Failure =>
  compileFailure('SETTING_NOT_HONOURED', { what, remedy, at });

import { compileFailure, type Failure } from '@prism-build/errors';
import { below, joinInside, upwards } from '../closure';
import type { CheckedSources, CheckRequest } from '../language';
import { checkLock } from './checkLock';
import { checkStatedPython } from './checkStatedPython';
import { readLocks } from './lockFiles';
import { parseProject } from './project';
import { pipSettings, refuseVariable, sameIndex } from './settings';

/** Reports everything that the stage or its sources request and that would not take effect, with file and line. */
export function checkPython(request: CheckRequest, sources: CheckedSources): readonly Failure[] {
  const stage = checkVariables(request);
  if (request.recognised.flags.library !== undefined) return stage;
  return [
    ...stage,
    ...checkStamp(request),
    ...checkStatedPython(startsOf(request), request.pin.version, sources),
    ...checkPipFiles(sources),
    ...checkLock(request, sources),
    ...checkIndexes(request, sources),
  ];
}

/** ENV and ARG of the stage, each once for all platforms. */
export function variablesOf({ targets, environment }: CheckRequest): ReadonlyMap<string, string> {
  return new Map(targets.flatMap((target) => Object.entries(environment(target))));
}

function checkVariables(request: CheckRequest): Failure[] {
  return [...variablesOf(request)].flatMap(([name, value]) => {
    const refused = refuseVariable(name, value);
    return refused ? [compileFailure('SETTING_NOT_HONOURED', { ...refused, at: request.at })] : [];
  });
}

function checkStamp(request: CheckRequest): Failure[] {
  const { units, flags } = request.recognised;
  const { stamp } = flags;
  if (stamp === undefined) return [];
  const refuse = (what: string, remedy: string) => [
    compileFailure('SETTING_NOT_HONOURED', { what, remedy, at: request.at }),
  ];
  const inside = units.some((unit) => stamp === unit || stamp.startsWith(`${unit}/`));
  if (!inside || !stamp.endsWith('.py'))
    return refuse(
      `--stamp=${stamp} is not a module of ${units.join(', ')}`,
      `Name a module of a compiled package, such as --stamp=${units[0]}/_version.py.`,
    );
  return variablesOf(request).get('VERSION')
    ? []
    : refuse(
        `--stamp=${stamp} has no version to write`,
        'Write `ARG VERSION=0.0.0` above RUN in the compile stage, and give the build argument VERSION.',
      );
}

/** Directories where the search for the requested Python begins. */
function startsOf({ recognised, working }: CheckRequest): string[] {
  return [working, ...recognised.units.map((unit) => joinInside(working, unit)!)];
}

function checkPipFiles(sources: CheckedSources): Failure[] {
  return pipSettings.flatMap((path) =>
    sources.facts(path, 'is-there', () => true)
      ? [
          compileFailure('SETTING_NOT_HONOURED', {
            what: `pip does not read /${path} in the compile stage`,
            remedy:
              'Set PIP_INDEX_URL or PIP_EXTRA_INDEX_URL by ENV in the compile stage, and do not copy the file.',
            at: { file: sources.placeOf(path) },
          }),
        ]
      : [],
  );
}

const readIndexes = (text: string) => parseProject(text).indexes;

const publicIndex = 'https://pypi.org/simple';

/** Indexes in pyproject.toml, which pip does not read. */
function checkIndexes(request: CheckRequest, sources: CheckedSources): Failure[] {
  const { requirements } = request.recognised.flags;
  if (requirements === undefined) return [];
  const lock = joinInside(request.working, requirements)!;
  const path = upwards(request.working)
    .map((directory) => below(directory, 'pyproject.toml'))
    .find((file) => sources.facts(file, 'python-indexes', readIndexes) !== undefined);
  if (path === undefined) return [];
  const variables = variablesOf(request);
  const known = [
    publicIndex,
    ...['PIP_INDEX_URL', 'PIP_EXTRA_INDEX_URL', 'PIP_FIND_LINKS'].flatMap((name) =>
      (variables.get(name) ?? '').split(/\s+/u),
    ),
    ...indexesOf(lock, sources),
  ];
  const unknown = sources
    .facts(path, 'python-indexes', readIndexes)!
    .filter((url) => !known.some((one) => sameIndex(one, url)));
  return [...new Set(unknown)].map((url) =>
    compileFailure('SETTING_NOT_HONOURED', {
      what: `pip fetches the lock without the index ${hideSecret(url)}`,
      remedy: `Write \`ENV PIP_EXTRA_INDEX_URL=${hideSecret(url)}\` above RUN in the compile stage.`,
      at: { file: sources.placeOf(path) },
    }),
  );
}

function indexesOf(lock: string, sources: CheckedSources): readonly string[] {
  return readLocks(lock, sources).files.flatMap(({ indexes }) => indexes);
}

function hideSecret(url: string): string {
  return url.replace(/^(https?:\/\/)[^/@]*@/u, '$1');
}

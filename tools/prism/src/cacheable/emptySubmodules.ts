import { existsSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type BuildOptions, readRequest } from '@prism-build/builder';
import { ignoreNothing } from '@prism-build/containerfile';
import { type Failure, imageFailure, type Place } from '@prism-build/errors';
import { resolveReads } from '@prism-build/plan';
import { readTextIfThere } from '@prism-build/shell';
import { findSubmodules, listSubmodules, readBelow, readIgnoreRules } from '@prism-build/workspace';
import { relate } from '../inference/declared/patterns';
import { openLeftOut } from '../inference/outputs/leftOut';
import { readSources } from './readSources';

/** Submodules without files inside or above the sources of a step, each as a failure. */
export interface EmptySubmodules {
  /** The step needs their files. */
  readonly needed: readonly Failure[];
  /** A compiler may not need them; they are inside a directory that COPY takes. */
  readonly contained: readonly Failure[];
}

const none: EmptySubmodules = { needed: [], contained: [] };

/**
 * Finds submodules that were not initialised. Git leaves an empty directory, which COPY would copy. An image with an
 * empty directory in place of sources is wrong, so this runs before the build.
 */
export function findEmptySubmodules(root: string, options: BuildOptions): EmptySubmodules {
  const empty = listEmpty(root);
  const { containerfile, context, step } = options;
  if (empty.length === 0 || context.startsWith('..')) return none;
  const request = readRequest(root, options);
  if (!request.ok) return none;
  const rules = readIgnoreRules(readBelow(root), containerfile, context);
  const leftOut = openLeftOut(context, rules.ok ? rules.value : ignoreNothing);
  const found = readSources(resolveReads(request.value), step).flatMap(({ source, line }) =>
    source.kind === 'path'
      ? empty.map((one) => ({ ...one, line, relation: relate(posix.join(context, source.path), one.path) }))
      : [],
  );
  const failures = (relation: string): Failure[] => {
    const first = new Map(
      found
        .filter((one) => one.relation === relation && !leftOut(one.path))
        .reverse()
        .map((one) => [one.path, one]),
    );
    return [...first.values()].map((one) => refuse(one, { file: containerfile, line: one.line }));
  };
  const [inside, around] = [failures('inside'), failures('around')];
  return step === 'compile'
    ? { needed: inside, contained: around }
    : { needed: [...inside, ...around], contained: [] };
}

interface EmptySubmodule {
  readonly path: string;
  /** Arguments of `git submodule update --init`. */
  readonly named: string;
}

function listEmpty(root: string): readonly EmptySubmodule[] {
  const list = (path: string) => {
    const text = readTextIfThere(join(root, path));
    return text === undefined ? undefined : listSubmodules(text);
  };
  /** Submodules may be nested; git's command needs the outermost one. */
  const visit = (path: string, named: string): EmptySubmodule[] => {
    if (isEmpty(join(root, path))) return [{ path, named }];
    const inner = list(`${path}/.gitmodules`) ?? [];
    return inner.flatMap((one) => visit(`${path}/${one}`, `--recursive ${named.replace(/^.* /, '')}`));
  };
  const found = findSubmodules(root, (path) => existsSync(join(root, path)), list);
  return found.flatMap((path) => visit(path, path));
}

function isEmpty(directory: string): boolean {
  try {
    return readdirSync(directory).length === 0;
  } catch {
    // A directory that does not exist is a missing source, which the build reports.
    return false;
  }
}

function refuse({ path, named }: EmptySubmodule, at: Place): Failure {
  return imageFailure('SUBMODULE_NOT_INITIALISED', {
    what: `COPY takes ${path}, a git submodule whose files are not here`,
    remedy: `Run \`git submodule update --init ${named}\`. If the image does not need it, name it in the ignore file.`,
    at,
  });
}

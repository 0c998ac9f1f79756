import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { compileFailure, failed, type Result } from '@prism-build/errors';
import type { SharedUnits, UsedUnit } from '@prism-build/languages';
import { type Finished, readTextIfThere, withLock, writeFileAtomic } from '@prism-build/shell';

/** File beside the tool's own that names the digest of the package from which a unit was compiled. */
const markName = 'made-of';
const attempts = 3;

/**
 * Runs a compiler that shares its units (compiled packages) with other projects and clones. First removes units of other
 * content, which the tool would take for fresh if no source is newer. If the tool still used one, another process wrote
 * it meanwhile (a compiler of a killed run, or a run that lost the lock), and the compile runs again. Marks only units
 * that this run made, so correctness does not depend on the lock.
 *
 * @param lock orders the writers of the cache
 * @param stamp a file to write: its time tells this run's units from earlier ones
 * @returns what the calls printed. Failure: UNITS_OVERWRITTEN, and those of `compile`.
 */
export function withSharedUnits(
  shared: SharedUnits,
  { lock, stamp }: { readonly lock: string; readonly stamp: string },
  compile: () => Promise<Result<readonly Finished[]>>,
): Promise<Result<readonly Finished[]>> {
  const contents = digestContents(shared);
  return withLock(lock, async () => {
    for (let attempt = 0; attempt < attempts; attempt++) {
      removeOthers(shared, contents);
      fs.writeFileSync(stamp, '');
      const start = fs.statSync(stamp).mtimeMs;
      const done = await compile();
      if (!done.ok) return done;
      const used = done.value.flatMap(({ stdout }) => shared.listUsed(stdout));
      if (acceptUnits(shared, contents, used, start)) return done;
    }
    const what = `another process keeps writing to ${shared.folders[0]}`;
    return failed(compileFailure('UNITS_OVERWRITTEN', { what }));
  });
}

/** By package, the digest of what its units may be made of. */
type Contents = ReadonlyMap<string, string>;

function digestContents({ contents }: SharedUnits): Contents {
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  return new Map([...contents].map(([name, text]) => [name, digest(text)]));
}

/** Removes the units of this tree's packages that were made of other or unknown content. */
function removeOthers({ folders }: SharedUnits, contents: Contents): void {
  for (const folder of folders)
    for (const unit of listUnits(folder)) {
      const content = contents.get(unit.package);
      if (content === undefined || markOf(unit) === content) continue;
      // Removes the description first: without it, the tool ignores the rest.
      fs.rmSync(unit.description, { recursive: true, force: true });
      fs.rmSync(join(folder, 'build', unit.name), { recursive: true, force: true });
    }
}

/**
 * Whether all units that a run used were compiled from this tree's content. If so, marks the units that the run made.
 *
 * @param start units that were described earlier, in milliseconds since 1970, are not from this run
 */
function acceptUnits(
  { folders }: SharedUnits,
  contents: Contents,
  used: readonly UsedUnit[],
  start: number,
): boolean {
  const units = new Map(folders.map((folder) => [folder, listUnits(folder)]));
  const made: { readonly unit: Unit; readonly content: string }[] = [];
  // A later call of this run reports units of an earlier call as fresh.
  const ours = new Set<string>();
  for (const one of [...used].sort((a, b) => Number(a.fresh) - Number(b.fresh))) {
    const content = contents.get(one.package);
    if (content === undefined) continue;
    for (const unit of units.get(one.folder) ?? []) {
      if (unit.package !== one.package || !isMeant(unit, one)) continue;
      if (ours.has(unit.description) || markOf(unit) === content) continue;
      if (one.fresh || describedAt(unit) < start) return false;
      ours.add(unit.description);
      made.push({ unit, content });
    }
  }
  for (const { unit, content } of made) writeFileAtomic(join(unit.description, markName), content);
  return true;
}

interface Unit {
  /** `<package>-<hash>` */
  readonly name: string;
  readonly package: string;
  readonly hash: string;
  readonly description: string;
}

function listUnits(folder: string): Unit[] {
  const place = join(folder, '.fingerprint');
  const names = fs.existsSync(place) ? fs.readdirSync(place) : [];
  return names.flatMap((name) => {
    const [, owner, hash] = /^(.+)-([0-9a-f]{16})$/.exec(name) ?? [];
    return owner === undefined ? [] : [{ name, package: owner, hash: hash!, description: join(place, name) }];
  });
}

function isMeant(unit: Unit, used: UsedUnit): boolean {
  if (used.hash !== undefined) return unit.hash === used.hash;
  return fs.readdirSync(unit.description).some((name) => name.startsWith(used.kind));
}

function markOf({ description }: Unit): string | undefined {
  return readTextIfThere(join(description, markName));
}

/** When the tool last wrote a unit's description, in milliseconds since 1970. */
function describedAt({ description }: Unit): number {
  const times = fs.readdirSync(description).map((name) => fs.statSync(join(description, name)).mtimeMs);
  return Math.max(0, ...times);
}

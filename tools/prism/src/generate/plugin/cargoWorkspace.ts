import { failed, ok, type Result } from '@prism-build/errors';
import { readManifest } from '../component/manifest';
import { dirtyLock, refuseHalfMerged } from '../shared/dirtyLock';

/** The parts of the workspace's Cargo.toml that a plugin needs. */
export interface CargoWorkspace {
  readonly members: readonly string[];
  /** The version that members inherit. */
  readonly version: string;
}

const list = /^members = \[([^\]]*)\]/m;

/** Reads the root's Cargo.toml. Failure: LOCK_DIRTY, if it cannot be edited. */
export function readCargoWorkspace(text: string): Result<CargoWorkspace> {
  const file = 'Cargo.toml';
  const halfMerged = refuseHalfMerged('edited', { file, text });
  if (halfMerged) return halfMerged;
  const manifest = readManifest(text, file);
  if (!manifest.ok) return manifest;
  const { members, shared } = manifest.value;
  if (!members || !list.test(text) || shared.version === undefined)
    return failed(
      dirtyLock(file, 'edited', 'it is no workspace with `members = […]` and a version for all packages'),
    );
  return ok({ members, version: shared.version });
}

/** Cargo.toml with an additional member, in sorted order; unchanged if it has the member. */
export function addMember(text: string, { members }: CargoWorkspace, directory: string): string {
  if (members.includes(directory)) return text;
  return text.replace(list, (_, inside: string) => {
    const names = [...members, directory].sort().map((name) => JSON.stringify(name));
    return inside.includes('\n')
      ? `members = [\n${names.map((name) => `    ${name},\n`).join('')}]`
      : `members = [${names.join(', ')}]`;
  });
}

import { type Files, listSubmodules } from '@prism-build/workspace';
import { workspaceFileset } from '../read/fileset';
import type { Input } from '../read/keys';

/** Directories of the workspace that are submodules of git, as filesets begin. */
export function findSubmodules(files: Files): readonly string[] {
  return (files.facts('.gitmodules', 'submodules', listSubmodules) ?? []).map(workspaceFileset);
}

/**
 * Submodules that contain filesets, as inputs. For git, a commit that moves a submodule changes one path, the
 * submodule's own, and `affected` selects targets that have it among their inputs.
 */
export function addSubmodules(inputs: readonly Input[], submodules: readonly string[]): readonly Input[] {
  if (submodules.length === 0) return inputs;
  const filesets = inputs.map((one) => (typeof one === 'string' ? one : String(one.fileset ?? '')));
  const moved = submodules.filter((path) => filesets.some((fileset) => fileset.startsWith(`${path}/`)));
  return moved.length > 0 ? inputs.concat(moved) : inputs;
}

import { type Files, findSubmodules, listSubmodules } from '@prism-build/workspace';
import { workspaceFileset } from '../read/fileset';
import type { Input } from '../read/keys';
import { expandInputs, type NamedInputs } from '../read/namedInputs';

/** Directories of the workspace that are git submodules, as prefixes of filesets. */
export function submoduleFilesets(workspaceRoot: string, files: Files): readonly string[] {
  const found = findSubmodules(
    workspaceRoot,
    (path) => files.kindOf(path) !== 'none',
    (path) => files.facts(path, 'submodules', listSubmodules),
  );
  return found.map(workspaceFileset);
}

/**
 * Submodules that contain filesets, as inputs. For git, a commit that moves a submodule changes only the submodule's
 * own path. `affected` selects targets with that path among their inputs.
 */
export function addSubmodules(
  inputs: readonly Input[],
  named: NamedInputs,
  submodules: readonly string[],
): readonly Input[] {
  if (submodules.length === 0) return inputs;
  const filesets = expandInputs(inputs, named).map((one) =>
    typeof one === 'string' ? one : String(one.fileset ?? ''),
  );
  const moved = submodules.filter((path) => filesets.some((fileset) => fileset.startsWith(`${path}/`)));
  return moved.length > 0 ? inputs.concat(moved) : inputs;
}

import { createHash } from 'node:crypto';
import { componentNameOf, toName } from '@prism-build/workspace';
import type { ComponentPlace } from '../places';

interface Named extends Pick<ComponentPlace, 'root' | 'label'> {
  /** The name that project.json or package.json gives. */
  readonly declared: string | undefined;
}

/**
 * Names of projects, in order. Nx aborts every command if two projects have the same name. So inferred names get as
 * many parent directories as needed: the projects in `a/docker` and `b/docker` are `a-docker` and `b-docker`.
 */
export function nameProjects(components: readonly Named[]): string[] {
  const names = components.map(({ declared, root, label }) => declared ?? componentNameOf(root, label));
  const longer = new Map<number, string[]>();
  let taken = countNames(names);
  for (let raised = true; raised; taken = countNames(names)) {
    raised = false;
    for (const [index, name] of names.entries()) {
      if (taken.get(name)! < 2) continue;
      const candidates = longer.get(index) ?? listLonger(components[index]!, name);
      longer.set(index, candidates);
      const next = candidates.shift();
      if (next === undefined) continue;
      names[index] = next;
      raised = true;
    }
  }
  return names.map((name, index) => {
    const { declared, root } = components[index]!;
    return declared === undefined && taken.get(name)! > 1 ? `${name}-${shortHash(root)}` : name;
  });
}

/** The alternative names of a component, from short to long. */
function listLonger({ declared, root, label }: Named, own: string): string[] {
  if (declared !== undefined) return [];
  const above = root.split('/').slice(0, label === undefined ? -1 : -2);
  return above.map((_, index) => toName([...above.slice(-1 - index), own].join('-')));
}

function countNames(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** A suffix for names that directories do not distinguish (`a b` and `a-b`); equal in every clone. */
function shortHash(root: string): string {
  return createHash('sha256').update(root).digest('hex').slice(0, 6);
}

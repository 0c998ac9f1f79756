import type { Output } from './listOutputs';

/** Outputs of a workspace, indexed by their directories: a thousand projects cause a thousand queries. */
export interface OutputIndex {
  /** Outputs that may contain a path or be inside it, compared by the literal parts before the first wildcard. */
  readonly near: (path: string) => readonly Output[];
  /** The outputs of one project. */
  readonly of: (project: string) => readonly Output[];
}

interface Branch {
  readonly here: Output[];
  readonly below: Map<string, Branch>;
}

const special = /[*?[\]{}()!+@\\]/;
const makeBranch = (): Branch => ({ here: [], below: new Map() });

export function indexOutputs(outputs: readonly Output[]): OutputIndex {
  const root = makeBranch();
  const projects = new Map<string, Output[]>();
  for (const output of outputs) {
    let branch = root;
    for (const part of literalParts(output.path)) {
      const next = branch.below.get(part) ?? makeBranch();
      branch.below.set(part, next);
      branch = next;
    }
    branch.here.push(output);
    projects.set(output.project, [...(projects.get(output.project) ?? []), output]);
  }
  return {
    of: (project) => projects.get(project) ?? [],
    near: (path) => {
      if (outputs.length === 0) return outputs;
      const found: Output[] = [];
      let branch: Branch | undefined = root;
      for (const part of literalParts(path)) {
        found.push(...branch.here);
        branch = branch.below.get(part);
        if (!branch) return found;
      }
      return [...found, ...listBelow(branch)];
    },
  };
}

function listBelow({ here, below }: Branch): Output[] {
  return [...here, ...[...below.values()].flatMap(listBelow)];
}

function literalParts(path: string): string[] {
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  const wild = parts.findIndex((part) => special.test(part));
  return wild < 0 ? parts : parts.slice(0, wild);
}

/** An index that is built on the first query. */
export function openLazily(make: () => OutputIndex): OutputIndex {
  let made: OutputIndex | undefined;
  const index = () => (made ??= make());
  return { near: (path) => index().near(path), of: (project) => index().of(project) };
}

import type { CreateDependenciesContext } from '@nx/devkit';
import { type KnownProject, listOutputs } from '../declared/listOutputs';
import { openNxReading } from '../declared/nxReading';
import { indexOutputs } from '../declared/outputIndex';
import type { ComponentLinks, Consumer } from '../outputs/linkComponents';
import { linkComponents } from '../outputs/linkComponents';
import type { Edge } from './edges';

/** Edges from a Containerfile to the projects whose targets make its COPY sources. */
export function listMakerEdges(
  { file, root }: { readonly file: string; readonly root: string },
  { compile, images }: ComponentLinks,
  projects: readonly KnownProject[],
): Edge[] {
  const makers = [compile, ...images].flatMap((one) => one.makers);
  if (makers.length === 0) return [];
  const names = new Set(makers.map(({ project }) => project));
  return projects.flatMap((one) =>
    names.has(one.name) && one.root !== root ? [{ from: file, root, directory: one.root }] : [],
  );
}

/** A component with sources that no known target makes. */
export type Waiting = Consumer & { readonly root: string };

/** Nx requests nodes first, then edges, in one process. */
const waiting = new Map<string, readonly Waiting[]>();

export function listWaiting(components: readonly Waiting[], links: readonly ComponentLinks[]): Waiting[] {
  return components.filter((_, index) => {
    const { compile, images } = links[index]!;
    return [compile, ...images].some((one) => one.unknown.length > 0);
  });
}

export function keepWaiting(workspaceRoot: string, components: readonly Waiting[]): void {
  waiting.set(workspaceRoot, components);
}

/**
 * Adds edges for outputs that other plugins declare, whose targets are visible only here. `dependsOn` was made
 * earlier and contains `^build`; such an edge makes `^build` include the right project.
 */
export function listLateEdges({
  workspaceRoot,
  projects,
  nxJsonConfiguration,
}: CreateDependenciesContext): Edge[] {
  const components = waiting.get(workspaceRoot) ?? [];
  if (components.length === 0) return [];
  const { readOutputs } = openNxReading(workspaceRoot, nxJsonConfiguration);
  const known = Object.entries(projects).map(
    ([name, { root, targets }]): KnownProject => ({
      name,
      root,
      targets: (targets ?? {}) as KnownProject['targets'],
    }),
  );
  const outputs = indexOutputs(known.flatMap((one) => listOutputs(one, readOutputs)));
  const links = linkComponents(components, known, outputs, nxJsonConfiguration);
  return components.flatMap((one, index) => listMakerEdges(one, links[index]!, known));
}

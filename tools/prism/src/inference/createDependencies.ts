import type { CreateDependencies } from '@nx/devkit';
import { type Edge, resolveEdges } from './make/edges';
import { listLateEdges } from './make/makerEdges';

/** Edges that the last inference found. Nx calls createNodes first, then createDependencies, in one process. */
const found = new Map<string, readonly Edge[]>();

export function keepEdges(workspaceRoot: string, edges: readonly Edge[]): void {
  found.set(workspaceRoot, edges);
}

/** The edges of the graph, each with the file that it comes from. */
export const createDependencies: CreateDependencies = (_options, context) =>
  resolveEdges([...(found.get(context.workspaceRoot) ?? []), ...listLateEdges(context)], context);

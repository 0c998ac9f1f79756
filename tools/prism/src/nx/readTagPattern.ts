import type { ExecutorContext, ProjectGraph } from '@nx/devkit';
import { failed, ok, pushFailure, type Result } from '@prism-build/errors';

/** How the release group of a project names its tags in git. */
export interface TagPattern {
  /** Such as `{projectName}@{version}`. */
  readonly pattern: string;
  readonly group: string;
}

interface ReleaseGroup {
  readonly projects: readonly string[];
  readonly releaseTag: { readonly pattern: string };
}

interface ConfigModule {
  readonly createNxReleaseConfig: (
    graph: ProjectGraph,
    files: object,
    config: object,
  ) => Promise<{
    readonly error: { readonly code: string } | null;
    readonly nxReleaseConfig: { readonly groups: Readonly<Record<string, ReleaseGroup>> } | null;
  }>;
}

interface FilesModule {
  readonly createProjectFileMapUsingProjectGraph: (graph: ProjectGraph) => Promise<object>;
}

/**
 * The pattern of a project's tags, with all of Nx's defaults, which depend on the kind of the group: so Nx is
 * asked. Failures: PUSH_RELEASE_UNKNOWN.
 */
export async function readTagPattern(
  project: string,
  { projectGraph, nxJsonConfiguration }: ExecutorContext,
): Promise<Result<TagPattern>> {
  const { createNxReleaseConfig } = require('nx/src/command-line/release/config/config') as ConfigModule;
  const { createProjectFileMapUsingProjectGraph } =
    require('nx/src/project-graph/file-map-utils') as FilesModule;
  const files = await createProjectFileMapUsingProjectGraph(projectGraph);
  const { nxReleaseConfig, error } = await createNxReleaseConfig(
    projectGraph,
    files,
    nxJsonConfiguration?.release ?? {},
  );
  const groups = Object.entries(nxReleaseConfig?.groups ?? {});
  const found = groups.find(([, { projects }]) => projects.includes(project));
  if (found) return ok({ pattern: found[1].releaseTag.pattern, group: found[0] });
  const what = error
    ? `"release" in nx.json is not valid: ${error.code}`
    : `${project} is in no release group of nx.json`;
  const remedy = 'Correct "release" in nx.json; `npx nx release --dry-run` checks it.';
  return failed(pushFailure('PUSH_RELEASE_UNKNOWN', { what, remedy }));
}

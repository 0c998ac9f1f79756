import { posix } from 'node:path';
import type { NxJsonConfiguration } from '@nx/devkit';
import type { Files } from '@prism-build/workspace';
import { type KnownProject, listOutputs } from './listOutputs';
import { openNxReading } from './nxReading';
import { indexOutputs, type OutputIndex, openLazily } from './outputIndex';
import { type ProjectFile, readPackageJson, readProjectJson } from './projectFile';

/** Targets that project.json and package.json files declare, with the defaults of nx.json. */
export interface DeclaredProjects {
  /** A project without a name is named after its directory, as in Nx. */
  readonly projects: readonly KnownProject[];
  readonly outputs: OutputIndex;
}

/** Files that declare projects, among those that Nx found. */
export const isProjectFile = (file: string): boolean => /(^|\/)(project|package)\.json$/.test(file);

/** Where a package manager lists its workspaces besides package.json; Nx reads them itself. */
const workspaceFiles = ['pnpm-workspace.yaml', 'lerna.json'];

/** project.json and package.json files by path. Unchanged files are not parsed again. */
export type ProjectFiles = ReadonlyMap<string, ProjectFile>;

export function readProjectFiles(found: readonly string[], files: Files): ProjectFiles {
  // What Nx reads of them is part of the trace.
  for (const file of workspaceFiles) files.text(file);
  return new Map(
    found.filter(isProjectFile).flatMap((file) => {
      const read = readFile(files, file, file.endsWith('project.json') ? readProjectJson : readPackageJson);
      return read ? [[file, read] as const] : [];
    }),
  );
}

/**
 * @param components names of projects that this plugin makes, by root: their package.json counts only if Nx uses it
 */
export function readDeclaredProjects(
  root: string,
  projectFiles: ProjectFiles,
  nxJson: NxJsonConfiguration,
  components: ReadonlyMap<string, string>,
): DeclaredProjects {
  const nx = openNxReading(root, nxJson);
  const byRoot = new Map<string, { readonly project?: ProjectFile; readonly manifest?: ProjectFile }>();
  for (const [file, read] of projectFiles) {
    const directory = posix.dirname(file);
    const kind = file.endsWith('project.json') ? 'project' : 'manifest';
    byRoot.set(directory, { ...byRoot.get(directory), [kind]: read });
  }
  const projects: KnownProject[] = [];
  for (const [directory, { project, manifest }] of byRoot) {
    const counts = project ?? (hasTargets(manifest) && nx.isPackage(posix.join(directory, 'package.json')));
    if (!counts) continue;
    const fallback = components.get(directory) ?? posix.basename(directory).toLowerCase();
    const name = project?.name ?? manifest?.name ?? fallback;
    const declared = { ...manifest?.targets, ...project?.targets };
    const targets = Object.fromEntries(
      Object.entries(declared).map(([target, config]) => [
        target,
        nx.withDefaults(target, config, { name, root: directory }),
      ]),
    );
    projects.push({ name, root: directory, targets });
  }
  const outputs = openLazily(() => indexOutputs(projects.flatMap((one) => listOutputs(one, nx.readOutputs))));
  return { projects, outputs };
}

const hasTargets = (file: ProjectFile | undefined): boolean => Object.keys(file?.targets ?? {}).length > 0;

/** Unreadable files are ignored here, because Nx reports them. */
function readFile(files: Files, path: string, parse: (text: string) => ProjectFile): ProjectFile | undefined {
  try {
    return files.facts(path, 'targets', parse);
  } catch {
    return undefined;
  }
}

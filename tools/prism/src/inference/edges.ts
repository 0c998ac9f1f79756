import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type {
  CreateDependencies,
  CreateDependenciesContext,
  CreateNodesResult,
  DependencyType,
  ProjectConfiguration,
  RawProjectGraphDependency,
} from '@nx/devkit';
import { builderDirectory } from '../workspace/naming';
import type { StageReading } from '../workspace/stage/reading';
import { type RegistryImage, readRegistryImages } from './registryImages';

/** What the files of a component say of others. */
export interface ComponentUses {
  readonly file: string;
  readonly root: string;
  /** Directories of the components that its images are made of. */
  readonly siblings: readonly string[];
  readonly builder: string | undefined;
  readonly language: string | undefined;
  readonly reading: StageReading | undefined;
  /** Images of registries, as the Containerfile names them. */
  readonly foreign: readonly string[];
}

/** An edge before it is known which projects there are: from a file to a directory, or to an image of a registry. */
export interface Edge {
  readonly from: string;
  /** Root of the project that the file speaks for, where that is not the one that it lies in. */
  readonly root?: string;
  readonly directory?: string;
  readonly image?: RegistryImage;
}

export function listEdges(
  root: string,
  { file, root: own, siblings, builder, reading, foreign }: ComponentUses,
): Edge[] {
  const base = builder && builderDirectory(builder);
  return [
    ...siblings.map((directory) => ({ from: file, root: own, directory })),
    ...(base ? [{ from: file, root: own, directory: base }] : []),
    ...(reading?.closure?.edges ?? []).map(({ from, to }) => ({ from, directory: to })),
    ...readRegistryImages(join(root, file), foreign).map((image) => ({ from: file, root: own, image })),
  ];
}

/**
 * What a component adds to the graph besides itself: the modules and crates outside of components that it is compiled
 * from, and the images of registries that it is made of. A directory that is a project by itself is left alone.
 */
export function listNodes(
  workspaceRoot: string,
  { language, reading }: ComponentUses,
  edges: readonly Edge[],
  components: ReadonlySet<string>,
): Pick<Required<CreateNodesResult>, 'projects' | 'externalNodes'> {
  const inComponent = (directory: string): boolean =>
    components.has(directory) ||
    (directory.includes('/') && inComponent(directory.slice(0, directory.lastIndexOf('/'))));
  const libraries = new Set((reading?.closure?.edges ?? []).map(({ to }) => to));
  const projects = [...libraries].flatMap((root): [string, ProjectConfiguration][] => {
    if (root === '' || inComponent(root) || existsSync(join(workspaceRoot, root, 'project.json'))) return [];
    const metadata = { technologies: language ? [language] : [] };
    return [[root, { name: root.replaceAll('/', '-'), root, projectType: 'library', metadata, targets: {} }]];
  });
  const images = edges.flatMap(({ image }) => (image ? [[image.node, image] as const] : []));
  const externalNodes = images.map(([node, { name, digest }]) => {
    const data = { version: digest, packageName: name, hash: digest };
    return [node, { type: 'oci', name: node, data }] as const;
  });
  return { projects: Object.fromEntries(projects), externalNodes: Object.fromEntries(externalNodes) };
}

/** What the last inference of a workspace found; Nx asks for nodes first, then for edges, in one process. */
const found = new Map<string, readonly Edge[]>();

export function keepEdges(workspaceRoot: string, edges: readonly Edge[]): void {
  found.set(workspaceRoot, edges);
}

/** The edges of the graph, each with the file that it comes from. */
export const createDependencies: CreateDependencies = (_options, context) =>
  resolveEdges(found.get(context.workspaceRoot) ?? [], context);

export function resolveEdges(
  edges: readonly Edge[],
  {
    projects,
    externalNodes,
    fileMap,
  }: Pick<CreateDependenciesContext, 'projects' | 'externalNodes' | 'fileMap'>,
): RawProjectGraphDependency[] {
  const names = new Map(Object.entries(projects).map(([name, { root }]) => [root, name]));
  const projectOf = (path: string): string | undefined => {
    if (path === '') return undefined;
    return names.get(path) ?? projectOf(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  };
  const files = new Map<string, Set<string>>();
  const isKnown = (project: string, file: string): boolean => {
    const known =
      files.get(project) ?? new Set((fileMap.projectFileMap[project] ?? []).map((data) => data.file));
    files.set(project, known);
    return known.has(file);
  };
  const made = new Map<string, RawProjectGraphDependency>();
  for (const { from, root, directory, image } of edges) {
    const source = (root === undefined ? projectOf(from) : names.get(root)) ?? names.get('.');
    const target = image ? image.node : projectOf(directory ?? '');
    if (source === undefined || target === undefined || source === target || made.has(`${source}\0${target}`))
      continue;
    if (image && !externalNodes?.[target]) continue;
    // Nx knows no file that git ignores, and takes none as the source of an edge.
    const dependency = isKnown(source, from)
      ? { source, target, type: 'static' as DependencyType.static, sourceFile: from }
      : { source, target, type: 'implicit' as DependencyType.implicit };
    made.set(`${source}\0${target}`, dependency);
  }
  return [...made.values()];
}

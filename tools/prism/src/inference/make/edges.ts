import type {
  CreateDependenciesContext,
  CreateNodesResult,
  DependencyType,
  ProjectConfiguration,
  RawProjectGraphDependency,
} from '@nx/devkit';
import { parentOf } from '@prism-build/containerfile';
import type { Use } from '@prism-build/languages';
import { builderDirectory, type Files } from '@prism-build/workspace';
import type { RegistryImage } from '../read/registryImages';

/** The edges of a component, from its files. */
export interface ComponentUses {
  readonly file: string;
  readonly root: string;
  /** Components that its images are based on or copy from. */
  readonly siblings: readonly string[];
  readonly builder: string | undefined;
  readonly language: string | undefined;
  /** From a file to a directory that its compiler reads. */
  readonly compiled: readonly Use[];
  readonly images: readonly RegistryImage[];
}

/** An edge before the projects are known: from a file to a directory, or to a registry image. */
export interface Edge {
  readonly from: string;
  /** Root of the project that the edge starts from, if that is not the project of the file. */
  readonly root?: string;
  readonly directory?: string;
  readonly image?: RegistryImage;
}

/** @param roots of the components, by name */
export function listEdges(
  { file, root, siblings, builder, compiled, images }: ComponentUses,
  roots: ReadonlyMap<string, string>,
): Edge[] {
  const base = builder && builderDirectory(builder);
  return [
    ...siblings.flatMap((name) => {
      const directory = roots.get(name);
      return directory === undefined ? [] : [{ from: file, root, directory }];
    }),
    ...(base ? [{ from: file, root, directory: base }] : []),
    ...compiled.map(({ from, to }) => ({ from, directory: to })),
    ...images.map((image) => ({ from: file, root, image })),
  ];
}

/**
 * Additional nodes for a component: the modules and crates outside of components that it is compiled from, and its
 * registry images. Skips directories that are projects already.
 */
export function listNodes(
  { language, compiled, images }: ComponentUses,
  components: ReadonlySet<string>,
  files: Files,
): Pick<Required<CreateNodesResult>, 'projects' | 'externalNodes'> {
  const inComponent = (directory: string): boolean =>
    components.has(directory) || (directory.includes('/') && inComponent(parentOf(directory)));
  const libraries = new Set(compiled.map(({ to }) => to));
  const projects = [...libraries].flatMap((root): [string, ProjectConfiguration][] => {
    if (root === '' || inComponent(root) || files.kindOf(`${root}/project.json`) !== 'none') return [];
    const metadata = { technologies: language ? [language] : [] };
    return [[root, { name: root.replaceAll('/', '-'), root, projectType: 'library', metadata, targets: {} }]];
  });
  const externalNodes = images.map(({ node, name, digest }) => {
    const data = { version: digest, packageName: name, hash: digest };
    return [node, { type: 'oci', name: node, data }] as const;
  });
  return { projects: Object.fromEntries(projects), externalNodes: Object.fromEntries(externalNodes) };
}

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
    return names.get(path) ?? projectOf(parentOf(path));
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
    // Nx does not accept a file that git ignores as the source of an edge.
    const dependency = isKnown(source, from)
      ? { source, target, type: 'static' as DependencyType.static, sourceFile: from }
      : { source, target, type: 'implicit' as DependencyType.implicit };
    made.set(`${source}\0${target}`, dependency);
  }
  return [...made.values()];
}

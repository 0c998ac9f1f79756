import type { CreateNodes, CreateNodesResult, NxJsonConfiguration, PreTasksExecution } from '@nx/devkit';
import { type Failure, renderFailures } from '@prism-build/errors';
import { imageKey } from '@prism-build/workspace';
import { listStated, mayState } from './contexts/listStated';
import { type ContextFacts, openMadeBy, saysTheSame } from './contexts/presence';
import { keepEdges } from './createDependencies';
import { openNxReading } from './declared/nxReading';
import { openHasRegistry } from './declared/openHasRegistry';
import { type ProjectFiles, readDeclaredProjects, readProjectFiles } from './declared/openOutputs';
import { openLazily } from './declared/outputIndex';
import { type Identity, pluginIdentity } from './identity';
import { type BaseLinks, findTakenNames, linkBases, type Named } from './make/bases';
import { listEdges, listNodes } from './make/edges';
import { makeProject, usesOf } from './make/makeProject';
import { keepWaiting, listMakerEdges, listWaiting } from './make/makerEdges';
import { nameProjects } from './make/names';
import { type NxHashes, readNxHashes, restampedIn } from './make/rehashed';
import { makeStacks, readStacks, type StackReads } from './make/stacks';
import { submoduleFilesets } from './make/submodules';
import { type Answer, openAnswer } from './memory/answer';
import { type OpenMemory, openMemory } from './memory/openMemory';
import type { Asked } from './memory/told';
import { type Consumer, linkComponents, listLinkFailures } from './outputs/linkComponents';
import { type ComponentPlace, inferenceGlob, placeComponents } from './places';
import type { PluginOptions } from './pluginOptions';
import { type ReadProject, readProject } from './read/readProject';
import { keepTold, recheck, summariseReads } from './recheck';

export { createDependencies } from './createDependencies';
export type { PluginOptions } from './pluginOptions';

/** Every Containerfile (or Dockerfile) and every stack is a project. One with errors gives warnings and does not affect others. */
export const createNodes: CreateNodes<PluginOptions> = [
  inferenceGlob,
  (found, options, { workspaceRoot, nxJsonConfiguration: nxJson }) => {
    const asked = { found, options, nxJson };
    const earlier = openAnswer(workspaceRoot, asked, pluginIdentity(__dirname, workspaceRoot));
    const known = earlier.find();
    if (known) return give(workspaceRoot, known);
    const inferred = readAll(asked, workspaceRoot);
    if (!inferred) return [];
    const { components, failures, memory } = inferred;
    const warnings = [...failures, ...components.flatMap((one) => one.warnings)];
    warn(warnings);
    const make = (hashes: NxHashes) => {
      keepTold(workspaceRoot, asked, summariseReads(components, hashes));
      const made = makeAll(inferred, hashes);
      warn(made.failures);
      return made;
    };
    if (components.some(({ reads }) => restampedIn(reads).length > 0))
      return readNxHashes(workspaceRoot).then((hashes) => give(workspaceRoot, make(hashes)));
    const { failures: linkFailures, ...answer } = make(() => undefined);
    // An answer with warnings is made every time, so that they are printed again.
    const trace = warnings.length + linkFailures.length > 0 ? undefined : memory.traceAll(components.length);
    if (trace) earlier.keep(answer, trace);
    return give(workspaceRoot, answer);
  },
];

/** Nx's daemon does not notice all changes that a build sees. Variables tell it about them before it looks up keys. */
export const preTasksExecution: PreTasksExecution<PluginOptions> = async (_options, { workspaceRoot }) => {
  const variables = await recheck(workspaceRoot, async (asked) => {
    const components = readAll(asked, workspaceRoot)?.components ?? [];
    const restamped = components.some(({ reads }) => restampedIn(reads).length > 0);
    return summariseReads(components, restamped ? await readNxHashes(workspaceRoot) : () => undefined);
  });
  // Nx copies the variables that a plugin sets here.
  Object.assign(process.env, variables);
};

/** Nx asks for nodes, and afterwards for edges. */
function give(workspaceRoot: string, { nodes, edges, waiting }: Answer): Answer['nodes'] {
  keepEdges(workspaceRoot, edges);
  keepWaiting(workspaceRoot, waiting);
  return nodes;
}

interface Inferred {
  readonly components: readonly Component[];
  readonly stacks: readonly StackReads[];
  readonly projectFiles: ProjectFiles;
  readonly failures: readonly Failure[];
  readonly memory: OpenMemory;
  readonly identity: Identity;
  readonly prefix: string;
  readonly registry: string | undefined;
  readonly workspaceRoot: string;
  readonly nxJson: NxJsonConfiguration;
  readonly readDeclared: (names: ReadonlyMap<string, string>) => ReturnType<typeof readDeclaredProjects>;
}

/** Undefined: there is neither a Containerfile nor a stack. */
function readAll({ found, options, nxJson }: Asked, workspaceRoot: string): Inferred | undefined {
  const identity = pluginIdentity(__dirname, workspaceRoot);
  const prefix = options?.prefix ?? '';
  const memory = openMemory(workspaceRoot, JSON.stringify([options, identity]));
  const { places, failures } = placeComponents(found.filter((file) => !mayState(file)));
  const stacks = readStacks(found, memory.files);
  if (places.length + stacks.length === 0) return undefined;
  const projectFiles = readProjectFiles(found, memory.files);
  const readDeclared = (names: ReadonlyMap<string, string>) =>
    readDeclaredProjects(workspaceRoot, projectFiles, nxJson, names);
  // The context depends on which paths targets make, not on which project makes them.
  const outputs = openLazily(() => readDeclared(new Map()).outputs);
  const { stated, failures: lost } = listStated(found, projectFiles, memory.files);
  const facts = { stated, madeBy: openMadeBy(outputs) };
  const components = nameAll(
    places.map((place) => ({ ...read(place, memory, options, identity, facts), ...place })),
  );
  memory.save();
  const taken = findTakenNames(components, prefix);
  const all = {
    components,
    stacks,
    projectFiles,
    failures: [...failures, ...lost, ...taken],
    memory,
    identity,
  };
  return { ...all, prefix, workspaceRoot, registry: options?.registry, nxJson, readDeclared };
}

function makeAll(inferred: Inferred, known: NxHashes): Answer & { readonly failures: readonly Failure[] } {
  const { components, memory, identity, prefix, registry, workspaceRoot, nxJson, readDeclared } = inferred;
  const links = linkBases(components.flatMap(listNamed), prefix);
  const roots = new Map(components.map(({ name, root }) => [name, root]));
  const directories = new Set(roots.values());
  const submodules = submoduleFilesets(workspaceRoot, memory.files);
  const declared = readDeclared(new Map(components.map(({ name, root }) => [root, name])));
  const releases = nxJson.release !== undefined;
  const hasRegistry = openHasRegistry(registry, declared.projects, openNxReading(workspaceRoot, nxJson));
  const consumers = components.map((one): Consumer & ComponentPlace => ({
    ...one,
    siblings: siblingsOf(one, links),
  }));
  const linked = linkComponents(consumers, declared.projects, declared.outputs, nxJson);
  const made = components.map((one, index) => {
    const own = one.reads.images.map(({ variant }) => links.get(imageKey(one.name, variant)));
    const named = { name: one.name, links: own, made: linked[index]! };
    const pushed = { registry, hasRegistry: hasRegistry(one), releases };
    const surroundings = { ...named, ...pushed, prefix, identity, known, submodules };
    const project = makeProject(one, one.reads, surroundings);
    const uses = usesOf(one, one.reads, surroundings);
    const { projects, externalNodes } = listNodes(uses, directories, memory.files);
    const result: CreateNodesResult = { projects: { ...projects, [one.root]: project }, externalNodes };
    const edges = [...listEdges(uses, roots), ...listMakerEdges(one, linked[index]!, declared.projects)];
    return { node: [one.file, result] as const, edges };
  });
  const stacks = makeStacks(inferred.stacks, components, inferred.projectFiles, prefix);
  const all = [...made, ...stacks];
  return {
    nodes: all.map(({ node: [file, result] }): [string, CreateNodesResult] => [file, result]),
    edges: all.flatMap(({ edges }) => edges),
    waiting: listWaiting(consumers, linked),
    failures: listLinkFailures(linked),
  };
}

interface Unnamed extends ComponentPlace, ReadProject {}

interface Component extends Unnamed {
  readonly name: string;
}

/** Reads a component; from memory if none of its files has changed. */
function read(
  place: ComponentPlace,
  { files, find, keep }: OpenMemory,
  options: PluginOptions | undefined,
  identity: Identity,
  facts: ContextFacts,
): ReadProject {
  const known = find(place.file, ({ contextFacts }) => saysTheSame(place.file, contextFacts, facts));
  if (known) return { reads: known, warnings: [] };
  const { value, trace } = files.watch(place.directory, () =>
    readProject(place, options, identity, files, facts),
  );
  // Components with warnings are read every time, so that they warn again.
  if (value.warnings.length === 0 && trace) keep(place.file, value.reads, trace);
  return value;
}

function nameAll(components: readonly Unnamed[]): Component[] {
  const names = nameProjects(components.map((one) => ({ declared: one.reads.declared, ...one })));
  return components.map((one, index) => ({ name: names[index]!, ...one }));
}

/** The components that the images of a component are made of. */
function siblingsOf({ name, reads }: Component, links: ReadonlyMap<string, BaseLinks>): string[] {
  return reads.images.flatMap(({ variant }) => links.get(imageKey(name, variant))?.edges ?? []);
}

/** Each image of a component with the images that it names; nothing can name a variant. */
function listNamed({ name, reads }: Component): Named[] {
  return reads.images.map(({ variant, references }) => ({ name: imageKey(name, variant), references }));
}

/** On standard error, because scripts read standard output. The build reports all failures. */
function warn(failures: readonly Failure[], most = 10): void {
  if (failures.length === 0) return;
  const more = failures.length > most ? `  and ${failures.length - most} more\n` : '';
  process.stderr.write(`${renderFailures(failures.slice(0, most))}\n${more}`);
}

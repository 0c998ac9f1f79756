import type { CreateNodes, CreateNodesResult, PreTasksExecution } from '@nx/devkit';
import { type Failure, renderFailures } from '@prism-build/errors';
import { imageKey } from '../workspace/directories';
import { type Identity, pluginIdentity } from './identity';
import { findTakenNames, linkBases, type Named } from './make/bases';
import { keepEdges, listEdges, listNodes } from './make/edges';
import { makeProject, usesOf } from './make/makeProject';
import { nameProjects } from './make/names';
import { type Known, readKnown, restampedIn } from './make/rehashed';
import { findSubmodules } from './make/submodules';
import { type Kept, openKept } from './memory/kept';
import { containerfileGlob, type Place, placeComponents } from './places';
import type { PluginOptions } from './pluginOptions';
import { type ReadProject, readProject } from './read/readProject';
import { keepTold, recheck, summariseReads } from './recheck';

export { createDependencies } from './make/edges';
export type { PluginOptions } from './pluginOptions';

/** Every Containerfile (or Dockerfile) is a project. A broken one warns, and breaks no other. */
export const createNodes: CreateNodes<PluginOptions> = [
  containerfileGlob,
  (found, options, { workspaceRoot }) => {
    const inferred = readAll(found, options, workspaceRoot);
    const { components, failures } = inferred;
    warn([...failures, ...components.flatMap(({ warnings }) => warnings)]);
    const make = (known: Known) => {
      keepTold(workspaceRoot, { found, options }, summariseReads(components, known));
      return makeAll(inferred, known);
    };
    const restamped = components.some(({ reads }) => restampedIn(reads).length > 0);
    return restamped ? readKnown(workspaceRoot).then(make) : make(() => undefined);
  },
];

/** Nx's daemon does not hear of all that a build sees: it is told what changed in variables, before it looks up keys. */
export const preTasksExecution: PreTasksExecution<PluginOptions> = async (_options, { workspaceRoot }) => {
  const variables = await recheck(workspaceRoot, async ({ found, options }) => {
    const { components } = readAll(found, options, workspaceRoot);
    const restamped = components.some(({ reads }) => restampedIn(reads).length > 0);
    return summariseReads(components, restamped ? await readKnown(workspaceRoot) : () => undefined);
  });
  // Nx takes over what a plugin sets here.
  Object.assign(process.env, variables);
};

interface Inferred {
  readonly components: readonly Component[];
  readonly failures: readonly Failure[];
  readonly kept: Kept;
  readonly identity: Identity;
  readonly prefix: string;
  readonly workspaceRoot: string;
}

function readAll(
  found: readonly string[],
  options: PluginOptions | undefined,
  workspaceRoot: string,
): Inferred {
  const identity = pluginIdentity(__dirname, workspaceRoot);
  const prefix = options?.prefix ?? '';
  const kept = openKept(workspaceRoot, JSON.stringify([options, identity]));
  const { places, failures } = placeComponents(found);
  const components = nameAll(places.map((place) => ({ ...read(place, kept, options, identity), ...place })));
  kept.save();
  const taken = findTakenNames(components, prefix);
  return { components, failures: [...failures, ...taken], kept, identity, prefix, workspaceRoot };
}

function makeAll({ components, kept, identity, prefix, workspaceRoot }: Inferred, known: Known) {
  const links = linkBases(components.flatMap(listNamed), prefix);
  const roots = new Map(components.map(({ name, root }) => [name, root]));
  const directories = new Set(roots.values());
  const submodules = findSubmodules(kept.files);
  const made = components.map((one) => {
    const own = one.reads.images.map(({ variant }) => links.get(imageKey(one.name, variant)));
    const surroundings = { name: one.name, links: own, prefix, identity, known, submodules };
    const project = makeProject(one, one.reads, surroundings);
    const uses = usesOf(one, one.reads, surroundings);
    const { projects, externalNodes } = listNodes(uses, directories, kept.files);
    const result: CreateNodesResult = { projects: { ...projects, [one.root]: project }, externalNodes };
    return { node: [one.file, result] as const, edges: listEdges(uses, roots) };
  });
  keepEdges(
    workspaceRoot,
    made.flatMap(({ edges }) => edges),
  );
  return made.map(({ node: [file, result] }): [string, CreateNodesResult] => [file, result]);
}

interface Unnamed extends Place, ReadProject {}

interface Component extends Unnamed {
  readonly name: string;
}

/** As it was kept, where none of its files has changed. */
function read(
  place: Place,
  { files, find, keep }: Kept,
  options: PluginOptions | undefined,
  identity: Identity,
): ReadProject {
  const known = find(place.file);
  if (known) return { reads: known, warnings: [] };
  const { value, witness } = files.watch(place.directory, () => readProject(place, options, identity, files));
  // What warns is read again every time, and warns again.
  if (value.warnings.length === 0 && witness) keep(place.file, value.reads, witness);
  return value;
}

function nameAll(components: readonly Unnamed[]): Component[] {
  const names = nameProjects(components.map((one) => ({ declared: one.reads.declared, ...one })));
  return components.map((one, index) => ({ name: names[index]!, ...one }));
}

/** Each image of a component with the images that it names; nothing can name a variant. */
function listNamed({ name, reads }: Component): Named[] {
  return reads.images.map(({ variant, references }) => ({ name: imageKey(name, variant), references }));
}

/** On standard error: what nx prints for scripts is on the other. Building says the rest of what is wrong. */
function warn(failures: readonly Failure[], most = 10): void {
  if (failures.length === 0) return;
  const more = failures.length > most ? `  and ${failures.length - most} more\n` : '';
  process.stderr.write(`${renderFailures(failures.slice(0, most))}\n${more}`);
}

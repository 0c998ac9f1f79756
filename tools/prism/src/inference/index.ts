import type { CreateNodes, CreateNodesResult } from '@nx/devkit';
import { type Failure, renderFailures } from '@prism-build/errors';
import { imageKey } from '../workspace/directories';
import { listStated, mayState } from './contexts/listStated';
import { type ContextFacts, openMadeBy, saysTheSame } from './contexts/presence';
import { keepEdges } from './createDependencies';
import { type Identity, pluginIdentity } from './identity';
import { type BaseLinks, findTakenNames, linkBases, type Named } from './make/bases';
import { type Edge, listEdges, listNodes } from './make/edges';
import { makeProject, usesOf } from './make/makeProject';
import { nameProjects } from './make/names';
import { type Kept, openKept } from './memory/kept';
import { type Consumer, failuresOf, linkComponents } from './outputs/linkComponents';
import { keepConsumers, listMakerEdges } from './outputs/makerEdges';
import { readDeclaredProjects, readProjectFiles } from './outputs/openOutputs';
import { openLazily } from './outputs/outputIndex';
import { inferenceGlob, type Place, placeComponents } from './places';
import type { PluginOptions } from './pluginOptions';
import { readProject } from './read/readProject';
import type { ProjectReads } from './read/reads';

export { createDependencies } from './createDependencies';
export type { PluginOptions } from './pluginOptions';

/** Every Containerfile (or Dockerfile) is a project. A broken one warns, and breaks no other. */
export const createNodes: CreateNodes<PluginOptions> = [
  inferenceGlob,
  (found, options, { workspaceRoot, nxJsonConfiguration: nxJson }) => {
    const identity = pluginIdentity(__dirname, workspaceRoot);
    const prefix = options?.prefix ?? '';
    const kept = openKept(workspaceRoot, JSON.stringify([options, identity]));
    const { places, failures } = placeComponents(found.filter((file) => !mayState(file)));
    if (places.length === 0) return [];
    const projectFiles = readProjectFiles(found, kept.files);
    const readDeclared = (names: ReadonlyMap<string, string>) =>
      readDeclaredProjects(workspaceRoot, projectFiles, nxJson, names);
    // Which project makes a path does not matter for where it lies.
    const outputs = openLazily(() => readDeclared(new Map()).outputs);
    const facts = { stated: listStated(found, projectFiles, kept.files), madeBy: openMadeBy(outputs) };
    const components = nameAll(
      places.map((place) => ({ reads: read(place, kept, options, identity, facts), ...place })),
    );
    warn([...failures, ...findTakenNames(components, prefix)]);
    const links = linkBases(components.flatMap(listNamed), prefix);
    const roots = new Map(components.map(({ name, root }) => [name, root]));
    const directories = new Set(roots.values());
    const names = new Map(components.map(({ name, root }) => [root, name]));
    const declared = readDeclared(names);
    const consumers = components.map((one): Consumer & Place => ({
      ...one,
      siblings: siblingsOf(one, links),
    }));
    const made = linkComponents(consumers, declared.projects, declared.outputs, nxJson);
    warn(failuresOf(made));
    const edges: Edge[] = [];
    const nodes = components.map((one, index): [string, CreateNodesResult] => {
      const own = one.reads.images.map(({ variant }) => links.get(imageKey(one.name, variant)));
      const surroundings = { name: one.name, links: own, made: made[index]!, prefix, identity };
      const project = makeProject(one, one.reads, surroundings);
      const uses = usesOf(one, one.reads, surroundings);
      edges.push(...listEdges(uses, roots), ...listMakerEdges(one, made[index]!, declared.projects));
      const { projects, externalNodes } = listNodes(uses, directories, kept.files);
      return [one.file, { projects: { ...projects, [one.root]: project }, externalNodes }];
    });
    kept.save();
    keepEdges(workspaceRoot, edges);
    keepConsumers(workspaceRoot, consumers, made);
    return nodes;
  },
];

interface Unnamed extends Place {
  readonly reads: ProjectReads;
}

interface Component extends Unnamed {
  readonly name: string;
}

/** As it was kept, where none of its files has changed. */
function read(
  place: Place,
  { files, find, keep }: Kept,
  options: PluginOptions | undefined,
  identity: Identity,
  facts: ContextFacts,
): ProjectReads {
  const known = find(place.file);
  if (known && saysTheSame(place.file, known.contextFacts, facts)) return known;
  const { value, witness } = files.watch(place.directory, () =>
    readProject(place, options, identity, files, facts),
  );
  const { reads, warnings } = value;
  warn(warnings);
  // What warns is read again every time, and warns again.
  if (warnings.length === 0 && witness) keep(place.file, reads, witness);
  return reads;
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

/** On standard error: what nx prints for scripts is on the other. Building says the rest of what is wrong. */
function warn(failures: readonly Failure[], most = 10): void {
  if (failures.length === 0) return;
  const more = failures.length > most ? `  and ${failures.length - most} more\n` : '';
  process.stderr.write(`${renderFailures(failures.slice(0, most))}\n${more}`);
}

import type { CreateNodes, CreateNodesResult } from '@nx/devkit';
import { type Failure, renderFailures } from '@prism-build/errors';
import { findTakenNames, linkBases } from './bases';
import { type Edge, keepEdges, listEdges, listNodes } from './edges';
import { type Identity, pluginIdentity } from './identity';
import { type Kept, type KeptProject, openKept } from './kept';
import { type MadeProject, makeProject } from './makeProject';
import { nameProjects } from './names';
import { containerfileGlob, type Place, placeComponents } from './places';
import type { PluginOptions } from './pluginOptions';
import { type ReadProject, readProject } from './readProject';
import { findSurroundings, listNamed, type Surroundings } from './surroundings';

export { createDependencies } from './edges';
export type { PluginOptions } from './pluginOptions';

/** Every Containerfile (or Dockerfile) is a project. A broken one warns, and breaks no other. */
export const createNodes: CreateNodes<PluginOptions> = [
  containerfileGlob,
  (found, options, { workspaceRoot }) => {
    const identity = pluginIdentity(__dirname, workspaceRoot);
    const kept = openKept(workspaceRoot, JSON.stringify([options, identity]));
    const { places, failures } = placeComponents(found);
    const components = nameAll(
      places.map((place) => ({
        known: kept.find(place.file) ?? readProject(place, options, kept.files),
        ...place,
      })),
    );
    const prefix = options?.prefix ?? '';
    warn([...failures, ...findTakenNames(components, prefix)]);
    const links = linkBases(components.flatMap(listNamed), prefix);
    const roots = new Map(components.map(({ name, root }) => [name, root]));
    const directories = new Set(roots.values());
    const edges: Edge[] = [];
    const nodes = components.map((one): [string, CreateNodesResult] => {
      const { project, uses } = make(one, findSurroundings(one, links), kept, options, identity);
      edges.push(...listEdges(uses, roots));
      const { projects, externalNodes } = listNodes(uses, directories, kept.files);
      return [one.file, { projects: { ...projects, [one.root]: project }, externalNodes }];
    });
    kept.save();
    keepEdges(workspaceRoot, edges);
    return nodes;
  },
];

interface Unnamed extends Place {
  readonly known: KeptProject | ReadProject;
}

interface Component extends Unnamed {
  readonly name: string;
}

function nameAll(components: readonly Unnamed[]): Component[] {
  const names = nameProjects(components.map((one) => ({ declared: one.known.declared, ...one })));
  return components.map((one, index) => ({ name: names[index]!, ...one }));
}

/** As it was kept, where neither its files nor what else there is have changed. */
function make(
  component: Component,
  surroundings: Surroundings,
  { files, keep }: Kept,
  options: PluginOptions | undefined,
  identity: Identity,
): Pick<MadeProject, 'project' | 'uses'> {
  const { known } = component;
  const key = JSON.stringify(surroundings);
  if ('made' in known && known.surroundings === key) return known.made;
  const read = 'made' in known ? readProject(component, options, files) : known;
  const { value, witness } = files.watch(() => makeProject(read, surroundings, options, identity, files));
  const { project, uses, warnings } = value;
  warn(warnings);
  // What warns is read again every time, and warns again.
  if (warnings.length === 0 && witness && read.witness) {
    const { declared, images } = read;
    const made = { project, uses };
    keep(component.file, {
      declared,
      images,
      surroundings: key,
      made,
      witness: [...new Set([...read.witness, ...witness])],
    });
  }
  return value;
}

/** On standard error: what nx prints for scripts is on the other. Building says the rest of what is wrong. */
function warn(failures: readonly Failure[], most = 10): void {
  if (failures.length === 0) return;
  const more = failures.length > most ? `  and ${failures.length - most} more\n` : '';
  process.stderr.write(`${renderFailures(failures.slice(0, most))}\n${more}`);
}

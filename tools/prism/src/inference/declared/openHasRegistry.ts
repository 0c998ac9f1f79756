import type { KnownProject } from './listOutputs';
import type { NxReading } from './nxReading';

/** Whether the images of a component are pushed to a known registry: by option of the plugin, by nx.json, or by its project file. */
export function openHasRegistry(
  option: string | undefined,
  projects: readonly KnownProject[],
  { withDefaults }: NxReading,
): (component: { readonly name: string; readonly root: string }) => boolean {
  if (option !== undefined) return () => true;
  const declared = new Map(projects.map(({ root, targets }) => [root, targets['push-manifest']]));
  return ({ name, root }) => {
    const own = { executor: 'prism:push-manifest', ...declared.get(root) };
    return withDefaults('push-manifest', own, { name, root }).options?.registry !== undefined;
  };
}

import { type Execution, mounted, type Tree, toEntries } from '@prism-build/assemble';
import type { PrintedMount } from '@prism-build/engine';
import { ok, type Result } from '@prism-build/errors';
import { type ContentStore, hexOf, type PlatformImage } from '@prism-build/oci';
import { type RunMount, type RunStep, scriptPath } from '@prism-build/plan';
import { packLayer } from '../packing';
import { makeRunImage } from './runImages';

/** Makes an image of the content of each mount, and of the script, if there is one, as the last. */
export async function mountImages(
  store: ContentStore,
  { step, mounts }: Execution,
): Promise<Result<(PlatformImage | undefined)[]>> {
  const trees = step.script === undefined ? mounts : [...mounts, scriptTree(step.script)];
  const images: (PlatformImage | undefined)[] = [];
  for (const tree of trees) {
    const image = tree && (await mountImage(store, step, tree));
    if (image && !image.ok) return image;
    images.push(image?.value);
  }
  return ok(images);
}

async function mountImage(store: ContentStore, step: RunStep, tree: Tree): Promise<Result<PlatformImage>> {
  const layer = await packLayer(store, toEntries(tree), { compression: 'none' });
  if (!layer.ok) return layer;
  return makeRunImage(store, step.platform, [{ ...layer.value, origin: 'own' }], {});
}

function scriptTree(script: string): Tree {
  const content = { kind: 'bytes' as const, bytes: Buffer.from(script) };
  return new Map([[mounted, { type: 'file', mode: 0o755, uid: 0, gid: 0, content }]]);
}

/** The mounts as engine arguments. `project` separates caches of the same name. */
export function printMounts(
  { mounts, script }: RunStep,
  images: readonly (PlatformImage | undefined)[],
  project: string,
): PrintedMount[] {
  const bind = (at: number, target: string, writable: boolean): PrintedMount => {
    const image = hexOf(images[at]!.config.digest);
    return { type: 'bind', image, source: `/${mounted}`, target, writable };
  };
  const printed = mounts.map((mount, at) =>
    mount.type === 'bind' ? bind(at, mount.target, mount.writable) : printMount(mount, project),
  );
  return script === undefined ? printed : [...printed, bind(mounts.length, scriptPath, false)];
}

function printMount(mount: Exclude<RunMount, { type: 'bind' }>, project: string): PrintedMount {
  if (mount.type === 'tmpfs') {
    const size = mount.size === undefined ? {} : { 'tmpfs-size': String(mount.size) };
    return { type: 'tmpfs', options: { target: mount.target, ...size } };
  }
  const { id, target, mode, uid, gid } = mount;
  const owned = { ...(mode && { mode }), ...(uid && { uid }), ...(gid && { gid }) };
  if (mount.type === 'secret') {
    const required = mount.required ? { required: 'true' } : {};
    return { type: 'secret', options: { id, target, ...owned, ...required } };
  }
  return {
    type: 'cache',
    options: { id: cacheName(mount, project), target, sharing: mount.sharing, ...owned },
  };
}

/** Name of a cache mount's directory; separates projects that use the same ID. */
export function cacheName({ id }: Pick<RunMount & { type: 'cache' }, 'id'>, project: string): string {
  return `${project}-${id}`.replaceAll(/[^\w.-]+/g, '-');
}

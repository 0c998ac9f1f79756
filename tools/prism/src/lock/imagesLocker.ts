import { join } from 'node:path';
import { buildOptions, readImagesLock, readRequest } from '@prism-build/builder';
import { formatPlatform } from '@prism-build/containerfile';
import { all, failed, ok, type Result } from '@prism-build/errors';
import { openContentStore } from '@prism-build/oci';
import { type ImageUse, resolveReads } from '@prism-build/plan';
import {
  describeLockChanges,
  encodeImagesLock,
  formatReference,
  imagesLockPath,
  lockImage,
  parseReference,
  type Reference,
  type RegistryTools,
} from '@prism-build/registry';
import { readTextIfThere, run } from '@prism-build/shell';
import { isLocal } from '@prism-build/workspace';
import { parseOptions } from '../nx/parseOptions';
import type { Locker } from './locker';

/** Images of registries that a Containerfile starts from or copies from, by skopeo. */
export const imagesLocker: Locker = async ({ directories, project, image: target }) => {
  if (target === undefined) return ok(undefined);
  const options = parseOptions(buildOptions, target, `${project}:build-image`);
  if (!options.ok) return options;
  const request = readRequest(directories.root, options.value);
  if (!request.ok) return request;
  const { image } = resolveReads(request.value);
  if (!image.ok) return image;
  const foreign = image.value.images.filter(
    ({ reference }) => options.value.bases[reference] === undefined && !isLocal(reference),
  );
  const path = imagesLockPath(options.value.containerfile);
  const there = readTextIfThere(join(directories.root, path)) !== undefined;
  if (foreign.length === 0 && !there) return ok(undefined);
  const store = await openContentStore(directories.store);
  if (!store.ok) return store;
  const tools = { run, store: store.value, directory: join(directories.prism, 'pulls') };
  // An unreadable lock is replaced; all entries of the new one count as added.
  const old = readImagesLock(directories.root, options.value.containerfile);
  const before = old.ok ? old.value : undefined;
  const groups = groupUses(foreign);
  if (!groups.ok) return groups;
  const locked = all(
    await Promise.all(
      groups.value.map(async (group) => {
        const one = await lockGroup(tools, group, before?.images[group.name]);
        return one.ok ? ok([group.name, one.value] as const) : one;
      }),
    ),
  );
  if (!locked.ok) return locked;
  const lock = { version: 1 as const, images: Object.fromEntries(locked.value) };
  return ok({ path, text: encodeImagesLock(lock), changes: describeLockChanges(before, lock) });
};

interface Group {
  readonly name: string;
  readonly image: Reference;
  readonly uses: readonly ImageUse[];
}

/** Merges names of the same image. */
function groupUses(uses: readonly ImageUse[]): Result<Group[]> {
  const named = all(
    uses.map((use) => {
      const image = parseReference(use.reference);
      return image.ok
        ? ok({ image: image.value, use })
        : failed(...image.failures.map((failure) => ({ ...failure, at: use.at })));
    }),
  );
  if (!named.ok) return named;
  const groups = new Map<string, Group>();
  for (const { image, use } of named.value) {
    const name = formatReference(image);
    groups.set(name, { name, image, uses: [...(groups.get(name)?.uses ?? []), use] });
  }
  return ok([...groups.values()]);
}

async function lockGroup(
  tools: RegistryTools,
  { image, uses }: Group,
  before: Parameters<typeof lockImage>[3],
) {
  const platforms = [...new Set(uses.map(({ platform }) => formatPlatform(platform)))];
  const locked = await lockImage(tools, image, platforms, before);
  return locked.ok ? locked : failed(...locked.failures.map((failure) => ({ ...failure, at: uses[0]!.at })));
}

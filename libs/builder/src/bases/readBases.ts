import { all, failed, imageFailure, ok, type Result, registryFailure } from '@prism-build/errors';
import type { BaseImage } from '@prism-build/oci';
import type { Bases, ImageReads, ImageUse } from '@prism-build/plan';
import {
  formatReference,
  type ImagesLock,
  imagesLockPath,
  lockedBase,
  parseReference,
} from '@prism-build/registry';
import { isLocal } from '@prism-build/workspace';
import type { StepInput } from '../step';
import { readImagesLock } from './readImagesLock';
import { readSibling } from './readSibling';
import { listSiblings } from './siblings';

/**
 * Manifests, settings and history of the images that a Containerfile names. Reads no layers, uses no network.
 * Failures: BASE_UNKNOWN, BASE_CYCLIC, IMAGE_NOT_LOCKED.
 */
export async function readBases(input: StepInput, { images }: ImageReads): Promise<Result<Bases>> {
  // A failure names the first line that uses the image.
  const first = new Map([...images].reverse().map((use) => [use.reference, use]));
  const cycle = findCycle(input, [...first.values()]);
  if (!cycle.ok) return cycle;
  let lock: Result<ImagesLock> | undefined;
  const readLock = () => {
    lock ??= readImagesLock(input.directories.root, input.options.containerfile);
    return lock;
  };
  const read = all(
    await Promise.all(
      [...first.values()].map(async (use) => {
        const base = await readBase(input, readLock, use);
        return base.ok ? ok([use.reference, base.value] as const) : base;
      }),
    ),
  );
  return read.ok ? ok(new Map(read.value)) : read;
}

async function readBase(
  input: StepInput,
  lock: () => Result<ImagesLock>,
  { reference, at }: ImageUse,
): Promise<Result<BaseImage>> {
  const project = input.options.bases[reference];
  if (project !== undefined) return readSibling(input.directories.root, project, input.siblings);
  if (isLocal(reference)) {
    return failed(
      imageFailure('BASE_UNKNOWN', { what: `${reference} names no component of this workspace`, at }),
    );
  }
  const name = parseReference(reference);
  if (!name.ok) return failed(...name.failures.map((failure) => ({ ...failure, at })));
  const locked = lock();
  if (!locked.ok) return locked;
  const image = locked.value.images[formatReference(name.value)];
  if (image) return ok(lockedBase(image));
  const what = `${formatReference(name.value)} is not in ${imagesLockPath(input.options.containerfile)}`;
  // A new workspace lacks many locks; one command creates them all.
  const remedy = `Run \`npx nx g prism:lock\` once for all projects (this one alone: --project=${input.project}), and commit the locks.`;
  return failed(registryFailure('IMAGE_NOT_LOCKED', { what, remedy, at }));
}

function findCycle({ project, options, siblings }: StepInput, uses: readonly ImageUse[]): Result<void> {
  // No image can have a variant as its base.
  if (options.variant !== undefined) return ok(undefined);
  const circular = uses.filter(({ reference }) => {
    const base = options.bases[reference];
    if (base === undefined) return false;
    if (base === project) return true;
    const next = siblings.optionsOf(base);
    return next.ok && listSiblings(project, next.value, siblings).includes(project);
  });
  if (circular.length === 0) return ok(undefined);
  return failed(
    ...circular.map(({ reference, at }) => {
      const what = `${reference} depends on the image of ${project} itself`;
      return imageFailure('BASE_CYCLIC', { what, at });
    }),
  );
}

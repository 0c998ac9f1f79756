import { all, failed, imageFailure, ok, type Result } from '@prism-build/errors';
import type { BaseImage } from '@prism-build/oci';
import { type Bases, type ImageUse, listImages, type PlanRequest } from '@prism-build/plan';
import type { StepInput } from '../compileStep';
import { readSibling } from './readSibling';
import { listSiblings } from './siblings';

/** What is known of the images that a Containerfile names; no layer is read for it, and no network is asked. */
export async function readBases(input: StepInput, request: PlanRequest): Promise<Result<Bases>> {
  const uses = listImages(request);
  if (!uses.ok) return uses;
  const first = new Map(uses.value.map((use) => [use.reference, use]));
  const cycle = findCycle(input, [...first.values()]);
  if (!cycle.ok) return cycle;
  const read = all(
    await Promise.all(
      [...first.values()].map(async (use) => {
        const base = await readBase(input, use);
        return base.ok ? ok([use.reference, base.value] as const) : base;
      }),
    ),
  );
  return read.ok ? ok(new Map(read.value)) : read;
}

async function readBase(input: StepInput, { reference, at }: ImageUse): Promise<Result<BaseImage>> {
  const project = input.options.bases[reference];
  if (project !== undefined) return readSibling(input.directories.root, project, input.siblings);
  if (reference.startsWith('localhost/')) {
    return failed(
      imageFailure('BASE_UNKNOWN', { what: `${reference} names no component of this workspace`, at }),
    );
  }
  return failed(imageFailure('BASE_NOT_SUPPORTED', { what: `${reference} is an image of a registry`, at }));
}

function findCycle({ project, options, siblings }: StepInput, uses: readonly ImageUse[]): Result<void> {
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
      const what = `${reference} is made of the image of ${project} itself`;
      return imageFailure('BASE_CYCLIC', { what, at });
    }),
  );
}

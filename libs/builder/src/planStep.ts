import type { Containerfile } from '@prism-build/containerfile';
import { ok, type Result } from '@prism-build/errors';
import { type ImagePlan, type ImageReads, planImage, type Reads, resolveReads } from '@prism-build/plan';
import { readBases } from './bases/readBases';
import { readRequest } from './request';
import type { StepInput } from './step';

/** The plan of an image, and what was read for it. */
interface PlannedStep {
  readonly plan: ImagePlan;
  readonly reads: Reads;
  readonly image: ImageReads;
  /** As read without the bases, which a compile does not know. */
  readonly named: Reads;
  readonly containerfile: Containerfile;
}

/** Plans the image of a target with its bases. Failures: those of the Containerfile, the bases and the plan. */
export async function planStep(input: StepInput): Promise<Result<PlannedStep>> {
  const request = readRequest(input.directories.root, input.options);
  if (!request.ok) return request;
  const named = resolveReads(request.value);
  if (!named.image.ok) return named.image;
  const bases = await readBases(input, named.image.value);
  if (!bases.ok) return bases;
  // COPY may use a variable from the ENV of a base, so resolve again with the bases.
  const reads = bases.value.size > 0 ? resolveReads({ ...request.value, bases: bases.value }) : named;
  if (!reads.image.ok) return reads.image;
  const plan = planImage(reads, { ...request.value, bases: bases.value });
  if (!plan.ok) return plan;
  const { containerfile } = request.value;
  return ok({ plan: plan.value, reads, image: reads.image.value, named, containerfile });
}

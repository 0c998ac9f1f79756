import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { findRule, parseVerifyPolicy } from '@prism-build/attestation';
import {
  deployFailure,
  type Failure,
  failed,
  failuresOf,
  ok,
  pushFailure,
  type Result,
} from '@prism-build/errors';
import { parseReference } from '@prism-build/registry';
import { readTextIfThere } from '@prism-build/shell';
import { options as pushOptions } from '../executors/push-manifest/options';
import { passGate } from '../executors/push-manifest/passGate';
import { readReceipt } from '../executors/push-manifest/receiptFile';
import { options as scanOptions } from '../executors/scan/options';
import { type ScanShared, scanStep } from '../executors/scan/scanStep';
import { options as verifyOptions } from '../executors/verify-image/options';
import { verifyStep } from '../executors/verify-image/verifyStep';
import { parseOptions } from '../nx/parseOptions';
import { readSourceFacts } from '../nx/readSourceFacts';
import { readVerifiedImage } from '../nx/readVerifiedImage';
import type { ResolvedImage } from '../stack/resolveImages';

/**
 * Decides at the current time whether the images of a stack may run. Components pass the gate of `push-manifest`, with the
 * options of that target; images of registries are scanned. What a rule of verify-policy.json is for is verified: images of
 * registries, and components that were pushed. Failures: all reasons why not.
 */
export async function passDeployGate(
  project: string,
  images: readonly ResolvedImage[],
  context: ExecutorContext,
  shared: ScanShared,
): Promise<Result<void>> {
  const failures: Failure[] = [];
  const judged = new Set<string>();
  for (const image of images) {
    if (judged.has(image.reference)) continue;
    judged.add(image.reference);
    const passed =
      image.project === undefined
        ? await scanRegistryImage(project, image.reference, context, shared)
        : await judgeComponent(image.project, image.digest, context, shared);
    failures.push(...failuresOf(passed, await verify(project, image, context)));
  }
  return failures.length > 0 ? failed(...failures) : ok(undefined);
}

async function judgeComponent(
  project: string,
  digest: string,
  context: ExecutorContext,
  shared: ScanShared,
): Promise<Result<void>> {
  const target = context.projectsConfigurations.projects[project]?.targets?.['push-manifest'];
  const options = parseOptions(pushOptions, target?.options ?? {}, `${project}:push-manifest`);
  if (!options.ok) return options;
  const { requireClean, revoked } = options.value;
  const verified = await readVerifiedImage(project, undefined, context);
  if (!verified.ok) return verified;
  const built = verified.value.image.index.digest;
  if (built !== digest) {
    const what = `${project} was loaded as ${digest} and is now ${built}`;
    return failed(pushFailure('PUSH_IMAGE_CHANGED', { what }));
  }
  const changes = requireClean ? await readChanges(context.root, project) : undefined;
  return passGate(verified.value, { project, variant: undefined, context, shared, changes, revoked });
}

async function readChanges(root: string, project: string): Promise<string> {
  const wanted = { placeholders: [], version: undefined, changes: true };
  const { changes } = await readSourceFacts(root, project, wanted, process.env);
  return changes ?? 'There is no git work tree.';
}

async function scanRegistryImage(
  project: string,
  reference: string,
  context: ExecutorContext,
  shared: ScanShared,
): Promise<Result<void>> {
  const options = parseOptions(scanOptions, { image: reference }, `${project}:deploy`);
  if (!options.ok) return options;
  const scanned = await scanStep(project, options.value, context, shared);
  if (!scanned.ok) return scanned;
  if (scanned.value.allowed) return ok(undefined);
  const what = `the scan blocks ${reference}`;
  return failed(deployFailure('DEPLOY_REFUSED', { what, why: scanned.value.text }));
}

/** Verifies an image if a rule of the policy is for its repository. */
async function verify(
  project: string,
  { project: component, reference, digest }: ResolvedImage,
  context: ExecutorContext,
): Promise<Result<void>> {
  const owner = component ?? project;
  const target = context.projectsConfigurations.projects[component ?? '']?.targets?.['verify-image'];
  const image = component === undefined ? reference : nameOfPush(context.root, component, digest);
  if (image === undefined) return ok(undefined);
  const set = { ...target?.options, image, json: false };
  const options = parseOptions(verifyOptions, set, `${owner}:verify-image`);
  if (!options.ok) return options;
  const text = readTextIfThere(join(context.root, options.value.policy));
  if (text === undefined) return ok(undefined);
  const policy = parseVerifyPolicy(text, options.value.policy);
  if (!policy.ok) return policy;
  const named = parseReference(image);
  if (!named.ok) return named;
  const { registry, repository } = named.value;
  if (!findRule(policy.value, `${registry}/${repository}`).ok) return ok(undefined);
  const { success, terminalOutput } = await verifyStep(owner, options.value, context);
  if (success) return ok(undefined);
  const what = `verify-image refuses ${image}`;
  return failed(deployFailure('DEPLOY_REFUSED', { what, why: terminalOutput.trim() }));
}

/** The name in its registry, if the last push was of this image. */
function nameOfPush(root: string, component: string, digest: string): string | undefined {
  const receipt = readReceipt(root, component, undefined);
  return receipt?.digest === digest ? `${receipt.registry}/${receipt.repository}@${digest}` : undefined;
}

import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import {
  parseVerifyPolicy,
  type Verification,
  type VerifyPolicy,
  verifyImage,
} from '@prism-build/attestation';
import { type Failure, failed, ok, type Result, verifyFailure } from '@prism-build/errors';
import { formatReference, pushCalls, withCredentials } from '@prism-build/registry';
import { readTextIfThere, run } from '@prism-build/shell';
import { imageKey } from '@prism-build/workspace';
import type { TaskResult } from '../../nx/batch';
import { listCauses, recordAudit } from '../../nx/recordAudit';
import { toTaskResult } from '../../nx/report';
import { findProgram, keyIn } from '../../signing/openSigner';
import { reachOf } from '../../signing/reach';
import { findImage, type NamedImage } from './findImage';
import type { VerifyOptions } from './options';
import { printVerification } from './printVerification';
import { rebuildImage } from './rebuildImage';
import { writePodmanPolicy } from './writePodmanPolicy';

/** Verifies the image that a receipt or an option names, or writes the policy for podman. */
export async function verifyStep(
  project: string,
  options: VerifyOptions,
  context: ExecutorContext,
): Promise<TaskResult> {
  const policy = readPolicy(context.root, options.policy);
  if (!policy.ok) return toTaskResult(policy);
  const reach = reachOf(context.root, options);
  const cosignIn = await findProgram(context.root, reach);
  if (!cosignIn.ok) return toTaskResult(cosignIn);
  if (options.writePolicy !== undefined)
    return toTaskResult(
      await writePodmanPolicy(context.root, options.writePolicy, policy.value, cosignIn.value(undefined)),
    );
  const image = findImage(context.root, project, options);
  if (!image.ok) return toTaskResult(image);
  const verified = await withCredentials(image.value.registry, process.env, (env) => {
    const { connection, ...patient } = reach;
    const cosign = cosignIn.value(env);
    const tools = { run, calls: pushCalls(connection), cosign, env, ...patient };
    const verifying = {
      policy: policy.value,
      pathIn: (name: string) => keyIn(context.root, name),
      layers: options.layers,
      now: Date.now(),
      env: process.env,
    };
    return verifyImage(tools, image.value, verifying);
  });
  if (!verified.ok) return end(verified, image.value, project, options, context);
  const { reasons } = verified.value;
  // What is refused already is not built.
  const rebuilt =
    options.rebuild && reasons.length === 0
      ? await rebuildImage(project, options, verified.value, context)
      : [];
  return end(
    ok({ ...verified.value, reasons: [...reasons, ...rebuilt] }),
    image.value,
    project,
    options,
    context,
  );
}

/** Failures: VERIFY_POLICY_INVALID. */
function readPolicy(root: string, file: string): Result<VerifyPolicy> {
  const text = readTextIfThere(join(root, file));
  if (text !== undefined) return parseVerifyPolicy(text, file);
  const remedy = 'Write one, as node_modules/prism/docs/signing.md shows, or name it by --policy.';
  return failed(
    verifyFailure('VERIFY_POLICY_INVALID', { what: `there is no ${file}`, remedy, at: { file } }),
  );
}

/** Records the decision, and prints it. An image that could not be judged must not be used either. */
async function end(
  verified: Result<Verification>,
  image: NamedImage,
  project: string,
  { variant, json, rebuild }: VerifyOptions,
  { root }: ExecutorContext,
): Promise<TaskResult> {
  const reasons: readonly Failure[] = verified.ok ? verified.value.reasons : verified.failures;
  const outcome = !verified.ok ? 'failed' : reasons.length > 0 ? 'refused' : 'allowed';
  const { registry, repository, digest } = image;
  const recorded = await recordAudit(root, [
    {
      ...{ event: 'verify', outcome, causes: listCauses(reasons) },
      subject: { name: imageKey(project, variant), digest },
      details: { registry, repository },
    },
  ]);
  const all = recorded.ok ? reasons : [...reasons, ...recorded.failures];
  if (json || all.length === 0) {
    const terminalOutput = printVerification(formatReference(image), verified, all, { json, rebuild });
    return { success: all.length === 0, terminalOutput };
  }
  return toTaskResult(failed(...all));
}

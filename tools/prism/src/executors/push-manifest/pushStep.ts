import { relative, resolve } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { failed, ok, pushFailure, type Result } from '@prism-build/errors';
import { readDigestJson } from '@prism-build/oci';
import { type GateRecord, type Pushed, type PushPlan, planPush } from '@prism-build/registry';
import { withLock } from '@prism-build/shell';
import { imageKey, lockPath } from '@prism-build/workspace';
import { readVerifiedImage, type VerifiedImage } from '../../nx/readVerifiedImage';
import { listCauses, recordAudit } from '../../nx/recordAudit';
import type { ScanShared } from '../scan/scanStep';
import type { PushOptions } from './options';
import { passGate } from './passGate';
import { planTags } from './planTags';
import { printPush } from './printPush';
import { receiptPath, writeReceipt } from './receiptFile';
import { sendImage } from './sendImage';

/** Plans, judges and pushes the image of a project, and writes the receipt. */
export async function pushStep(
  project: string,
  target: string,
  options: PushOptions,
  context: ExecutorContext,
  shared: ScanShared,
): Promise<Result<string>> {
  const planned = await planTags(project, target, options, context);
  if (!planned.ok) return planned;
  const { destination, tags, source } = planned.value;
  const verified = await readVerifiedImage(project, options.variant, context);
  if (!verified.ok) return verified;
  const { image } = verified.value;
  const plan = planPush(imageKey(project, options.variant), image, destination, tags);
  if (options.dryRun) return ok(`${JSON.stringify(plan, null, 2)}\n`);
  const { variant, requireClean } = options;
  const changes = requireClean ? (source.changes ?? 'There is no git work tree.') : undefined;
  const passed = await passGate(verified.value, { project, variant, context, shared, changes });
  const subject = { name: plan.image, digest: plan.index.digest };
  const details = {
    registry: destination.registry,
    repository: destination.repository,
    tags: tags.map(({ name }) => name).join(' '),
  };
  const outcome = passed.ok ? 'allowed' : 'refused';
  const gated = await recordAudit(context.root, [
    { event: 'gate', subject, outcome, causes: passed.ok ? [] : listCauses(passed.failures), details },
  ]);
  if (!passed.ok) return passed;
  // Nothing is pushed whose gate is not on record.
  if (!gated.ok) return gated;
  const gate: GateRecord = {
    scan: 'allow',
    digest: image.index.digest,
    commit: source.commit ?? null,
    clean: source.changes === undefined ? null : source.changes === '',
    audit: `${gated.value.sequence}:${gated.value.digest}`,
  };
  const sent = await send(plan, options, verified.value);
  const recorded = await recordAudit(context.root, [
    {
      event: 'push',
      subject,
      outcome: sent.ok ? 'done' : 'failed',
      causes: sent.ok ? [] : listCauses(sent.failures),
      details,
    },
  ]);
  if (!sent.ok) return sent;
  const file = receiptPath(context.root, project, variant);
  const receipt = await writeReceipt(file, plan, sent.value, gate);
  if (!receipt.ok) return receipt;
  if (!recorded.ok) return recorded;
  return ok(printPush(receipt.value, sent.value, relative(context.root, file), options.json));
}

/** Pushes of one image in a workspace run one after the other, so that the last one decides tags and receipt. */
function send(plan: PushPlan, options: PushOptions, verified: VerifiedImage): Promise<Result<Pushed>> {
  const { directories, directory } = verified;
  const { certDir, allowHttp, force, retries, timeout } = options;
  return withLock(lockPath(directories, `push-${plan.image}`), async () => {
    const now = await readDigestJson(directory);
    if (!now.ok) return now;
    if (now.value.index.digest !== plan.index.digest) {
      const what = `${plan.image} was scanned as ${plan.index.digest} and is now ${now.value.index.digest}`;
      return failed(pushFailure('PUSH_IMAGE_CHANGED', { what }));
    }
    const connection = { allowHttp, certDir: certDir && resolve(directories.root, certDir) };
    return sendImage(plan, verified, { connection, force, retries, timeout: timeout * 1000 });
  });
}

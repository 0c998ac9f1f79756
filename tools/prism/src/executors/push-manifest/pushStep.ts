import { relative } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { failed, ok, pushFailure, type Result } from '@prism-build/errors';
import { readDigestJson } from '@prism-build/oci';
import { type GateRecord, type Pushed, type PushPlan, planPush } from '@prism-build/registry';
import { withLock } from '@prism-build/shell';
import { imageKey, lockPath } from '@prism-build/workspace';
import { readVerifiedImage, type VerifiedImage } from '../../nx/readVerifiedImage';
import { findProgram, openSigner } from '../../signing/openSigner';
import { type Reach, reachOf } from '../../signing/reach';
import type { ScanShared } from '../scan/scanStep';
import type { PushOptions } from './options';
import { passGate } from './passGate';
import { planTags } from './planTags';
import { prepareSigning, type Signing } from './prepareSigning';
import { printPush } from './printPush';
import { receiptPath, writeReceipt } from './receiptFile';
import { recorderOf } from './recorder';
import { type SendOptions, sendImage } from './sendImage';

/** Plans, judges, pushes and signs the image of a project, and writes the receipt. */
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
  const { variant, requireClean, revoked, sign, builderId, force, json } = options;
  const plan = planPush(imageKey(project, variant), image, destination, tags, sign !== undefined);
  // `nx release --dry-run` sets the variable for all that its publishing runs.
  if (options.dryRun || process.env.NX_DRY_RUN === 'true') return ok(`${JSON.stringify(plan, null, 2)}\n`);
  const reach = reachOf(context.root, options);
  // A key or an identity that cannot sign is found before the gate.
  const opened =
    sign === undefined ? ok(undefined) : await openSigning(context.root, { ...options, sign }, reach);
  if (!opened.ok) return opened;
  const changes = requireClean ? (source.changes ?? 'There is no git work tree.') : undefined;
  const passed = await passGate(verified.value, { project, variant, context, shared, changes, revoked });
  const record = recorderOf(context.root, plan);
  const gated = await record('gate', passed.ok ? 'allowed' : 'refused', passed);
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
  const about = { project, variant, builderId, context, openScanner: shared.openScanner, record };
  const prepared =
    opened.value && (await prepareSigning(plan, verified.value, { ...about, ...opened.value }));
  if (prepared?.ok === false) return prepared;
  const signing = prepared?.value;
  const sent = await send(plan, { ...reach, force, sign: signing?.sign }, verified.value);
  const recorded = await record('push', sent.ok ? 'done' : 'failed', sent);
  if (!sent.ok) return sent;
  const file = receiptPath(context.root, project, variant);
  const receipt = await writeReceipt(file, plan, sent.value, gate, signing?.record);
  if (!receipt.ok) return receipt;
  if (!recorded.ok) return recorded;
  return ok(printPush(receipt.value, sent.value, relative(context.root, file), json));
}

/** Failures: SIGN_…. */
async function openSigning(
  root: string,
  options: Parameters<typeof openSigner>[1],
  reach: Reach,
): Promise<Result<Pick<Signing, 'signer' | 'cosignIn'>>> {
  const cosignIn = await findProgram(root, reach);
  if (!cosignIn.ok) return cosignIn;
  const signer = await openSigner(root, options, cosignIn.value);
  return signer.ok ? ok({ signer: signer.value, cosignIn: cosignIn.value }) : signer;
}

/** Pushes of one image in a workspace run one after the other, so that the last one decides tags and receipt. */
function send(plan: PushPlan, options: SendOptions, verified: VerifiedImage): Promise<Result<Pushed>> {
  const { directories, directory } = verified;
  return withLock(lockPath(directories, `push-${plan.image}`), async () => {
    const now = await readDigestJson(directory);
    if (!now.ok) return now;
    if (now.value.index.digest !== plan.index.digest) {
      const what = `${plan.image} was scanned as ${plan.index.digest} and is now ${now.value.index.digest}`;
      return failed(pushFailure('PUSH_IMAGE_CHANGED', { what }));
    }
    return sendImage(plan, verified, options);
  });
}

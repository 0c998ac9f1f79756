import { join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import type { KeySigner } from '@prism-build/attestation';
import { failed, ok, type Result } from '@prism-build/errors';
import { type Digest, openContentStore } from '@prism-build/oci';
import {
  formatReference,
  inspectImage,
  type Pushed,
  type PushPlan,
  planPush,
  type Reference,
} from '@prism-build/registry';
import { withLock } from '@prism-build/shell';
import { directoriesOf, imageKey, lockPath } from '@prism-build/workspace';
import type { ScanShared } from '../executors/scan/scanStep';
import { listCauses, recordAudit } from '../nx/recordAudit';
import type { Reach } from '../signing/reach';
import { findOras } from './findOras';
import { judgeRelease } from './judgeRelease';
import { moveTag } from './moveTag';
import { openKeys } from './openKeys';
import { isVersion } from './places';
import { withSides } from './withSides';

/** What moves: an image of a registry to a tag. */
export interface ReleaseRequest {
  readonly event: 'promote' | 'rollback';
  readonly project: string;
  readonly variant: string | undefined;
  readonly from: Reference;
  readonly to: Reference & { readonly tag: string };
  readonly platforms: readonly string[];
  /** The key that signs for another repository, and the public key that must have signed the image. */
  readonly sign: string | undefined;
  readonly key: string | undefined;
  /** Why a scan that blocks is overruled; undefined if it is not. */
  readonly overrule: string | undefined;
  readonly dryRun: boolean;
}

/** What a release did; `audit` is the record of its gate. */
export interface Released {
  readonly plan: PushPlan;
  readonly from: string;
  readonly pushed?: Pushed;
  readonly audit?: string;
  readonly signer?: KeySigner | undefined;
  readonly digests: readonly Digest[];
}

/**
 * Judges an image of a registry, and moves a tag to it: blobs, manifests and what is attached first, then signatures, then the
 * tag. Nothing is built, and all digests stay.
 */
export async function release(
  request: ReleaseRequest,
  reach: Reach,
  context: ExecutorContext,
  shared: ScanShared,
): Promise<Result<Released>> {
  const { from: source, to: target } = request;
  const keys = await openKeys(context.root, request, reach);
  if (!keys.ok) return keys;
  const directories = directoriesOf(context.root, process.env);
  const store = await openContentStore(directories.store);
  if (!store.ok) return store;
  return withSides(
    source,
    { registry: target.registry, repository: target.repository },
    reach,
    async (from, to) => {
      const { run, env } = from.tools;
      const image = await inspectImage(
        {
          run: (command) => run({ ...command, env: env! }),
          ...{ store: store.value, directory: join(directories.prism, 'pulls'), connection: from.connection },
        },
        source,
      );
      if (!image.ok) return image;
      const { project, variant, platforms } = request;
      const name = imageKey(project, variant);
      const { signer, publicKey, cosignIn } = keys.value;
      const tag = { name: target.tag, rule: target.tag, immutable: isVersion(target.tag) };
      const plan = planPush(name, image.value, to.place, [tag], signer !== undefined);
      const reference = formatReference(image.value.reference);
      const digests = [
        ...new Set([plan.index.digest, ...plan.platforms.map(({ manifest }) => manifest.digest)]),
      ];
      if (request.dryRun) return ok({ plan, from: reference, digests });
      const judged = await judgeRelease({
        ...{ project, variant, platforms, context, shared, from, to: to.place, image: image.value },
        ...{ key: publicKey, signs: signer !== undefined, cosign: cosignIn?.(from.env) },
      });
      if (!judged.ok) return judged;
      const reasons = [...judged.value.scan, ...judged.value.others];
      const refused = request.overrule === undefined ? reasons : judged.value.others;
      const subject = { name, digest: plan.index.digest };
      const place = {
        from: reference,
        registry: to.place.registry,
        repository: to.place.repository,
        tags: target.tag,
      };
      const outcome = reasons.length === 0 ? 'allowed' : 'refused';
      const gated = await recordAudit(context.root, [
        { event: 'gate', subject, outcome, causes: listCauses(reasons), details: place },
      ]);
      if (refused.length > 0) return failed(...refused);
      // No tag moves whose gate is not on record.
      if (!gated.ok) return gated;
      const moved = await withLock(lockPath(directories, `push-${name}`), () =>
        moveTag(
          plan,
          from,
          to,
          digests,
          signer &&
            cosignIn && {
              signer,
              cosign: cosignIn(to.env),
              lock: lockPath(directories, `sign-${to.place.registry}/${to.place.repository}`),
            },
          findOras(context.root, process.env),
        ),
      );
      const before = moved.ok ? moved.value.before.get(target.tag) : undefined;
      const details = {
        ...place,
        ...(before !== undefined && { before }),
        ...(request.overrule !== undefined && { reason: request.overrule }),
      };
      const recorded = await recordAudit(context.root, [
        {
          ...{ event: request.event, subject, details },
          outcome: moved.ok ? 'done' : 'failed',
          causes: moved.ok ? [] : listCauses(moved.failures),
        },
      ]);
      if (!moved.ok) return moved;
      if (!recorded.ok) return recorded;
      const audit = `${gated.value.sequence}:${gated.value.digest}`;
      return ok({ plan, from: reference, pushed: moved.value, audit, signer, digests });
    },
  );
}

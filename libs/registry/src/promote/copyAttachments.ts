import { all, failed, ok, promoteFailure, type Result } from '@prism-build/errors';
import { type Digest, digestOf } from '@prism-build/oci';
import { callSkopeo, isMissing, type PushTools, readManifest } from '../push/callSkopeo';
import type { Destination } from '../push/destination';
import { type Connection, promoteCalls } from '../push/pushCalls';
import { atDigest, formatReference } from '../reference';
import { attachmentTags, compareAttachments } from './attachments';

/** One side of a promotion. */
export interface Side {
  readonly place: Destination;
  readonly connection: Connection;
  readonly tools: PushTools;
}

/**
 * Copies what is attached to these manifests to another repository. What is there and says more is kept; what would lose
 * something is refused. Returns the tags that were written. Failures: PROMOTE_ATTACHMENTS_DIFFER, PUSH_….
 */
export async function copyAttachments(
  from: Side,
  to: Side,
  digests: readonly Digest[],
): Promise<Result<readonly string[]>> {
  const tags = digests.flatMap(attachmentTags);
  const copied = all(await Promise.all(tags.map((tag) => copyTag(from, to, tag))));
  return copied.ok ? ok(tags.filter((_, at) => copied.value[at])) : copied;
}

async function copyTag(from: Side, to: Side, tag: string): Promise<Result<boolean>> {
  const source = await readManifest(from.tools, { ...from.place, tag });
  if (!source.ok) return isMissing(source) ? ok(false) : source;
  const target = { ...to.place, tag };
  const there = await readManifest(to.tools, target);
  if (!there.ok && !isMissing(there)) return there;
  const compared = there.ok ? compareAttachments(source.value, there.value) : 'replace';
  if (compared === 'keep') return ok(false);
  if (compared === 'conflict') {
    const what = `${formatReference(target)} holds other attachments than ${formatReference({ ...from.place, tag })}`;
    return failed(promoteFailure('PROMOTE_ATTACHMENTS_DIFFER', { what }));
  }
  const image = atDigest({ ...from.place, tag }, digestOf(source.value));
  const calls = promoteCalls(to.connection, image, from.connection);
  const done = await callSkopeo(to.tools, target, calls.upload('', target));
  return done.ok ? ok(true) : done;
}

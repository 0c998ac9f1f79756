import { all, type Failure, failed, ok, promoteFailure, type Result } from '@prism-build/errors';
import type { Digest } from '@prism-build/oci';
import { isMissing, readManifest } from '../push/callSkopeo';
import { mayUseHttp } from '../push/pushCalls';
import { describePushFailure } from '../push/pushFailures';
import { withRetries } from '../push/retry';
import { formatReference } from '../reference';
import { referrersTag } from './attachments';
import type { Side } from './copyAttachments';
import { orasCopy } from './orasCopy';

/**
 * Copies the referrers of manifests, and theirs, to another repository that has these manifests. oras finds them in registries with
 * and without the referrers API, and adds to those that are there; skopeo can neither list them nor copy their list. `oras` is its path.
 * False: there is no oras, and no referrers where the API is missing. Failures: PROMOTE_ORAS_MISSING, PUSH_….
 */
export async function copyReferrers(
  oras: string | undefined,
  from: Side,
  to: Side,
  digests: readonly Digest[],
): Promise<Result<boolean>> {
  if (oras === undefined) {
    const checked = all(await Promise.all(digests.map((digest) => refuseReferrers(from, digest))));
    return checked.ok ? ok(false) : checked;
  }
  // One after the other: where the API is missing, oras reads and writes one list for each manifest.
  for (const digest of digests) {
    const copied = await copyOf(oras, from, to, digest);
    if (!copied.ok) return copied;
  }
  return ok(true);
}

/** With certificates, oras tries only TLS. If a registry that may use HTTP turns out to speak it, the copy is tried again without TLS. */
async function copyOf(oras: string, from: Side, to: Side, digest: Digest): Promise<Result<unknown>> {
  const { run, timeout, env, patience, told } = from.tools;
  const image = { ...from.place, digest };
  const plain = new Set<string>();
  for (;;) {
    const argv = orasCopy(oras, image, from.connection, to.place, to.connection, plain);
    const copied = await withRetries(
      patience,
      async () => {
        const done = await run({ argv, timeout, ...(env && { env }) });
        return done.ok ? done : failed(...done.failures.map((one) => describePushFailure(image, one)));
      },
      told,
    );
    const more = copied.ok ? [] : [from, to].filter((side) => mayBePlain(side, copied.failures, plain));
    if (more.length === 0) return copied;
    for (const { place } of more) plain.add(place.registry);
  }
}

function mayBePlain(
  { connection, place }: Side,
  failures: readonly Failure[],
  plain: ReadonlySet<string>,
): boolean {
  if (plain.has(place.registry) || !mayUseHttp(connection, place)) return false;
  return failures.some(
    ({ code, why }) => code === 'PUSH_PLAIN_HTTP' && why?.includes(`"https://${place.registry}/`),
  );
}

/** Fails if a manifest has referrers that a tag lists. */
async function refuseReferrers({ tools, place }: Side, digest: Digest): Promise<Result<void>> {
  const read = await readManifest(tools, { ...place, tag: referrersTag(digest) });
  if (!read.ok) return isMissing(read) ? ok(undefined) : read;
  const what = `${formatReference({ ...place, digest })} has referrers, and oras, which copies them, is not installed`;
  return failed(promoteFailure('PROMOTE_ORAS_MISSING', { what }));
}

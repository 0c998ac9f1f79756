import { all, failed, ok, pushFailure, type Result } from '@prism-build/errors';
import { type Digest, digestOf } from '@prism-build/oci';
import { formatReference, type Reference } from '../reference';
import { callSkopeo, isMissing, type PushTools, readManifest } from './callSkopeo';
import type { PushPlan } from './planPush';

/** What a push did. */
export interface Pushed {
  /** The registry had everything, and nothing was sent. */
  readonly unchanged: boolean;
  /** The digest behind each tag that existed before. */
  readonly before: ReadonlyMap<string, Digest>;
}

/** Whether this push may use the state of the registry to send nothing. */
interface PushOptions {
  readonly force: boolean;
  /** The complete OCI layout of the image. It is called only if something has to be sent. */
  readonly layout: () => Promise<Result<string>>;
  /** Called when everything is there by digest, before a tag moves, also if nothing has to be sent: it signs. */
  readonly beforeTags?: (() => Promise<Result<unknown>>) | undefined;
}

/**
 * Carries out a plan: reads the tags, sends blobs, manifests and the index by digest, then signs, then moves the tags, then reads all of it
 * back. If it fails anywhere, each tag names its old image or the complete new one, and the next push continues.
 */
export async function pushImage(
  tools: PushTools,
  plan: PushPlan,
  { force, layout, beforeTags = () => Promise.resolve(ok(undefined)) }: PushOptions,
): Promise<Result<Pushed>> {
  const before = await readTags(tools, plan);
  if (!before.ok) return before;
  const immutable = plan.tags.filter(({ name, immutable }) => {
    const found = before.value.get(name);
    return immutable && found !== undefined && found !== plan.index.digest;
  });
  if (immutable.length > 0)
    return failed(
      ...immutable.map(({ name }) => {
        const what = `${nameOf(plan, name)} is ${before.value.get(name)}, and its tag is immutable`;
        return pushFailure('PUSH_TAG_IMMUTABLE', { what, why: `This push has ${plan.index.digest}.` });
      }),
    );
  const wrong = plan.tags.filter(({ name }) => before.value.get(name) !== plan.index.digest);
  // The index is under every tag. Its platforms are read too: a registry may have lost them.
  if (wrong.length === 0 && !force && (await readPlatforms(tools, plan)).ok) {
    const done = await beforeTags();
    return done.ok ? ok({ unchanged: true, before: before.value }) : done;
  }
  const made = await layout();
  if (!made.ok) return made;
  const sent = await send(
    tools,
    plan,
    made.value,
    force ? plan.tags.map(({ name }) => name) : wrong.map(({ name }) => name),
    beforeTags,
  );
  return sent.ok ? ok({ unchanged: false, before: before.value }) : sent;
}

async function send(
  tools: PushTools,
  plan: PushPlan,
  layout: string,
  tags: readonly string[],
  beforeTags: () => Promise<Result<unknown>>,
): Promise<Result<void>> {
  const whole = { ...plan.destination, digest: plan.index.digest };
  const uploaded = await callSkopeo(tools, whole, tools.calls.upload(layout, whole));
  if (!uploaded.ok) return uploaded;
  const platforms = await readPlatforms(tools, plan);
  if (!platforms.ok) return platforms;
  const done = await beforeTags();
  if (!done.ok) return done;
  for (const tag of tags) {
    const image = { ...plan.destination, tag };
    const moved = await callSkopeo(tools, image, tools.calls.tag(layout, image));
    if (!moved.ok) return moved;
  }
  return readBack(tools, plan);
}

/** The digests behind the tags of the plan. Tags that do not exist are left out. */
async function readTags(tools: PushTools, plan: PushPlan): Promise<Result<ReadonlyMap<string, Digest>>> {
  const read = await Promise.all(
    plan.tags.map(async ({ name }): Promise<Result<readonly [string, Digest] | undefined>> => {
      const bytes = await readManifest(tools, { ...plan.destination, tag: name });
      if (bytes.ok) return ok([name, digestOf(bytes.value)]);
      return isMissing(bytes) ? ok(undefined) : bytes;
    }),
  );
  const found = all(read);
  return found.ok ? ok(new Map(found.value.flatMap((one) => (one ? [one] : [])))) : found;
}

/** Checks that the registry has the manifest of each platform, byte for byte. */
async function readPlatforms(tools: PushTools, plan: PushPlan): Promise<Result<void>> {
  const checked = all(
    await Promise.all(
      plan.platforms.map(({ manifest }) =>
        checkBytes(tools, { ...plan.destination, digest: manifest.digest }, manifest.digest),
      ),
    ),
  );
  return checked.ok ? ok(undefined) : checked;
}

/** Checks that every tag names the index, byte for byte. */
async function readBack(tools: PushTools, plan: PushPlan): Promise<Result<void>> {
  const now = await readTags(tools, plan);
  if (!now.ok) return now;
  const failures = plan.tags.flatMap(({ name }) => {
    const found = now.value.get(name);
    if (found === plan.index.digest) return [];
    const what = `${nameOf(plan, name)} is ${found ?? 'missing'} after the push of ${plan.index.digest}`;
    return [pushFailure('PUSH_TAG_MOVED', { what })];
  });
  return failures.length > 0 ? failed(...failures) : ok(undefined);
}

async function checkBytes(tools: PushTools, image: Reference, digest: Digest): Promise<Result<void>> {
  const bytes = await readManifest(tools, image);
  if (!bytes.ok) return bytes;
  const found = digestOf(bytes.value);
  if (found === digest) return ok(undefined);
  const what = `${image.registry} does not hold ${formatReference(image)} as it was pushed`;
  return failed(pushFailure('PUSH_ALTERED', { what, why: `It returns ${found}.` }));
}

function nameOf({ destination }: PushPlan, tag: string): string {
  return formatReference({ ...destination, tag });
}

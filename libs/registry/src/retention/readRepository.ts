import { all, failed, ok, type Result, registryFailure } from '@prism-build/errors';
import { type Digest, digestOf } from '@prism-build/oci';
import { runPool } from '@prism-build/shell';
import * as z from 'zod';
import { callSkopeo, isMissing, type PushTools } from '../push/callSkopeo';
import type { Destination } from '../push/destination';
import type { Reference } from '../reference';
import type { StoredManifest } from './planRetention';
import type { RetentionCalls } from './retentionCalls';

/** Requests at once. */
const AT_ONCE = 8;
/** Reproducible images claim to be as old as Unix; that says nothing about their release. */
const EARLIEST = Date.UTC(1990, 0);

/** Tags of cosign, and of referrers in registries without the referrers API, name what they are attached to. */
const attachmentTag = /^sha256-([0-9a-f]{64})(?:\.(?:sig|att|sbom))?$/;

const linked = z.looseObject({ digest: z.templateLiteral(['sha256:', z.string().regex(/^[0-9a-f]{64}$/)]) });
const manifestFile = z.looseObject({
  manifests: z.array(linked).optional(),
  subject: linked.optional(),
});
const tagList = z.looseObject({ Tags: z.array(z.string()).nullable() });
const configFile = z.looseObject({ created: z.string().optional() });

interface Read {
  readonly children: readonly Digest[];
  readonly subject: Digest | undefined;
}

/** A repository to read; `times` says when images were released, as far as that is on record. */
export interface RepositoryTools {
  readonly tools: Omit<PushTools, 'calls'>;
  readonly calls: RetentionCalls;
  readonly place: Destination;
  readonly times: ReadonlyMap<string, number>;
}

/**
 * Everything of a repository that its tags lead to: images, what their indexes list, and what is attached to them. What no tag leads
 * to is invisible to clients of the protocol. Failures: PUSH_…, IMAGE_UNREADABLE.
 */
export async function readRepository(repository: RepositoryTools): Promise<Result<StoredManifest[]>> {
  const listed = await listTags(repository);
  if (!listed.ok) return listed;
  const named = all(
    await runPool(listed.value, AT_ONCE, async (tag): Promise<Result<Named | undefined>> => {
      const bytes = await read(repository, { tag });
      if (!bytes.ok) return isMissing(bytes) ? ok(undefined) : bytes;
      const parsed = parse(bytes.value, `the manifest of ${tag}`);
      return parsed.ok ? ok({ tag, digest: digestOf(bytes.value), ...parsed.value }) : parsed;
    }),
  );
  if (!named.ok) return named;
  // A tag that was deleted meanwhile leads to nothing.
  const tags = named.value.filter((one) => one !== undefined);
  const found = await follow(repository, tags);
  if (!found.ok) return found;
  const manifests = [...found.value].map(([digest, { children, subject }]): Omit<StoredManifest, 'time'> => {
    const own = tags.filter((one) => one.digest === digest);
    const subjects = own.flatMap(({ tag }) => subjectOf(tag));
    return {
      digest,
      children,
      tags: own.map(({ tag }) => tag).filter((tag) => subjectOf(tag).length === 0),
      subjects: [...new Set([...subjects, ...(subject ? [subject] : [])])],
    };
  });
  return all(
    await runPool(manifests, AT_ONCE, async (manifest): Promise<Result<StoredManifest>> => {
      const time = await timeOf(repository, manifest);
      return time.ok ? ok({ ...manifest, time: time.value }) : time;
    }),
  );
}

interface Named extends Read {
  readonly tag: string;
  readonly digest: Digest;
}

function subjectOf(tag: string): Digest[] {
  const [, hex] = attachmentTag.exec(tag) ?? [];
  return hex === undefined ? [] : [`sha256:${hex}`];
}

/** Reads what manifests lead to, until nothing is new. What does not exist is left out. */
async function follow(
  repository: RepositoryTools,
  tags: readonly Named[],
): Promise<Result<ReadonlyMap<Digest, Read>>> {
  const found = new Map<Digest, Read>(tags.map((one) => [one.digest, one]));
  const asked = new Set<Digest>(found.keys());
  let waiting = tags.flatMap((one) => [...linksOf(one), ...subjectOf(one.tag)]);
  while (waiting.length > 0) {
    const next = [...new Set(waiting)].filter((digest) => !asked.has(digest));
    for (const digest of next) asked.add(digest);
    const reads = all(
      await runPool(next, AT_ONCE, async (digest): Promise<Result<Read | undefined>> => {
        const bytes = await read(repository, { digest });
        if (!bytes.ok) return isMissing(bytes) ? ok(undefined) : bytes;
        return parse(bytes.value, digest);
      }),
    );
    if (!reads.ok) return reads;
    next.forEach((digest, at) => {
      const one = reads.value[at];
      if (one) found.set(digest, one);
    });
    waiting = reads.value.flatMap((one) => (one ? linksOf(one) : []));
  }
  return ok(found);
}

function linksOf({ children, subject }: Read): Digest[] {
  return subject ? [...children, subject] : [...children];
}

function read(
  { tools, calls, place }: RepositoryTools,
  what: Pick<Reference, 'tag' | 'digest'>,
): Promise<Result<Uint8Array>> {
  const image = { ...place, ...what };
  return callSkopeo(tools, image, calls.read(image));
}

function parse(bytes: Uint8Array, what: string): Result<Read> {
  const value = manifestFile.safeParse(toJson(bytes));
  if (value.success) {
    const { manifests = [], subject } = value.data;
    return ok({ children: manifests.map(({ digest }) => digest), subject: subject?.digest });
  }
  // What cannot be read might need anything.
  return failed(registryFailure('IMAGE_UNREADABLE', { what: `${what} is no manifest that can be read` }));
}

async function listTags({ tools, calls, place }: RepositoryTools): Promise<Result<readonly string[]>> {
  const image = { ...place, tag: 'latest' };
  const printed = await callSkopeo(tools, image, calls.tags(place));
  if (!printed.ok) return printed;
  const list = tagList.safeParse(toJson(printed.value));
  if (list.success) return ok(list.data.Tags ?? []);
  const what = `skopeo printed no list of the tags of ${place.registry}/${place.repository}`;
  return failed(registryFailure('IMAGE_UNREADABLE', { what }));
}

/** When an image was released: on record, or as its configuration says; of others it is of no use. */
async function timeOf(
  { tools, calls, place, times }: RepositoryTools,
  { digest, tags, children }: Omit<StoredManifest, 'time'>,
): Promise<Result<number | undefined>> {
  const known = times.get(digest);
  if (known !== undefined || tags.length === 0) return ok(known);
  const image = { ...place, digest: children[0] ?? digest };
  const config = await callSkopeo(tools, image, calls.config(image));
  // An artifact has no configuration of an image.
  if (!config.ok) return ok(undefined);
  const created = Date.parse(configFile.safeParse(toJson(config.value)).data?.created ?? '');
  return ok(created >= EARLIEST ? created : undefined);
}

function toJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return undefined;
  }
}

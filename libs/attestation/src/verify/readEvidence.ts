import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { all, failed, ok, type Result, registryFailure } from '@prism-build/errors';
import { type Digest, digestOf } from '@prism-build/oci';
import {
  atDigest,
  describeFailure,
  formatReference,
  type Patience,
  type PushCalls,
  type Reference,
  readIndex,
  withRetries,
} from '@prism-build/registry';
import { attempt, type Run } from '@prism-build/shell';
import { predicateTypes } from '../claims/statement';
import type { Cosign } from '../cosign/cosign';
import type { Trusted } from '../cosign/trusted';
import type { Evidence, ManifestEvidence } from './judgeImage';

/** How to read from a registry. */
export interface EvidenceTools {
  readonly run: Run;
  readonly calls: PushCalls;
  readonly cosign: Cosign;
  /** The environment of skopeo; `undefined` inherits everything. */
  readonly env: Readonly<Record<string, string>> | undefined;
  /** Milliseconds for one call. */
  readonly timeout: number;
  readonly patience: Patience;
}

/** What to read besides signatures. */
interface Reading {
  /** Whether to compare all layers with their digests. */
  readonly layers: boolean;
  /** Kinds of attestations. */
  readonly kinds: readonly (keyof typeof predicateTypes)[];
}

/**
 * Reads an image by its digest, and what those who are trusted say about it. Index and manifests are compared with their digests; with
 * `layers`, so is everything else. Failures: REGISTRY_…, IMAGE_…, SIGN_….
 */
export async function readEvidence(
  tools: EvidenceTools,
  image: Reference & { readonly digest: Digest },
  trusted: readonly Trusted[],
  { layers, kinds }: Reading,
): Promise<Result<Evidence>> {
  const bytes = await readVerified(tools, image);
  if (!bytes.ok) return bytes;
  const index = readIndex(bytes.value, formatReference(image));
  if (!index.ok) return index;
  const children = index.value.kind === 'index' ? [...index.value.manifests] : [];
  const checked = all(
    await Promise.all([
      ...children.map(([, digest]) => readVerified(tools, atDigest(image, digest))),
      ...(layers ? [fetchLayers(tools, image)] : []),
    ]),
  );
  if (!checked.ok) return checked;
  const isIndex = index.value.kind === 'index';
  const manifests = [
    { digest: image.digest, platform: undefined, isIndex },
    ...children.map(([platform, digest]) => ({ digest, platform, isIndex: false })),
  ];
  const read = all(await Promise.all(manifests.map((one) => readClaims(tools, image, one, trusted, kinds))));
  return read.ok ? ok({ image, manifests: read.value }) : read;
}

type Manifest = Pick<ManifestEvidence, 'digest' | 'platform' | 'isIndex'>;

async function readClaims(
  { cosign }: EvidenceTools,
  image: Reference,
  manifest: Manifest,
  trusted: readonly Trusted[],
  kinds: Reading['kinds'],
): Promise<Result<ManifestEvidence>> {
  const at = atDigest(image, manifest.digest);
  const types = manifest.isIndex ? [] : kinds.map((kind) => predicateTypes[kind]);
  const signatures = all(await Promise.all(trusted.map((by) => cosign.readSignatures(at, by))));
  if (!signatures.ok) return signatures;
  const statements = all(
    await Promise.all(trusted.flatMap((by) => types.map((type) => cosign.readStatements(at, by, type)))),
  );
  if (!statements.ok) return statements;
  return ok({ ...manifest, signatures: signatures.value.flat(), statements: statements.value.flat() });
}

async function readVerified(tools: EvidenceTools, image: Reference): Promise<Result<Uint8Array>> {
  const read = await call(tools, image, tools.calls.read(image));
  if (!read.ok || digestOf(read.value) === image.digest) return read;
  const what = `${image.registry} returned content for ${formatReference(image)} that does not match its digest`;
  return failed(registryFailure('IMAGE_ALTERED', { what, why: `It is ${digestOf(read.value)}.` }));
}

/** skopeo compares each layer with its digest; what it fetches is removed. */
async function fetchLayers(tools: EvidenceTools, image: Reference): Promise<Result<Uint8Array>> {
  const made = await attempt('cannot make a directory', () => mkdtempSync(join(tmpdir(), 'prism-verify-')));
  if (!made.ok) return made;
  try {
    return await call(tools, image, tools.calls.fetch(image, made.value));
  } finally {
    rmSync(made.value, { recursive: true, force: true });
  }
}

function call(
  { run, env, timeout, patience }: EvidenceTools,
  image: Reference,
  argv: readonly [string, ...string[]],
): Promise<Result<Uint8Array>> {
  return withRetries(patience, async () => {
    const done = await run({ argv, timeout, exact: true, ...(env && { env }) });
    if (done.ok) return ok(Buffer.from(done.value.stdout));
    return failed(...done.failures.map((failure) => describeFailure(image, failure)));
  });
}

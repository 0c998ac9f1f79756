import { readFileSync } from 'node:fs';
import { all, type Failure, failed, ok, type Result, signFailure } from '@prism-build/errors';
import type { Digest } from '@prism-build/oci';
import type { Reference } from '@prism-build/registry';
import type { Provenance } from '../claims/provenance';
import type { Cosign } from '../cosign/cosign';
import { type PublicKey, parsePublicKey, type Trusted } from '../cosign/trusted';
import { openRoots } from '../keyless/roots';
import { findProvenance, judgeImage } from './judgeImage';
import { type EvidenceTools, readEvidence } from './readEvidence';
import { findRule, type VerifyPolicy, type VerifyRule } from './verifyPolicy';

/** How to verify. */
export interface Verifying {
  readonly policy: VerifyPolicy;
  /** A key or directory of the policy as cosign takes it: with its whole path, or a URI. */
  readonly pathIn: (name: string) => string;
  /** Whether to compare all layers with their digests. */
  readonly layers: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Where `env://` keys are. */
  readonly env: NodeJS.ProcessEnv;
}

/** A judged image. */
export interface Verification {
  readonly image: Reference & { readonly digest: Digest };
  /** All reasons why the image must not be used; empty if it may. */
  readonly reasons: readonly Failure[];
  /** The manifests of platforms, each with the provenance that the policy accepts. */
  readonly platforms: readonly {
    readonly platform: string | undefined;
    readonly digest: Digest;
    readonly provenance: Provenance | undefined;
  }[];
}

/** Verifies an image of a registry by its digest. Failures: it could not be judged, so it must not be used either. */
export async function verifyImage(
  tools: EvidenceTools,
  image: Reference & { readonly digest: Digest },
  { policy, pathIn, layers, now, env }: Verifying,
): Promise<Result<Verification>> {
  const rule = findRule(policy, `${image.registry}/${image.repository}`);
  if (!rule.ok) return rule;
  const trusted = await readTrusted(tools.cosign, rule.value, pathIn, env);
  if (!trusted.ok) return trusted;
  // A rebuild needs provenance, whether the rule does or not.
  const kinds = [...new Set([...rule.value.require, 'provenance' as const])];
  const evidence = await readEvidence(tools, image, trusted.value, { layers, kinds });
  if (!evidence.ok) return evidence;
  const manifests = evidence.value.manifests.filter(({ isIndex }) => !isIndex);
  return ok({
    image,
    reasons: judgeImage(evidence.value, rule.value, now),
    platforms: manifests.map((manifest) => ({
      platform: manifest.platform,
      digest: manifest.digest,
      provenance: findProvenance(image, manifest, rule.value, now),
    })),
  });
}

async function readTrusted(
  cosign: Cosign,
  { keys = [], identities = [], sigstoreRoots }: VerifyRule,
  pathIn: Verifying['pathIn'],
  env: NodeJS.ProcessEnv,
): Promise<Result<Trusted[]>> {
  const roots = sigstoreRoots === undefined ? ok(undefined) : openRoots(pathIn(sigstoreRoots));
  if (!roots.ok) return roots;
  const read = await readKeys(cosign, keys.map(pathIn), env);
  if (!read.ok) return read;
  return ok([...read.value, ...identities.map((one) => ({ ...one, roots: roots.value }))]);
}

/** Public keys, or the public halves of others. Failures: SIGN_KEY_INVALID. */
export async function readKeys(
  cosign: Cosign,
  keys: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<Result<PublicKey[]>> {
  return all(
    await Promise.all(
      keys.map(async (key) => {
        const text = readKeyText(key, env);
        if (!text.ok) return text;
        return text.value?.includes('PUBLIC KEY') ? parsePublicKey(text.value, key) : cosign.readKey(key);
      }),
    ),
  );
}

/** Undefined for keys of a KMS. */
function readKeyText(key: string, env: NodeJS.ProcessEnv): Result<string | undefined> {
  const [, variable] = /^env:\/\/(.+)$/.exec(key) ?? [];
  if (variable !== undefined) return ok(env[variable]);
  if (key.includes('://')) return ok(undefined);
  try {
    return ok(readFileSync(key, 'utf8'));
  } catch (error) {
    const what = `the key ${key} cannot be read`;
    return failed(signFailure('SIGN_KEY_INVALID', { what, why: (error as Error).message }));
  }
}

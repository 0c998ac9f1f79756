import { resolve } from 'node:path';
import {
  type Cosign,
  checkCosign,
  findCosign,
  type KeySigner,
  openCosign,
  type Signer,
} from '@prism-build/attestation';
import { failed, ok, type Result } from '@prism-build/errors';
import type { SignedRecord } from '@prism-build/registry';
import { run } from '@prism-build/shell';
import { directoriesOf } from '@prism-build/workspace';
import { type KeylessOptions, openKeyless } from './openKeyless';
import type { Reach } from './reach';

/** Makes cosign for an environment with credentials; the environment of this process if undefined. */
export type CosignIn = (env: Readonly<Record<string, string>> | undefined) => Cosign;

/** Finds a usable cosign. Failures: SIGN_COSIGN_MISSING, SIGN_COSIGN_UNSUPPORTED. */
export async function findProgram(root: string, reach: Reach): Promise<Result<CosignIn>> {
  const program = findCosign(root, directoriesOf(root, process.env).cache, process.env);
  const checked = await checkCosign(run, program);
  if (!checked.ok) return failed(...checked.failures);
  return ok((env) => openCosign({ run, program, env: env ?? ownEnvironment(), ...reach }));
}

/** What the option `sign` names: `keyless`, or a key. Failures: SIGN_…. */
export function openSigner(
  root: string,
  { sign, ...services }: { readonly sign: string } & KeylessOptions,
  cosignIn: CosignIn,
): Promise<Result<Signer>> {
  return sign === 'keyless' ? openKeyless(root, services, process.env) : openKey(root, sign, cosignIn);
}

/** Reads the public half of a key. Failures: SIGN_…. */
export async function openKey(root: string, key: string, cosignIn: CosignIn): Promise<Result<KeySigner>> {
  const named = keyIn(root, key);
  const trusted = await cosignIn(undefined).readKey(named);
  return trusted.ok ? ok({ key: named, trusted: trusted.value }) : trusted;
}

/** What names a signer in receipts: its key, or the identity that its certificates have. */
export function describeSigner({ trusted }: Signer): Pick<SignedRecord, 'key' | 'identity'> {
  if ('id' in trusted) return { key: trusted.id };
  return { identity: { issuer: trusted.issuer, subject: trusted.subject } };
}

/** A key as cosign takes it: URIs as they are, files and directories relative to the workspace. */
export function keyIn(root: string, key: string): string {
  return /^[a-z0-9+-]+:\/\//.test(key) ? key : resolve(root, key);
}

function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((one): one is [string, string] => one[1] !== undefined),
  );
}

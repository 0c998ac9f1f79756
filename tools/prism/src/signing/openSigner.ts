import { resolve } from 'node:path';
import { type Cosign, checkCosign, findCosign, openCosign, type Signer } from '@prism-build/attestation';
import { failed, ok, type Result } from '@prism-build/errors';
import { run } from '@prism-build/shell';
import { directoriesOf } from '@prism-build/workspace';
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

/** Reads the public half of a key. Failures: SIGN_…. */
export async function openSigner(root: string, key: string, cosignIn: CosignIn): Promise<Result<Signer>> {
  const named = keyIn(root, key);
  const publicKey = await cosignIn(undefined).readKey(named);
  return publicKey.ok ? ok({ key: named, publicKey: publicKey.value }) : publicKey;
}

/** A key as cosign takes it: URIs as they are, files relative to the workspace. */
export function keyIn(root: string, key: string): string {
  return /^[a-z0-9+-]+:\/\//.test(key) ? key : resolve(root, key);
}

function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).filter((one): one is [string, string] => one[1] !== undefined),
  );
}

import { resolve } from 'node:path';
import { identityOf, type KeylessSigner, openRoots, readToken } from '@prism-build/attestation';
import { ok, type Result } from '@prism-build/errors';

/** Where signing without a key gets certificates and log entries; the public instance of Sigstore where left out. */
export interface KeylessOptions {
  readonly fulcio?: string | undefined;
  readonly rekor?: string | undefined;
  /** A directory with the roots of both, relative to the workspace. */
  readonly sigstoreRoots?: string | undefined;
}

/** Finds out as whom this process can sign. Failures: SIGN_IDENTITY_…, SIGN_ROOTS_MISSING. */
export async function openKeyless(
  root: string,
  {
    fulcio = 'https://fulcio.sigstore.dev',
    rekor = 'https://rekor.sigstore.dev',
    sigstoreRoots,
  }: KeylessOptions,
  env: NodeJS.ProcessEnv,
): Promise<Result<KeylessSigner>> {
  const roots = sigstoreRoots === undefined ? ok(undefined) : openRoots(resolve(root, sigstoreRoots));
  if (!roots.ok) return roots;
  const token = await readToken(env);
  if (!token.ok) return token;
  const identity = identityOf(token.value, env, Date.now());
  if (!identity.ok) return identity;
  const trusted = { ...identity.value, roots: roots.value };
  // A push may take longer than a token lives, so each call of cosign gets its own.
  return ok({ fulcio, rekor, readToken: () => readToken(env), trusted });
}

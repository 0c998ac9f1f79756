import { createHash, createPublicKey } from 'node:crypto';
import { failed, ok, type Result, signFailure } from '@prism-build/errors';
import type { SigningIdentity } from '../keyless/identity';
import { rootVariables, type SigstoreRoots } from '../keyless/roots';

/** A public key, and its name in receipts and records. */
export interface PublicKey {
  readonly pem: string;
  /** SHA-256 of the key as SubjectPublicKeyInfo in DER. */
  readonly id: `sha256:${string}`;
}

/** Identities whose certificates count. A `*` at the end of the subject stands for any text. */
export interface TrustedIdentity extends SigningIdentity {
  /** Undefined: those of the public instance of Sigstore, which cosign fetches and keeps. */
  readonly roots: SigstoreRoots | undefined;
}

/** By whom a signature must be. */
export type Trusted = PublicKey | TrustedIdentity;

/** cosign reads the public key from this variable, so that no file is needed. */
const VARIABLE = 'PRISM_PUBLIC_KEY';

/**
 * What cosign verifies by: options, and variables of its environment. A key needs no log. The certificate of an identity is valid
 * for minutes, and the log entry that is stored with the signature proves that it was made in them.
 */
export function verifyBy(trusted: Trusted) {
  if ('pem' in trusted)
    return {
      options: [`--key=env://${VARIABLE}`, '--insecure-ignore-tlog=true'],
      env: { [VARIABLE]: trusted.pem },
    };
  const { issuer, subject, roots } = trusted;
  return {
    options: [
      `--certificate-oidc-issuer=${issuer}`,
      subject.endsWith('*')
        ? `--certificate-identity-regexp=^${escapeRegExp(subject.slice(0, -1))}.*$`
        : `--certificate-identity=${subject}`,
      '--offline=true',
      ...(roots && roots.ctfe === undefined ? ['--insecure-ignore-sct=true'] : []),
    ],
    env: rootVariables(roots),
  };
}

/** For regular expressions of Go, which has the same special characters. */
function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

/** Failure: SIGN_KEY_INVALID. `from` names the key in it. */
export function parsePublicKey(pem: string, from: string): Result<PublicKey> {
  try {
    const der = createPublicKey(pem).export({ type: 'spki', format: 'der' });
    return ok({ pem, id: `sha256:${createHash('sha256').update(der).digest('hex')}` });
  } catch (error) {
    const what = `${from} is no public key in PEM`;
    return failed(signFailure('SIGN_KEY_INVALID', { what, why: (error as Error).message }));
  }
}

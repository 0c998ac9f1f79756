import type { Result } from '@prism-build/errors';
import { rootVariables } from '../keyless/roots';
import type { PublicKey, TrustedIdentity } from './trusted';

/** A key that signs, as cosign takes it, and its public half. */
export interface KeySigner {
  readonly key: string;
  readonly trusted: PublicKey;
}

/** An identity that signs: Fulcio certifies a key that lives as long as one call, and Rekor records when it was used. */
export interface KeylessSigner {
  /** URLs of the services. */
  readonly fulcio: string;
  readonly rekor: string;
  /** An identity token that is valid now. */
  readonly readToken: () => Promise<Result<string>>;
  readonly trusted: TrustedIdentity;
}

export type Signer = KeySigner | KeylessSigner;

/** What cosign signs with: options, and variables of its environment, among them the token. */
export function signBy(signer: Signer, token: string | undefined) {
  if ('key' in signer) return { options: [`--key=${signer.key}`, '--tlog-upload=false'], env: {} };
  const { fulcio, rekor, trusted } = signer;
  const { roots } = trusted;
  return {
    options: [
      `--fulcio-url=${fulcio}`,
      `--rekor-url=${rekor}`,
      // SIGSTORE_ID_TOKEN, whatever else the machine offers.
      '--oidc-provider=envvar',
      ...(roots && roots.ctfe === undefined ? ['--insecure-skip-verify=true'] : []),
    ],
    env: { ...rootVariables(roots), ...(token !== undefined && { SIGSTORE_ID_TOKEN: token }) },
  };
}

import { type KeySigner, type PublicKey, readKeys } from '@prism-build/attestation';
import { failed, ok, type Result, signFailure } from '@prism-build/errors';
import { type CosignIn, findProgram, keyIn, openKey } from '../signing/openSigner';
import type { Reach } from '../signing/reach';

/** The keys of a release: one that signs, and the public one that must have signed. */
export interface Keys {
  readonly signer?: KeySigner;
  readonly publicKey?: PublicKey;
  readonly cosignIn?: CosignIn;
}

/** Opens the configured keys, before anything else is done. Failures: SIGN_…. */
export async function openKeys(
  root: string,
  { sign, key }: { readonly sign: string | undefined; readonly key: string | undefined },
  reach: Reach,
): Promise<Result<Keys>> {
  if (sign === undefined && key === undefined) return ok({});
  if (sign === 'keyless') {
    const what = 'promote signs with a key, and `sign` is keyless';
    return failed(signFailure('SIGN_KEY_INVALID', { what }));
  }
  const cosignIn = await findProgram(root, reach);
  if (!cosignIn.ok) return cosignIn;
  const signer = sign === undefined ? ok(undefined) : await openKey(root, sign, cosignIn.value);
  if (!signer.ok) return signer;
  if (key === undefined)
    return ok({
      cosignIn: cosignIn.value,
      ...(signer.value && { signer: signer.value, publicKey: signer.value.trusted }),
    });
  const read = await readKeys(cosignIn.value(undefined), [keyIn(root, key)], process.env);
  if (!read.ok) return read;
  const [publicKey] = read.value;
  return ok({
    cosignIn: cosignIn.value,
    ...(signer.value && { signer: signer.value }),
    ...(publicKey && { publicKey }),
  });
}

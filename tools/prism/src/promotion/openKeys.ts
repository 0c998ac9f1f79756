import { type PublicKey, readKeys, type Signer } from '@prism-build/attestation';
import { ok, type Result } from '@prism-build/errors';
import { type CosignIn, findProgram, keyIn, openSigner } from '../signing/openSigner';
import type { Reach } from '../signing/reach';

/** The keys of a release: one that signs, and the public one that must have signed. */
export interface Keys {
  readonly signer?: Signer;
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
  const cosignIn = await findProgram(root, reach);
  if (!cosignIn.ok) return cosignIn;
  const signer = sign === undefined ? ok(undefined) : await openSigner(root, sign, cosignIn.value);
  if (!signer.ok) return signer;
  if (key === undefined)
    return ok({
      cosignIn: cosignIn.value,
      ...(signer.value && { signer: signer.value, publicKey: signer.value.publicKey }),
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

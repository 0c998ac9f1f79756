import { failed, ok, type Result, verifyFailure } from '@prism-build/errors';
import type { Digest } from '@prism-build/oci';
import { parseReference, type Reference } from '@prism-build/registry';
import { readReceipt } from '../push-manifest/receiptFile';
import type { VerifyOptions } from './options';

export type NamedImage = Reference & { readonly digest: Digest };

/** The image that the options name, else that of the receipt. Failures: VERIFY_TARGET_MISSING, REFERENCE_INVALID. */
export function findImage(
  root: string,
  project: string,
  { image, variant }: Pick<VerifyOptions, 'image' | 'variant'>,
): Result<NamedImage> {
  if (image === undefined) {
    const receipt = readReceipt(root, project, variant);
    if (receipt) {
      const { registry, repository, digest } = receipt;
      return ok({ registry, repository, digest });
    }
    const what = `${project} has no receipt here, and no image is named`;
    return failed(verifyFailure('VERIFY_TARGET_MISSING', { what }));
  }
  const parsed = parseReference(image);
  if (!parsed.ok) return parsed;
  const { digest } = parsed.value;
  if (digest !== undefined) return ok({ ...parsed.value, digest });
  return failed(verifyFailure('VERIFY_TARGET_MISSING', { what: `${image} has no digest` }));
}

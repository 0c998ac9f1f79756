import { defineCatalogue } from '../define';

/** Failures of verifying images: each is a reason not to use one, or why it cannot be judged. */
export const verifyFailure = defineCatalogue({
  VERIFY_TARGET_MISSING: {
    remedy: 'Pass --image=<registry>/<repository>@sha256:<digest>, or push the image first.',
  },
  VERIFY_POLICY_INVALID: {
    remedy: 'Correct the value; node_modules/prism/docs/signing.md lists what the file may have.',
  },
  VERIFY_REPOSITORY_UNKNOWN: { remedy: 'Add a rule for the repository to verify-policy.json.' },
  VERIFY_UNSIGNED: {
    remedy: 'Do not use this image. If you trust it, push it again with the option `sign`.',
  },
  VERIFY_SIGNATURE_MISPLACED: {
    remedy: 'Do not use this image: find out who copied the signature. Signing it here makes it valid.',
  },
  VERIFY_PLATFORM_MISSING: {
    remedy: 'Deploy the digest of the index, which the receipt names, not that of one platform.',
  },
  VERIFY_ATTESTATION_MISSING: { remedy: 'Push the image again with the option `sign`, which attaches it.' },
  VERIFY_ATTESTATION_MISPLACED: {
    remedy:
      'Do not use this image: find out who attached it. Then push the image again with the option `sign`.',
  },
  VERIFY_PROVENANCE_REFUSED: {
    remedy: 'Do not use this image, or add the builder or the source to the rule in verify-policy.json.',
  },
  VERIFY_CLOCK: {
    remedy: 'Set the clock of this machine. If it is right, the clock of the builder is wrong.',
  },
  VERIFY_REBUILD_IMPOSSIBLE: {
    remedy:
      'Correct what the message names, then verify again: so far, the image is neither confirmed nor refused.',
  },
  VERIFY_REBUILD_DIFFERS: {
    remedy:
      'Do not use this image until the difference is explained: its sources give another one. Build the commit, and compare both layouts.',
  },
});

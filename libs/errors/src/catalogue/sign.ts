import { defineCatalogue } from '../define';

/** Failures of signing images and attaching attestations. */
export const signFailure = defineCatalogue({
  SIGN_COSIGN_MISSING: {
    remedy: 'Run `sh node_modules/prism/install-cosign`, or name cosign 2 in PRISM_COSIGN.',
  },
  SIGN_COSIGN_UNSUPPORTED: {
    remedy:
      'Run `sh node_modules/prism/install-cosign`, or name a cosign from 2.2 up to, but not including, 3.0 in PRISM_COSIGN.',
  },
  SIGN_KEY_INVALID: {
    remedy:
      'Name a key that cosign takes: a file whose password is in COSIGN_PASSWORD, `env://VARIABLE`, or the URI of a KMS.',
  },
  SIGN_IDENTITY_MISSING: {
    remedy:
      'On GitLab, add `id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } }` to the job. Elsewhere, set SIGSTORE_ID_TOKEN, or sign with a key.',
  },
  SIGN_IDENTITY_INVALID: {
    remedy: 'Get a token with the audience `sigstore` just before the push, and run the push again.',
  },
  SIGN_ROOTS_MISSING: {
    remedy:
      'Put the files of your Sigstore instance into a directory, and name it in `sigstoreRoots`: node_modules/prism/docs/signing.md says which.',
  },
  SIGN_KEYLESS_FAILED: {
    remedy:
      'Correct what the cause names, then push again: what is signed is not signed twice. Nothing is tagged until then.',
  },
  SIGN_LOST: {
    remedy: 'Push again. If it happens again, find out what else writes or removes tags of this repository.',
  },
  SIGN_FAILED: {
    remedy: 'Correct what the cause names, then push again: what is signed is not signed twice.',
  },
});

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
  SIGN_LOST: {
    remedy: 'Push again. If it happens again, find out what else writes or removes tags of this repository.',
  },
  SIGN_FAILED: {
    remedy: 'Correct what the cause names, then push again: what is signed is not signed twice.',
  },
});

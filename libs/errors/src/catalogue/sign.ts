import { defineCatalogue } from '../define';

/** Failures of signing images and attaching attestations. */
export const signFailure = defineCatalogue({
  SIGN_COSIGN_MISSING: {
    remedy: 'Run `sh node_modules/prism/install-cosign`, or name cosign 2 in PRISM_COSIGN.',
  },
  SIGN_COSIGN_UNSUPPORTED: {
    remedy:
      'Run `sh node_modules/prism/install-cosign`, or name a cosign 2.2 or later, but not 3, in PRISM_COSIGN.',
  },
  SIGN_KEY_INVALID: {
    remedy:
      'Name a key that cosign takes: a file whose password is in COSIGN_PASSWORD, `env://VARIABLE`, or the URI of a KMS.',
  },
  SIGN_LOST: {
    remedy: 'Push again; if it stays so, find out what else writes signatures to this repository.',
  },
  SIGN_FAILED: { remedy: 'Read the cause above, then push again: what is signed is not signed twice.' },
});

import type { promoteFailure } from '../catalogue/promote';
import type { Explanations } from './explanation';

const image = 'registry.example/staging/api@sha256:9f86…';

export const promoteExplanations: Explanations<typeof promoteFailure> = {
  PROMOTE_PLACE_INVALID: {
    means: 'The option `from` or `to` of promote, or the tag of a roll-back, names no image of a registry.',
    causes: [
      'The host is left out; a name without one would mean Docker Hub.',
      'A digest in `to`: the digest is that of the promoted image.',
    ],
    example: { what: '--to=team/api:stable names no image of a registry' },
  },
  PROMOTE_FROM_MISSING: {
    means: 'Nothing says which image to promote.',
    causes: ['dist/push has no receipt of the project: it was not pushed from this checkout.'],
    example: { what: 'api was not pushed from here, and the option `from` is not set' },
  },
  PROMOTE_UNSIGNED: {
    means: 'A key is configured, and it has not signed the index or a platform for this repository.',
    causes: [
      'The image was pushed without `sign`, or with another key.',
      'A signature was copied from another repository.',
    ],
    example: { what: `${image} is not signed by the key sha256:60a2…` },
  },
  PROMOTE_KEY_MISSING: {
    means:
      'The image is signed, and would be unsigned where it goes: a signature is valid in one repository.',
    causes: ['The option `sign` is not set for promote.'],
    example: { what: `${image} is signed, and no key signs it for registry.example/prod/api` },
  },
  PROMOTE_ATTACHMENTS_DIFFER: {
    means:
      'SBOMs or attestations are on both sides, and neither side has all of them. Copying would lose some.',
    causes: ['Somebody attached more to the image in the other repository.'],
    example: {
      what: 'registry.example/prod/api:sha256-9f86….att holds other attachments than registry.example/staging/api:sha256-9f86….att',
    },
  },
  PROMOTE_ORAS_MISSING: {
    means: 'Something is attached to the image as referrers, and skopeo cannot copy those.',
    causes: ['oras is neither on PATH nor named in PRISM_ORAS.'],
    example: { what: `${image} has referrers, and oras, which copies them, is not installed` },
  },
  ROLLBACK_NONE: {
    means: 'The audit log of this workspace knows no earlier image of the tag.',
    causes: [
      'The tag was moved by another machine, whose log is elsewhere (PRISM_AUDIT_DIR).',
      'All earlier images were rolled back themselves.',
    ],
    example: { what: 'no earlier image of registry.example/team/api:latest is on record' },
  },
  RETENTION_REFUSED: {
    means: 'The registry does not delete manifests.',
    causes: ['Deletion is off by default in some registries.', 'The account may push and not delete.'],
    example: { what: 'registry.example does not delete registry.example/team/api@sha256:9f86…' },
  },
  ROLLBACK_REASON_MISSING: {
    means: 'A roll-back past the scan needs a reason.',
    causes: ['--force without --reason.'],
    example: { what: 'the option `force` of rollback is set without a reason' },
  },
};

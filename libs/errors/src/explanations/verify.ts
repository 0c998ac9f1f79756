import type { verifyFailure } from '../catalogue/verify';
import type { Explanations } from './explanation';

const name = 'registry.example/team/api@sha256:9f86…';

export const verifyExplanations: Explanations<typeof verifyFailure> = {
  VERIFY_TARGET_MISSING: {
    means: 'The target verify-image does not know which image to verify.',
    causes: [
      'The project was not pushed from this workspace, so there is no receipt.',
      'The option `image` has a tag and no digest: a tag can move after the verification.',
    ],
    example: { what: 'registry.example/team/api:latest has no digest' },
  },
  VERIFY_POLICY_INVALID: {
    means: 'The policy, which says whom to trust, cannot be read, so nothing is trusted.',
    causes: [
      'There is no verify-policy.json.',
      'It has a typing error, or a rule without builders and sources.',
    ],
    example: { what: 'rules.0.keys: expected array', at: { file: 'verify-policy.json', line: 4 } },
  },
  VERIFY_REPOSITORY_UNKNOWN: {
    means: 'No rule of the policy is for the repository of the image.',
    causes: ['The repository is new.', 'The image comes from elsewhere.'],
    example: { what: 'no rule of the policy is for registry.example/other/api' },
  },
  VERIFY_UNSIGNED: {
    means: 'No key or identity that the policy allows has signed the index, or the manifest of a platform.',
    causes: [
      'The image was pushed without the option `sign`.',
      'Another key or identity signed it, or one with certificates of another authority.',
      'The signature, or what it signs, was altered.',
    ],
    example: { what: `${name} (linux/arm64) has no signature that the policy allows` },
  },
  VERIFY_SIGNATURE_MISPLACED: {
    means: 'An allowed key or identity made the signature, but for another repository or another digest.',
    causes: [
      'Someone copied an image with its signature to another repository.',
      'Someone moved the signature of the index to a platform, or of one image to another.',
    ],
    example: { what: `the signature at ${name} is for the repository registry.example/other/api` },
  },
  VERIFY_PLATFORM_MISSING: {
    means: 'The image lacks a platform that the policy requires.',
    causes: [
      'A tag was moved from the index to the image of one platform.',
      'The image was built for fewer platforms.',
    ],
    example: { what: `${name} has no image for linux/arm64, which the policy wants` },
  },
  VERIFY_ATTESTATION_MISSING: {
    means: 'The manifest of a platform has no SBOM or provenance that an allowed key or identity signed.',
    causes: [
      'The image was pushed without the option `sign`.',
      'Something removed tags that end with `.att`.',
      'Parallel writers overwrote each other.',
    ],
    example: { what: `${name} (linux/amd64) has no sbom that is signed as the policy wants` },
  },
  VERIFY_ATTESTATION_MISPLACED: {
    means: 'An attestation of an allowed key is about another image.',
    causes: ['Someone swapped the attestations of two images.'],
    example: { what: `the provenance at ${name} (linux/amd64) is about sha256:60a2…` },
  },
  VERIFY_PROVENANCE_REFUSED: {
    means: 'The provenance names a builder or a source repository that the policy does not allow.',
    causes: [
      "It was built on a developer's machine instead of in CI.",
      'It was built from a fork.',
      'It was built from a repository without a remote.',
    ],
    example: { what: `${name} (linux/amd64) was built by urn:prism-build:local` },
  },
  VERIFY_CLOCK: {
    means: 'The provenance has a time in the future.',
    causes: ['The clock of this machine is behind.', 'The clock of the builder is ahead.'],
    example: {
      what: `${name} was built at 2027-01-01T00:00:00Z, which is later than now, 2026-11-29T06:00:00Z`,
    },
  },
  VERIFY_REBUILD_IMPOSSIBLE: {
    means: 'With the option `rebuild`, the image could not be built again, so there is nothing to compare.',
    causes: [
      'The commit is not in this clone.',
      'The image was built from a work tree with changes, or outside of git.',
      'The build of the commit fails here.',
    ],
    example: { what: 'the commit 4f2a… is not in this repository', remedy: 'Run `git fetch origin 4f2a…`.' },
  },
  VERIFY_REBUILD_DIFFERS: {
    means: 'The commit that the provenance names gives another image than the one in the registry.',
    causes: [
      'Someone changed the image, or the provenance, after the build.',
      'Another version of the plugin, a toolchain or a RUN command gives other bytes.',
    ],
    example: { what: `the commit 4f2a… gives sha256:60a2…, and not ${name}` },
  },
};
